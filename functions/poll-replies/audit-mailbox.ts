// Reads again what a mailbox holds since a time, beside the polls: no lease and no cursor is touched, and what both route at
// once the queue drops by its id.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { MailFolder, RoutedReplies } from '../../lib/core/reading-ports.ts';
import { after, type Deadline, type EpochMs } from '../../lib/core/time.ts';
import { withToken } from '../with-token.ts';
import { copyLarge } from './copy-large.ts';
import type { PollPorts, ReadCounts } from './poll-mailbox.ts';
import { readMails } from './read-folder.ts';

export interface Audited extends Omit<ReadCounts, 'settled'> {
  /** Mails for which the time was too short. */
  readonly left: number;
}

/** A day that an audit missed is looked at by the next ones. */
const AUDITED_MS = 3 * 24 * 3_600_000;
/** Younger mail is what polls are busy with. */
const YOUNG_MS = 20 * 60_000;

export function auditMailbox(ports: PollPorts, profile: MailboxProfile, deadline: Deadline): Promise<Audited> {
  const now = ports.now();
  const window = { since: after(now, -AUDITED_MS), until: after(now, -YOUNG_MS) };
  return readWindow(ports, profile, window, deadline);
}

export function replayMailbox(
  ports: PollPorts,
  profile: MailboxProfile,
  since: EpochMs,
  deadline: Deadline,
): Promise<Audited> {
  // As if nothing had been routed.
  const routed: RoutedReplies = { find: async () => undefined, put: ports.routed.put };
  return readWindow({ ...ports, routed }, profile, { since, until: ports.now() }, deadline);
}

interface Window {
  readonly since: EpochMs;
  readonly until: EpochMs;
}

async function readWindow(
  ports: PollPorts,
  profile: MailboxProfile,
  window: Window,
  deadline: Deadline,
): Promise<Audited> {
  const session = await withToken(ports.tokens, profile.id, (token) =>
    ports.sources[profile.protocol].open(profile, token, deadline, {}),
  );
  try {
    const main = await readFolder(ports, profile, session.main, window, deadline);
    const folder = await session.openSpam();
    const spam = folder && (await readFolder(ports, profile, folder, window, deadline));
    return {
      seen: main.seen + (spam?.seen ?? 0),
      routed: main.routed + (spam?.routed ?? 0),
      copied: main.copied + (spam?.copied ?? 0),
      left: main.left + (spam?.left ?? 0),
    };
  } finally {
    session.close();
  }
}

async function readFolder(
  ports: PollPorts,
  profile: MailboxProfile,
  folder: MailFolder,
  { since, until }: Window,
  deadline: Deadline,
): Promise<Audited> {
  const mails = await folder.listSince(since);
  const within = mails.filter(({ receivedAt }) => receivedAt >= since && receivedAt < until);
  const { seen, routed, copies } = await readMails(ports, profile, folder, within, deadline);
  const copied = await copyLarge(ports, folder, copies, deadline);
  return { seen, routed, copied, left: within.length - seen };
}
