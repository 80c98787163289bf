// Shows dead letters, and puts them back on their queue.
import { createDeadLetterQueue, type DeadLetter, type DeadLetterQueue, HIDDEN_MS } from '../../lib/aws/dead-letters.ts';
import { isErrorCode } from '../../lib/core/errors.ts';
import { sha256 } from '../../lib/core/message-key.ts';
import type { Context } from '../command.ts';
import { counted } from '../counted.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatMoment } from '../moment.ts';
import { Problem } from '../problem.ts';
import { formatFields } from '../table.ts';
import { harmless } from '../terminal.ts';
import { type DescribedLetter, describeLetter, type QueueName } from './letter.ts';

export interface RedriveOptions {
  readonly queue?: QueueName | undefined;
  readonly code?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

interface Shown {
  readonly letter: DeadLetter;
  readonly described: DescribedLetter;
}

interface Done {
  readonly shown: number;
  readonly redriven: number;
  readonly left: number;
}

const NOTHING: Done = { shown: 0, redriven: 0, left: 0 };

export async function redrive(context: Context, options: RedriveOptions): Promise<ExitCode> {
  const { terminal } = context;
  const isAsking = options.dryRun !== true && options.yes !== true;
  if (isAsking && terminal.isJson) throw new Problem('USAGE', 'nobody is here to answer', 'give --yes or --dry-run');
  if (options.code !== undefined && !isErrorCode(options.code)) {
    throw new Problem('USAGE', `--code: ${options.code} is no code of Mailroom`, 'docs/troubleshooting.md has them');
  }
  const deployment = await context.deployment();
  const names: readonly QueueName[] = options.queue === undefined ? ['outbox', 'replies'] : [options.queue];
  let total = NOTHING;
  for (const name of names) {
    const done = await goThrough(context, queueOf(deployment, name), name, options);
    total = {
      shown: total.shown + done.shown,
      redriven: total.redriven + done.redriven,
      left: total.left + done.left,
    };
  }
  terminal.result(
    { ...total },
    `${counted(total.shown, 'dead letter')} shown, ${total.redriven} put back, about ${total.left} left`,
  );
  return EXIT.done;
}

function queueOf({ sqs, outputs }: Deployment, name: QueueName): DeadLetterQueue {
  const { OutboxDeadUrl, OutboxUrl, RepliesDeadUrl, RepliesUrl } = outputs;
  return name === 'outbox'
    ? createDeadLetterQueue(sqs, OutboxDeadUrl, OutboxUrl)
    : createDeadLetterQueue(sqs, RepliesDeadUrl, RepliesUrl);
}

/** Round after round, until a round puts nothing back. */
async function goThrough(
  context: Context,
  queue: DeadLetterQueue,
  name: QueueName,
  options: RedriveOptions,
): Promise<Done> {
  const seen = new Set<string>();
  const putBackBefore = new Set<string>();
  const kept: DeadLetter[] = [];
  let redriven = 0;
  try {
    for (;;) {
      // Hidden ones keep back what stands behind them.
      await showAll(queue, kept.splice(0));
      const letters = await context.terminal.during(`reading the dead letters of ${name}`, () => queue.receive());
      kept.push(...letters);
      // What comes back while this runs has failed once more: it is left for the next time.
      const fresh = letters.filter(({ body }) => !putBackBefore.has(sha256(body)));
      const wanted = select(name, fresh, options);
      for (const { letter, described } of wanted) {
        if (!seen.has(letter.id)) show(context, described);
        seen.add(letter.id);
      }
      const ready = wanted.filter(({ described }) => described.canGoBack);
      if (options.dryRun === true || ready.length === 0) break;
      for (const { letter } of ready) putBackBefore.add(sha256(letter.body));
      redriven += await putBack(context, queue, ready, kept, options);
    }
  } finally {
    await showAll(queue, kept);
  }
  return { shown: seen.size, redriven, left: await queue.count() };
}

function select(name: QueueName, letters: readonly DeadLetter[], { code }: RedriveOptions): readonly Shown[] {
  const described = letters.map((letter) => ({ letter, described: describeLetter(name, letter) }));
  return code === undefined ? described : described.filter((shown) => shown.described.code === code);
}

/** @param kept those that are to be visible again at the end: what was put back is taken out of it */
async function putBack(
  { terminal, now, signal }: Context,
  queue: DeadLetterQueue,
  ready: readonly Shown[],
  kept: DeadLetter[],
  { yes }: RedriveOptions,
): Promise<number> {
  const askedAt = now();
  if (yes !== true && !(await terminal.confirm(`Put ${counted(ready.length, 'letter')} back?`))) {
    throw new Problem('NOT_CONFIRMED', 'nothing of these was put back', 'they are in their queue as before');
  }
  // They are visible to others again, and what was read of them holds no longer.
  if (now() - askedAt > HIDDEN_MS / 2) {
    throw new Problem('NOT_CONFIRMED', 'the answer came too late', 'run it again, and answer within five minutes');
  }
  await terminal.during(`putting ${counted(ready.length, 'letter')} back`, async () => {
    for (const { letter } of ready) {
      signal.throwIfAborted();
      await queue.putBack(letter);
      kept.splice(kept.indexOf(letter), 1);
    }
  });
  return ready.length;
}

/** What is not made visible now, as after Ctrl-C where SQS is slow, is so by itself when its time is over. */
async function showAll(queue: DeadLetterQueue, letters: readonly DeadLetter[]): Promise<void> {
  await Promise.allSettled(letters.map((letter) => queue.show(letter)));
}

function show({ terminal, now }: Context, described: DescribedLetter): void {
  const { queue, code, reason, mailbox, key, eventId, putAsideAt, canHelp } = described;
  const text = formatFields({
    queue,
    code: code === undefined ? undefined : terminal.paint('bold', harmless(code)),
    reason: reason === undefined ? undefined : harmless(reason),
    mailbox: mailbox === undefined ? undefined : harmless(mailbox),
    key: key === undefined ? undefined : harmless(key),
    'event id': eventId === undefined ? undefined : harmless(eventId),
    'put aside': formatMoment(putAsideAt, now()),
    'can it help': canHelp,
  });
  terminal.result(described, `${text}\n`);
}
