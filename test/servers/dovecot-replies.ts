// The burst of replies on Dovecot, which has no All Mail: what is archived was in the INBOX for a poll.
import type { ImapFlow } from 'imapflow';
import { describe, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { runReplyBurst } from '../bursts/reply-burst.ts';
import { connectClient, LEASE_MS, POP3_PAUSE_MS, type ReplyWorld } from '../bursts/reply-world.ts';
import { whyNot } from './debian-servers.ts';
import { type MailWorld, startDebianWorld } from './mail-world.ts';

/** @param protocol by which its mailbox is read */
export function runDovecotBurst(name: string, protocol: 'imap' | 'pop3'): void {
  const reason = whyNot();
  if (reason !== undefined) {
    describe(`500 replies on ${name}`, () => {
      it.skip(`skipped: ${reason}`, () => undefined);
    });
    return;
  }
  let mailWorld: MailWorld | undefined;
  const start = async (processEnvironment: Record<string, string>): Promise<ReplyWorld> => {
    mailWorld = await startDebianWorld({ processEnvironment });
    await mailWorld.stack.setProfile({ protocol });
    return startReplyWorld(mailWorld, protocol);
  };
  runReplyBurst(name, start, () => {
    if (mailWorld === undefined) throw new Error('the servers were not started');
    return mailWorld.servers;
  });
}

async function startReplyWorld(
  { stack, servers, renewUids, stop }: MailWorld,
  protocol: 'imap' | 'pop3',
): Promise<ReplyWorld> {
  let client = await connectClient(stack, servers);
  const toArchive: string[] = [];
  return {
    stack,
    async deliver(raw, place) {
      // POP3 shows the INBOX, and with another UIDVALIDITY other unique-ids.
      await client.append(place === 'spam' && protocol === 'imap' ? 'Junk' : 'INBOX', raw);
      if (place === 'archive') toArchive.push(/^Message-ID: (\S+)/m.exec(raw)?.[1] ?? '');
      // Those of earlier waves, which a poll has seen.
      if (toArchive.length >= 12) await archive(client, toArchive.splice(0, 6));
    },
    async renewUids() {
      await client.logout();
      renewUids(SUPPORT.address);
      client = await connectClient(stack, servers);
    },
    leaveOut: () => false,
    pauseMs: protocol === 'pop3' ? POP3_PAUSE_MS : LEASE_MS,
    async stop() {
      await client.logout();
      await stop();
    },
  };
}

async function archive(client: ImapFlow, messageIds: readonly string[]): Promise<void> {
  await client.mailboxOpen('INBOX');
  for (const messageId of messageIds) {
    const uids = await client.search({ header: { 'message-id': messageId } }, { uid: true });
    if (Array.isArray(uids) && uids.length > 0) await client.messageMove(uids, 'Archive', { uid: true });
  }
  await client.mailboxClose();
}
