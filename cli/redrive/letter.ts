// What is said of a dead letter: never its body, and no address.
import * as v from 'valibot';
import type { DeadLetter } from '../../lib/aws/dead-letters.ts';
import { dispositionOf, type ErrorCode, isErrorCode } from '../../lib/core/errors.ts';

export type QueueName = 'outbox' | 'replies';

export interface DescribedLetter {
  readonly queue: QueueName;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly mailbox?: string | undefined;
  /** Idempotency key. */
  readonly key?: string | undefined;
  readonly eventId?: string | undefined;
  readonly putAsideAt: number;
  readonly canHelp: string;
  /** Whether it can go back at all. */
  readonly canGoBack: boolean;
}

const OutboxBodySchema = v.object({ mailbox: v.optional(v.string()), idempotencyKey: v.optional(v.string()) });
/** A reply event, or what stands in for a mail that could not be parsed. */
const RepliesBodySchema = v.object({
  id: v.optional(v.string()),
  mailbox: v.optional(v.string()),
  reason: v.optional(v.string()),
});

export function describeLetter(queue: QueueName, letter: DeadLetter): DescribedLetter {
  return queue === 'outbox' ? describeOutbox(letter) : describeReply(letter);
}

function describeOutbox({ body, code, reason, putAsideAt }: DeadLetter): DescribedLetter {
  const { mailbox, idempotencyKey: key } = read(OutboxBodySchema, body) ?? {};
  const known = isErrorCode(code) ? code : undefined;
  return {
    queue: 'outbox',
    code,
    reason: withoutAddresses(reason),
    mailbox,
    key,
    putAsideAt,
    canHelp: canHelp(known, code),
    canGoBack: true,
  };
}

function describeReply({ body, putAsideAt }: DeadLetter): DescribedLetter {
  const { id: eventId, mailbox, reason } = read(RepliesBodySchema, body) ?? {};
  const known = { queue: 'replies', mailbox, eventId, putAsideAt } as const;
  if (reason === undefined) {
    return { ...known, canHelp: 'yes, when the consumer that did not acknowledge it is mended', canGoBack: true };
  }
  const canHelp = 'no: it is a mail that cannot be parsed, read its raw bytes (docs/runbook.md); it stays here';
  return { ...known, code: 'REPLY_UNREADABLE', reason: withoutAddresses(reason), canHelp, canGoBack: false };
}

const MENDED_BY: Partial<Record<ErrorCode, string>> = {
  MAILBOX_UNKNOWN: 'yes, once the mailbox is connected',
  SEND_UNCERTAIN: 'no: it sends nothing; look for the Message-ID in the mailbox (docs/runbook.md)',
  RETRIES_EXHAUSTED: 'no: send it anew with a new key',
  REQUEST_MISSING: 'no: its content is gone, send it anew with a new key',
};

function canHelp(code: ErrorCode | undefined, given: string | undefined): string {
  if (given === undefined) return 'yes, when the cause is mended: the log of DrainOutbox has it';
  if (code === undefined) return 'unknown: another version of Mailroom wrote this code';
  const own = MENDED_BY[code];
  if (own !== undefined) return own;
  switch (dispositionOf(code)) {
    case 'operator':
      return `yes, when the cause is mended: docs/troubleshooting.md has ${code}`;
    case 'refuse':
      return 'no: the same request is refused again; mend it and send it with a new key';
    case 'retry':
    case 'wait-for-mailbox':
      return 'yes';
  }
}

function read<S extends v.GenericSchema<unknown, unknown>>(schema: S, body: string): v.InferOutput<S> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // Whoever may send to the queue may put anything there: what it is not need not be known to put it back.
    return undefined;
  }
}

/** Servers repeat the address that they refuse. */
function withoutAddresses(reason: string | undefined): string | undefined {
  return reason?.replace(/[^\s<>"',;:()]+@[^\s<>"',;:()]+/g, '(address)');
}
