// What a mailbox has sent in the last 24 hours, counted by the hour, and what it may still send. Pure.
import { type EmailAddress, sameDomain } from './address.ts';
import type { MailboxProfile } from './mailbox.ts';
import { sha256 } from './message-key.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

interface HourCount {
  /** Hours since 1970. */
  readonly hour: number;
  readonly messages: number;
  readonly recipients: number;
  /** Those of other domains than the mailbox's. */
  readonly external: number;
}

/** The different recipients, which are told apart only where there are so many that it matters. */
interface UniqueCount {
  /** Hours since 1970. */
  readonly since: number;
  /** At most so many were there before. */
  readonly base: number;
  /** The marks of those since then, one after the other. */
  readonly marks: string;
}

export interface Quota {
  /** Of the last 24 hours, oldest first. */
  readonly hours: readonly HourCount[];
  readonly unique?: UniqueCount | undefined;
}

/** Of a mailbox in any 24 hours. */
export interface Limits {
  readonly messages: number;
  readonly recipients: number;
  readonly external: number;
  readonly unique: number;
}

const RECIPIENTS = { recipients: 10_000, external: 3_000, unique: 3_000 } as const;

/** https://support.google.com/a/answer/166852 and /mail/answer/22839 */
const LIMITS: Readonly<Record<MailboxProfile['plan'], Limits>> = {
  consumer: { messages: 500, ...RECIPIENTS },
  trial: { messages: 500, ...RECIPIENTS },
  workspace: { messages: 2_000, ...RECIPIENTS },
};

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;
/** Of a hash in base64: 42 bits, so that no two of some thousand are alike. */
const MARK_CHARACTERS = 7;

export function limitsOf({ plan, limits = {} }: MailboxProfile): Limits {
  const own = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return { ...LIMITS[plan], ...Object.fromEntries(own) };
}

/** What one message takes of the quota. */
export interface Usage {
  readonly recipients: number;
  readonly external: number;
  /** Of its recipients. */
  readonly marks: readonly string[];
}

export function usageOf({ address }: Pick<MailboxProfile, 'address'>, recipients: readonly EmailAddress[]): Usage {
  const marks = recipients.map((recipient) =>
    Buffer.from(sha256(recipient.toLowerCase()), 'hex').toString('base64url').slice(0, MARK_CHARACTERS),
  );
  const external = recipients.filter((recipient) => !sameDomain(recipient, address)).length;
  return { recipients: recipients.length, external, marks };
}

/** How many messages the window has room for now. */
export function roomOf({ hours }: Quota, limits: Limits, now: EpochMs): number {
  return Math.max(0, limits.messages - usedOf({ hours }, now));
}

/** How many messages went out in the window. */
export function usedOf({ hours }: Quota, now: EpochMs): number {
  return sum(recent(hours, now), 'messages');
}

/** When the window has room for a message; undefined where it has. */
export function freeAt(quota: Quota, usage: Usage, limits: Limits, now: EpochMs): EpochMs | undefined {
  const hours = recent(quota.hours, now);
  const left = {
    messages: limits.messages - 1 - sum(hours, 'messages'),
    recipients: limits.recipients - usage.recipients - sum(hours, 'recipients'),
    external: limits.external - usage.external - sum(hours, 'external'),
    unique: limits.unique - uniqueWith({ ...quota, hours }, usage, limits, now).count,
  };
  const isFree = (): boolean => Object.values(left).every((count) => count >= 0);
  if (isFree()) return undefined;
  for (const { hour, messages, recipients, external } of hours) {
    left.messages += messages;
    left.recipients += recipients;
    left.external += external;
    // As if all of them were different: then it is looked at once more.
    left.unique += recipients;
    if (isFree()) return freeAtOf(hour);
  }
  // Limits that not even an empty window satisfies.
  return after(now, WINDOW_HOURS * HOUR_MS);
}

export function counted(quota: Quota, usage: Usage, limits: Limits, now: EpochMs): Quota {
  const hours = recent(quota.hours, now);
  const { unique } = uniqueWith({ ...quota, hours }, usage, limits, now);
  const added = adjusted(hours, { at: now, messages: 1, ...usage });
  return unique === undefined ? { hours: added } : { hours: added, unique };
}

/** One message that quota was taken for. */
export interface Count {
  readonly at: EpochMs;
  readonly recipients: number;
  readonly external: number;
}

/** Gives back what was not sent. Who its recipients were stays known: the careful side. */
export function withoutCount(hours: Quota['hours'], { at, recipients, external }: Count): Quota['hours'] {
  // Its hour is past.
  if (!hours.some(({ hour }) => hour === Math.floor(at / HOUR_MS))) return hours;
  return adjusted(hours, { at, messages: -1, recipients: -recipients, external: -external });
}

/** Counts what was sent from the mailbox by others, when it was sent. */
export function withCount(hours: Quota['hours'], count: Count): Quota['hours'] {
  return adjusted(hours, { ...count, messages: 1 });
}

function adjusted(hours: Quota['hours'], { at, ...more }: Count & { messages: number }): Quota['hours'] {
  const hour = Math.floor(at / HOUR_MS);
  const before = hours.find((count) => count.hour === hour) ?? { messages: 0, recipients: 0, external: 0 };
  const count = {
    hour,
    messages: before.messages + more.messages,
    recipients: before.recipients + more.recipients,
    external: before.external + more.external,
  };
  return [...hours.filter((other) => other.hour !== hour), count].toSorted((one, other) => one.hour - other.hour);
}

/**
 * How many different recipients there would be, at most: never more than recipients, and counted one by one only from two
 * thirds of the limit on, because the marks make the item large.
 */
function uniqueWith(
  { hours, unique }: Quota,
  usage: Usage,
  limits: Limits,
  now: EpochMs,
): { count: number; unique?: UniqueCount } {
  const before = sum(hours, 'recipients');
  const all = before + usage.recipients;
  if (all <= (limits.unique * 2) / 3) return { count: all };
  const hour = Math.floor(now / HOUR_MS);
  const current = continued(unique, hour, before);
  const known = marksOf(current.marks);
  const added = new Set(usage.marks.filter((mark) => !known.has(mark)));
  const count = Math.min(all, current.base + known.size + added.size);
  return { count, unique: { ...current, marks: current.marks + [...added].join('') } };
}

/** After a day all marks together are an upper limit of those of the last 24 hours, and counting begins anew. */
function continued(unique: UniqueCount | undefined, hour: number, before: number): UniqueCount {
  if (unique === undefined) return { since: hour, base: before, marks: '' };
  if (hour - unique.since <= WINDOW_HOURS) return unique;
  return { since: hour, base: Math.min(before, marksOf(unique.marks).size), marks: '' };
}

function marksOf(marks: string): Set<string> {
  const count = marks.length / MARK_CHARACTERS;
  return new Set(
    Array.from({ length: count }, (_, at) => marks.slice(at * MARK_CHARACTERS, (at + 1) * MARK_CHARACTERS)),
  );
}

/** An hour counts for as long as any moment of it lies in the last 24 hours. */
function recent(hours: Quota['hours'], now: EpochMs): Quota['hours'] {
  return hours.filter(({ hour }) => freeAtOf(hour) > now);
}

function freeAtOf(hour: number): EpochMs {
  return toEpochMs((hour + 1 + WINDOW_HOURS) * HOUR_MS);
}

function sum(hours: Quota['hours'], of: 'messages' | 'recipients' | 'external'): number {
  return hours.reduce((total, count) => total + count[of], 0);
}
