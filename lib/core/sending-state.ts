// What a mailbox may send now: its hold, its slots and its quota (docs: DESIGN "Sending"). Pure: a state goes in, another
// comes out, and whoever keeps it writes it only where nobody else has meanwhile.
import type { ErrorCode } from './errors.ts';
import type { MailboxProfile } from './mailbox.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** The right to hold one SMTP connection of the mailbox, until its lease ends. */
interface Slot {
  readonly token: string;
  readonly until: EpochMs;
  /** With its connection, between two invocations: one of a mailbox at a time, so that the others stay free. */
  readonly isKept?: boolean | undefined;
}

interface HourCount {
  /** Hours since 1970. */
  readonly hour: number;
  readonly messages: number;
  readonly recipients: number;
}

/** The mailbox must not send until then; afterwards one message at a time, until one is taken. */
export interface Hold {
  readonly code: ErrorCode;
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** How often in a row, from 1. */
  readonly failures: number;
}

export interface SendingState {
  readonly slots: readonly Slot[];
  /** Of the last 24 hours, oldest first. */
  readonly hours: readonly HourCount[];
  readonly hold?: Hold | undefined;
}

export const NOTHING_SENT: SendingState = { slots: [], hours: [] };

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

/** Connections of one mailbox over all processes; Gmail begins to refuse logins above a handful. */
export const SLOTS = 3;
const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;

export function limitsOf({ plan, limits }: MailboxProfile): Limits {
  const { messages, recipients } = LIMITS[plan];
  return { messages: limits?.messages ?? messages, recipients: limits?.recipients ?? recipients };
}

export interface Wish {
  /** A slot that is held already is kept for longer. */
  readonly slot: string;
  readonly until: EpochMs;
  readonly recipients: number;
  readonly limits: Limits;
}

export type Reservation =
  | { readonly kind: 'reserved'; readonly state: SendingState }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly until: EpochMs }
  | { readonly kind: 'no-slot'; readonly until: EpochMs };

/** A slot, and quota for one message. What is refused changes nothing. */
export function reserve(before: SendingState, wish: Wish, now: EpochMs): Reservation {
  const { hold } = before;
  if (hold !== undefined && hold.until > now) return { kind: 'held', code: hold.code, until: hold.until };
  const hours = recent(before.hours, now);
  const freeAt = quotaFreeAt(hours, wish, now);
  if (freeAt !== undefined) return { kind: 'held', code: 'QUOTA_EXCEEDED', until: freeAt };
  const others = before.slots.filter(({ token, until }) => until > now && token !== wish.slot);
  // After a hold one message probes whether it is over.
  if (others.length >= (hold === undefined ? SLOTS : 1)) {
    return { kind: 'no-slot', until: toEpochMs(Math.min(...others.map(({ until }) => until))) };
  }
  const slots = [...others, { token: wish.slot, until: wish.until }];
  return { kind: 'reserved', state: { ...before, slots, hours: counted(hours, wish.recipients, now) } };
}

/** How the use of a slot ended. */
export interface SlotEnd {
  readonly slot: string;
  /** Until when to keep it, with its connection, for the next invocation. */
  readonly keptUntil?: EpochMs;
  /** A trouble of the mailbox that was met. */
  readonly trouble?: { readonly code: ErrorCode; readonly random: number };
  /** Whether a message was taken: then a hold is over. */
  readonly isAccepted: boolean;
  /** What was counted, and not sent after all. */
  readonly unsent: readonly Count[];
}

/** One message that quota was taken for. */
export interface Count {
  readonly at: EpochMs;
  readonly recipients: number;
}

