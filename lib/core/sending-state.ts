// What a mailbox may send now: its hold, its slots and its quota (docs: DESIGN "Sending"). Pure: a state goes in, another
// comes out, and whoever keeps it writes it only where nobody else has meanwhile.
import type { ErrorCode } from './errors.ts';
import { type Count, counted, freeAt, type Limits, type Quota, type Usage, withCount, withoutCount } from './quota.ts';
import { after, type EpochMs, toEpochMs } from './time.ts';

/** The right to hold one SMTP connection of the mailbox, until its lease ends. */
interface Slot {
  readonly token: string;
  readonly until: EpochMs;
  /** With its connection, between two invocations: one of a mailbox at a time, so that the others stay free. */
  readonly isKept?: boolean | undefined;
}

/** The mailbox must not send until then; afterwards one message at a time, until one is taken. */
export interface Hold {
  readonly code: ErrorCode;
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** How often in a row, from 1. */
  readonly failures: number;
}

/** A person holds the mailbox: nothing that Mailroom meets or learns ends it, only that person or its time. */
export interface OperatorHold {
  readonly since: EpochMs;
  /** Without it until it is released. */
  readonly until?: EpochMs | undefined;
  /** For whoever looks at it later. */
  readonly reason?: string | undefined;
}

export interface SendingState extends Quota {
  readonly slots: readonly Slot[];
  readonly hold?: Hold | undefined;
  /** Beside the other one, which has its own end. */
  readonly operatorHold?: OperatorHold | undefined;
}

export const NOTHING_SENT: SendingState = { slots: [], hours: [] };

/** Connections of one mailbox over all processes; Gmail begins to refuse logins above a handful. */
export const SLOTS = 3;
const HOUR_MS = 3_600_000;
/** A message that a person holds is looked at so often: nothing is forgotten where a release ends halfway. */
const LOOK_AGAIN_MS = HOUR_MS;

export interface Wish {
  /** A slot that is held already is kept for longer. */
  readonly slot: string;
  readonly until: EpochMs;
  readonly usage: Usage;
  readonly limits: Limits;
}

export type Reservation =
  | { readonly kind: 'reserved'; readonly state: SendingState }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly until: EpochMs }
  | { readonly kind: 'no-slot'; readonly until: EpochMs };

/** A slot, and quota for one message. What is refused changes nothing. */
export function reserve(before: SendingState, wish: Wish, now: EpochMs): Reservation {
  const restUntil = restOfOperatorHold(before, now);
  if (restUntil !== undefined) return { kind: 'held', code: 'HELD_BY_OPERATOR', until: restUntil };
  const { hold } = before;
  if (hold !== undefined && hold.until > now) return { kind: 'held', code: hold.code, until: hold.until };
  const { usage, limits } = wish;
  const until = freeAt(before, usage, limits, now);
  if (until !== undefined) return { kind: 'held', code: 'QUOTA_EXCEEDED', until };
  const others = before.slots.filter(({ token, until }) => until > now && token !== wish.slot);
  // After a hold one message probes whether it is over.
  if (others.length >= (hold === undefined ? SLOTS : 1)) {
    return { kind: 'no-slot', until: toEpochMs(Math.min(...others.map(({ until }) => until))) };
  }
  const slots = [...others, { token: wish.slot, until: wish.until }];
  return { kind: 'reserved', state: { ...holdsOf(before), slots, ...counted(before, usage, limits, now) } };
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

export function finish(before: SendingState, end: SlotEnd, now: EpochMs): SendingState {
  const { slot, keptUntil, trouble, isAccepted, unsent } = end;
  const alive = before.slots.filter(({ until }) => until > now);
  const others = alive.filter(({ token }) => token !== slot);
  const keeps = keptUntil !== undefined && others.length < alive.length && !others.some(({ isKept }) => isKept);
  const slots = keeps ? [...others, { token: slot, until: keptUntil, isKept: true }] : others;
  const { hold, unique } = before;
  const hours = unsent.reduce(withoutCount, before.hours);
  const { operatorHold } = before;
  const rest = { hours, ...(unique && { unique }), ...(operatorHold && { operatorHold }) };
  if (trouble !== undefined) return { ...rest, slots, hold: heldAgain(hold, trouble.code, trouble.random, now) };
  const isOver = hold === undefined || (isAccepted && hold.until <= now);
  return isOver ? { ...rest, slots } : { ...rest, slots, hold };
}

/** What was sent from the mailbox, but not by us, takes of its quota too. */
export function sentElsewhere(before: SendingState, counts: readonly Count[]): SendingState {
  return { ...before, hours: counts.reduce(withCount, before.hours) };
}

/** The mailbox's provider says by mail that it must not send. */
export function heldBy(
  before: SendingState,
  trouble: { readonly code: ErrorCode; readonly random: number },
  now: EpochMs,
): SendingState {
  return { ...before, hold: heldAgain(before.hold, trouble.code, trouble.random, now) };
}

/** A person says that the mailbox must not send. */
export function holdByOperator(before: SendingState, operatorHold: OperatorHold): SendingState {
  return { ...before, operatorHold };
}

/** Ends every hold, whoever made it. What the quota says stays so. */
export function releaseHolds({ hold: _hold, operatorHold: _operatorHold, ...rest }: SendingState): SendingState {
  return rest;
}

/** When to look again at a message of a mailbox that a person holds; undefined where nobody does. */
export function restOfOperatorHold({ operatorHold }: SendingState, now: EpochMs): EpochMs | undefined {
  if (operatorHold === undefined || isOver(operatorHold, now)) return undefined;
  const lookAgain = after(now, LOOK_AGAIN_MS);
  return toEpochMs(Math.min(operatorHold.until ?? lookAgain, lookAgain));
}

export function isOver({ until }: OperatorHold, now: EpochMs): boolean {
  return until !== undefined && until <= now;
}

function holdsOf({ hold, operatorHold }: SendingState): Pick<SendingState, 'hold' | 'operatorHold'> {
  return { ...(hold && { hold }), ...(operatorHold && { operatorHold }) };
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
