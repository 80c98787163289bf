// Shows what people answered, from the raw mails: the queue is its consumer's.
import { setTimeout } from 'node:timers/promises';
import { countMessages } from '../../lib/aws/dead-letters.ts';
import { listRawMails, type RawMail } from '../../lib/aws/raw-mails.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readMailboxId } from '../mailbox-id.ts';
import { parseMoment } from '../moment.ts';
import { Problem } from '../problem.ts';
import { formatReply } from './format-reply.ts';
import { readReply, type ShownReply } from './read-reply.ts';

export interface RepliesOptions {
  readonly mailbox?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: number;
  readonly follow?: boolean | undefined;
}

const LOOK_AGAIN_MS = 2_000;

export async function replies(context: Context, options: RepliesOptions): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { limit } = options;
  if (!Number.isSafeInteger(limit) || limit < 0) throw new Problem('USAGE', '--limit: is no number', 'give 0 or more');
  const since = options.since === undefined ? undefined : parseMoment(options.since, context.now(), 'ago', '--since');
  const mailbox = options.mailbox === undefined ? undefined : readMailboxId(options.mailbox);
  const deployment = await context.deployment();
  const reading = new Replies(context, deployment, mailbox);
  const all = await terminal.during('listing the replies', () => reading.listNew());
  const wanted = all.filter(({ storedAt }) => since === undefined || storedAt >= since);
  await reading.show(limit === 0 ? [] : wanted.slice(-limit));
  if (limit > 0 && wanted.length > limit) terminal.note(`${wanted.length - limit} older ones are not shown: --limit`);
  if (options.follow === true) {
    terminal.note('following; Ctrl-C ends it');
    await follow(reading, signal);
  }
  await tellQueue(context, deployment, reading.shown);
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

class Replies {
  readonly #context: Context;
  readonly #deployment: Deployment;
  readonly #mailbox: string | undefined;
  readonly #known = new Set<string>();
  shown = 0;

  constructor(context: Context, deployment: Deployment, mailbox: string | undefined) {
    this.#context = context;
    this.#deployment = deployment;
    this.#mailbox = mailbox;
  }

  /** Those that were not there the last time, the newest last. */
  async listNew(): Promise<readonly RawMail[]> {
    const { s3, outputs } = this.#deployment;
    const found: RawMail[] = [];
    for await (const page of listRawMails(s3, outputs.MailBucket, this.#mailbox)) {
      found.push(...page.filter(({ key }) => !this.#known.has(key)));
      if (this.#context.signal.aborted) break;
    }
    for (const { key } of found) this.#known.add(key);
    return found.toSorted((one, other) => one.storedAt - other.storedAt);
  }

  async show(mails: readonly RawMail[]): Promise<void> {
    const addresses = mails.length === 0 ? new Map<string, string>() : await this.#addresses();
    for (const mail of mails) {
      if (this.#context.signal.aborted) return;
      const reply = await readReply(this.#deployment, mail, addresses.get(mail.mailbox));
      if (reply === undefined) continue;
      this.#print(reply);
      this.shown += 1;
    }
  }

  #print(reply: ShownReply): void {
    this.#context.terminal.result(reply, formatReply(reply, this.#context));
  }

  async #addresses(): Promise<ReadonlyMap<string, string>> {
    const { db, outputs } = this.#deployment;
    const { profiles } = await createRegistry(db, outputs.MailboxesTable).list();
    return new Map(profiles.map(({ id, address }) => [id, address]));
  }
}

/** Until Ctrl-C, which is how it is meant to end. */
async function follow(replies: Replies, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await setTimeout(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await replies.show(await replies.listNew());
  }
}

async function tellQueue({ terminal }: Context, { sqs, outputs }: Deployment, shown: number): Promise<void> {
  const [{ waiting }, { all: dead }] = await Promise.all([
    countMessages(sqs, outputs.RepliesUrl),
    countMessages(sqs, outputs.RepliesDeadUrl),
  ]);
  if (terminal.isJson) terminal.result({ replies: shown, waiting, dead }, '');
  terminal.note(`${shown} shown; about ${waiting} wait in the queue, ${dead} are dead letters`);
}
