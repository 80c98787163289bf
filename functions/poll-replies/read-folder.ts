// Deals with the mails that a folder lists: settles by our own copies, routes what answers us, counts what others sent.
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { MailSummary } from '../../lib/core/matching.ts';
import type { MailFolder } from '../../lib/core/reading-ports.ts';
import type { Deadline } from '../../lib/core/time.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import type { SettlePorts } from '../settle-sent.ts';
import { type CountPorts, countElsewhere } from './count-elsewhere.ts';
import { fetchBatches } from './fetch-batches.ts';
import { type FindPorts, findReplies } from './find-replies.ts';
import { type PendingCopy, type RoutePorts, routeReply } from './route-reply.ts';
import { settleOwnCopies } from './settle-own-copies.ts';

interface MemoryPort {
  /** Shared by all mailboxes of a run. */
  readonly memory: MemoryBudget;
}

export type FolderPorts = FindPorts & RoutePorts & SettlePorts & CountPorts & MemoryPort;

export interface FolderRead {
  /** How many of the mails, from the first on, are dealt with. */
  readonly seen: number;
  readonly routed: number;
  /** Large mails whose raw bytes are to be copied to the bucket: last of all, since it may take all the time that is left. */
  readonly copies: readonly PendingCopy[];
  /** Messages that turned out to have been sent. */
  readonly settled: number;
}

/** What one mail may take, so that a poll ends between two mails and not within one. */
const MAIL_MS = 5_000;
/** Looked up together before the first of them is fetched, so that a flood of mail still makes headway poll by poll. */
const LOOKED_UP = 200;

export async function readMails(
  ports: FolderPorts,
  profile: MailboxProfile,
  folder: MailFolder,
  mails: readonly MailSummary[],
  deadline: Deadline,
): Promise<FolderRead> {
  const settled = await settleOwnCopies(ports, profile, mails);
  const copies: PendingCopy[] = [];
  let [seen, routed] = [0, 0];
  for (let from = 0; from < mails.length && seen === from; from += LOOKED_UP) {
    const part = await routeMails(ports, profile, folder, mails.slice(from, from + LOOKED_UP), deadline, copies);
    seen += part.seen;
    routed += part.routed;
  }
  // After routing, so that no reply waits for it; and what the cursor does not pass the next poll counts.
  await countElsewhere(
    ports,
    profile,
    mails.slice(0, seen).filter((mail) => folder.isNew(mail) === true),
  );
  return { seen, routed, copies, settled };
}

async function routeMails(
  ports: FolderPorts,
  profile: MailboxProfile,
  folder: MailFolder,
  mails: readonly MailSummary[],
  deadline: Deadline,
  copies: PendingCopy[],
): Promise<Pick<FolderRead, 'seen' | 'routed'>> {
  const replies = await findReplies(ports, profile, folder, mails);
  let routed = 0;
  for await (const fetched of fetchBatches(folder, replies, ports.memory)) {
    if (deadline.remainingMs() < MAIL_MS) return { seen: mails.indexOf(fetched.reply.mail), routed };
    const end = await routeReply(ports, folder, fetched);
    if (end.kind === 'pending') copies.push(end.copy);
    if (end.kind === 'routed' || (end.kind === 'pending' && end.isRouted)) routed += 1;
  }
  return { seen: mails.length, routed };
}
