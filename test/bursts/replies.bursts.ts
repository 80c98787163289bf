import { SUPPORT } from '../../local/mailroom.ts';
import { startTestStack } from '../functions/stack.ts';
import { runReplyBurst } from './reply-burst.ts';
import { LEASE_MS, POP3_PAUSE_MS, type ReplyWorld } from './reply-world.ts';

const LABELS = { inbox: ['\\Inbox'], archive: [], spam: ['\\Junk'] };

async function start(processEnvironment: Record<string, string>, protocol: 'imap' | 'pop3'): Promise<ReplyWorld> {
  const stack = await startTestStack({ processEnvironment });
  await stack.setProfile({ protocol });
  const account = stack.google.account(SUPPORT.address);
  return {
    stack,
    // POP3 shows no Spam.
    deliver: async (raw, place) =>
      void account.deliver(raw, { labels: LABELS[protocol === 'pop3' && place === 'spam' ? 'inbox' : place] }),
    renewUids: async () => account.renewUids('all'),
    leaveOut(oneIn) {
      stack.google.faults.leftOutOneIn = oneIn;
      return protocol === 'imap';
    },
    pauseMs: protocol === 'pop3' ? POP3_PAUSE_MS : LEASE_MS,
    stop: () => stack.stop(),
  };
}

const servers = ({ stack }: ReplyWorld) => stack.google.endpoints;

runReplyBurst('the local Gmail', (environment) => start(environment, 'imap'), servers);
runReplyBurst('the local Gmail by POP3', (environment) => start(environment, 'pop3'), servers);
