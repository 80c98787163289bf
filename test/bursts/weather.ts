// What goes wrong during a burst, by chance: faults of the server, and functions that are killed.
import type { FaultAction, SmtpPoint } from '../../local/google/faults.ts';
import type { TestStack } from '../functions/stack.ts';

/** None of them holds the mailbox: that would only make the burst longer. */
const FAULTS: readonly (readonly [SmtpPoint, FaultAction])[] = [
  ['greeting', 'cut'],
  ['AUTH', 'cut'],
  ['MAIL', { reply: '451 4.3.0 Temporary System Problem. - gsmtp' }],
  ['RCPT', { reply: '450 4.2.1 The user is receiving mail too quickly. - gsmtp' }],
  ['DATA', 'cut'],
  ['body', 'cut'],
  ['dot', { reply: '451 4.3.0 Mail server temporarily rejected message. - gsmtp' }],
  ['after-dot', 'cut'],
];

export interface Weather {
  /** How many faults came so far. */
  faults(): number;
  clear(): void;
}

/** @param share of the mails that meet a fault */
export function startFaults(stack: TestStack, random: () => number, share: number): Weather {
  let count = 0;
  const script = stack.google.faults.smtpScript;
  const byPoint = new Map(FAULTS);
  Object.assign(script, {
    take(at: SmtpPoint): FaultAction | undefined {
      const action = byPoint.get(at);
      if (action === undefined || random() >= share / FAULTS.length) return undefined;
      count += 1;
      return action;
    },
  });
  return { faults: () => count, clear: () => Object.assign(script, { take: () => undefined }) };
}

/** Kills a sender's processes each time that so many more mails have been accepted. */
export async function killNowAndThen(
  stack: TestStack,
  random: () => number,
  { kills, accepted, every }: { kills: number; accepted: () => number; every: number },
  signal: AbortSignal,
): Promise<number> {
  let killed = 0;
  while (killed < kills && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (accepted() < (killed + 1) * every) continue;
    const name = random() < 0.5 ? 'SendMailFunction' : 'DrainOutboxFunction';
    stack.aws.killFunction(stack.output(name));
    killed += 1;
  }
  return killed;
}
