import { SUPPORT } from '../../local/mailroom.ts';
import { startTestStack } from '../functions/stack.ts';
import { runReplyBurst } from './reply-burst.ts';

const LABELS = { inbox: ['\\Inbox'], archive: [], spam: ['\\Junk'] };

runReplyBurst(
  'the local Gmail',
  async (processEnvironment) => {
    const stack = await startTestStack({ processEnvironment });
    const account = stack.google.account(SUPPORT.address);
    return {
      stack,
      deliver: async (raw, place) => void account.deliver(raw, { labels: LABELS[place] }),
      renewUids: async () => account.renewUids('all'),
      leaveOut(oneIn) {
        stack.google.faults.leftOutOneIn = oneIn;
        return true;
      },
      stop: () => stack.stop(),
    };
  },
  ({ stack }) => stack.google.endpoints,
);