export function finish(before: SendingState, end: SlotEnd, now: EpochMs): SendingState {
  const { slot, keptUntil, trouble, isAccepted, unsent } = end;
  const alive = before.slots.filter(({ until }) => until > now);
  const others = alive.filter(({ token }) => token !== slot);
  const keeps = keptUntil !== undefined && others.length < alive.length && !others.some(({ isKept }) => isKept);
  const slots = keeps ? [...others, { token: slot, until: keptUntil, isKept: true }] : others;
  const { hold } = before;
  const rest = { hours: unsent.reduce(withoutCount, before.hours) };
  if (trouble !== undefined) return { ...rest, slots, hold: heldAgain(hold, trouble.code, trouble.random, now) };
  const isOver = hold === undefined || (isAccepted && hold.until <= now);
  return isOver ? { ...rest, slots } : { ...rest, slots, hold };
}

export function isKept({ slots }: SendingState, slot: string): boolean {
  return slots.some(({ token, isKept }) => token === slot && isKept === true);
}

/** Of what a new grant may have mended. */
const OF_THE_GRANT: readonly ErrorCode[] = [
  'AUTHENTICATION_REFUSED',
  'TOKEN_UNAVAILABLE',
  'GRANT_DEAD',
  'GRANT_BLOCKED_BY_POLICY',
  'OAUTH_CLIENT_REFUSED',
  'OAUTH_THROTTLED',
  'OAUTH_UNREACHABLE',
  'OAUTH_REFUSED',
];

/** @param refreshedAt when Google last gave a token for the grant */
export function isMended({ code, since }: Hold, refreshedAt: EpochMs | undefined): boolean {
  return OF_THE_GRANT.includes(code) && refreshedAt !== undefined && refreshedAt > since;
}

/** Ends the wait of a hold, so that a message probes whether it is over. */
export function probeNow(before: SendingState, now: EpochMs): SendingState {
  const { hold } = before;
  return hold === undefined || hold.until <= now ? before : { ...before, hold: { ...hold, until: now } };
}

/** Those who met the same trouble side by side made one hold of it. */
function heldAgain(hold: Hold | undefined, code: ErrorCode, random: number, now: EpochMs): Hold {
  if (hold !== undefined && hold.until > now) return hold;
  const failures = (hold?.failures ?? 0) + 1;
  return { code, since: now, until: after(now, holdMs(code, failures, random)), failures };
}

/**
 * Minutes that double: 5 up to 6 hours where a person or Gmail's day must help, 2 up to 2 hours where Gmail asks for time.
 * @param random a number in [0, 1): a quarter either way
 */
function holdMs(code: ErrorCode, failures: number, random: number): number {
  const [first, most] = code === 'MAILBOX_THROTTLED' ? [2 * 60_000, 2 * HOUR_MS] : [5 * 60_000, 6 * HOUR_MS];
  return Math.min(first * 2 ** (failures - 1), most) * (0.75 + 0.5 * random);
}

/** An hour counts for as long as any moment of it lies in the last 24 hours. */
function recent(hours: readonly HourCount[], now: EpochMs): readonly HourCount[] {
  return hours.filter(({ hour }) => freeAtOf(hour) > now);
}

function freeAtOf(hour: number): EpochMs {
  return toEpochMs((hour + 1 + WINDOW_HOURS) * HOUR_MS);
}

/** When the window has room for the message; undefined where it has. */
function quotaFreeAt(hours: readonly HourCount[], { recipients, limits }: Wish, now: EpochMs): EpochMs | undefined {
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

function counted(hours: readonly HourCount[], recipients: number, now: EpochMs): readonly HourCount[] {
  const hour = Math.floor(now / HOUR_MS);
  const { messages = 0, recipients: others = 0 } = hours.find((count) => count.hour === hour) ?? {};
  const past = hours.filter((count) => count.hour !== hour);
  return [...past, { hour, messages: messages + 1, recipients: others + recipients }];
}

function withoutCount(hours: readonly HourCount[], { at, recipients }: Count): readonly HourCount[] {
  const of = Math.floor(at / HOUR_MS);
  return hours.map((count) =>
    count.hour === of ? { hour: of, messages: count.messages - 1, recipients: count.recipients - recipients } : count,
  );
}

function sum(hours: readonly HourCount[], of: 'messages' | 'recipients'): number {
  return hours.reduce((total, count) => total + count[of], 0);
}
