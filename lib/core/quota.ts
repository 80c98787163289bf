// What a mailbox has sent in the last 24 hours, counted by the hour, and what it may still send. Pure.
import type { MailboxProfile } from './mailbox.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

export interface HourCount {
  /** Hours since 1970. */
  readonly hour: number;
  readonly messages: number;
  readonly recipients: number;
}

/** Of a mailbox in any 24 hours. */
export interface Limits {
  readonly messages: number;
  readonly recipients: number;
}

/** https://support.google.com/a/answer/166852 and /mail/answer/22839 */
const LIMITS: Readonly<Record<MailboxProfile['plan'], Limits>> = {
  consumer: { messages: 500, recipients: 10_000 },
  trial: { messages: 500, recipients: 10_000 },
  workspace: { messages: 2_000, recipients: 10_000 },
};

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;

export function limitsOf({ plan, limits }: MailboxProfile): Limits {
  const { messages, recipients } = LIMITS[plan];
  return { messages: limits?.messages ?? messages, recipients: limits?.recipients ?? recipients };
}

/** How many messages the window has room for now. */
export function roomOf(hours: readonly HourCount[], limits: Limits, now: EpochMs): number {
  return Math.max(0, limits.messages - sum(recent(hours, now), 'messages'));
}

/** One message that quota was taken for. */
export interface Count {
  readonly at: EpochMs;
  readonly recipients: number;
}

/** An hour counts for as long as any moment of it lies in the last 24 hours. */
export function recent(hours: readonly HourCount[], now: EpochMs): readonly HourCount[] {
  return hours.filter(({ hour }) => freeAtOf(hour) > now);
}

function freeAtOf(hour: number): EpochMs {
  return toEpochMs((hour + 1 + WINDOW_HOURS) * HOUR_MS);
}

/** When the window has room for the message; undefined where it has. */
export function quotaFreeAt(
  hours: readonly HourCount[],
  { recipients, limits }: { recipients: number; limits: Limits },
  now: EpochMs,
): EpochMs | undefined {
  let messagesLeft = limits.messages - 1 - sum(hours, 'messages');
  let recipientsLeft = limits.recipients - recipients - sum(hours, 'recipients');
  if (messagesLeft >= 0 && recipientsLeft >= 0) return undefined;
  for (const count of hours) {
    messagesLeft += count.messages;
    recipientsLeft += count.recipients;
    if (messagesLeft >= 0 && recipientsLeft >= 0) return freeAtOf(count.hour);
  }
  // Limits that not even an empty window satisfies.
  return after(now, WINDOW_HOURS * HOUR_MS);
}

export function counted(hours: readonly HourCount[], recipients: number, now: EpochMs): readonly HourCount[] {
  const hour = Math.floor(now / HOUR_MS);
  const { messages = 0, recipients: others = 0 } = hours.find((count) => count.hour === hour) ?? {};
  const past = hours.filter((count) => count.hour !== hour);
  return [...past, { hour, messages: messages + 1, recipients: others + recipients }];
}

export function withoutCount(hours: readonly HourCount[], { at, recipients }: Count): readonly HourCount[] {
  const of = Math.floor(at / HOUR_MS);
  return hours.map((count) =>
    count.hour === of ? { hour: of, messages: count.messages - 1, recipients: count.recipients - recipients } : count,
  );
}

function sum(hours: readonly HourCount[], of: 'messages' | 'recipients'): number {
  return hours.reduce((total, count) => total + count[of], 0);
}
