// From counted calls and the times of the bench to USD: one invocation, and a month of the schedules.
import type { Usage } from './meter.ts';
import { PRICES } from './prices.ts';
import type { Timing } from './timings.ts';

/** Lambda gives a function one processor at 1,769 MB, and a share of it below. */
const MB_OF_A_PROCESSOR = 1_769;
/** Of an invocation: the function's own line and Lambda's three; the test holds that ours are not longer. */
export const LOG_BYTES = 1_000;

/** How long Lambda bills a function for: what it computes takes longer on its share of a processor. */
export function billedMs({ elapsedMs, cpuMs }: Timing, memoryMb: number): number {
  return elapsedMs - cpuMs + (cpuMs * MB_OF_A_PROCESSOR) / memoryMb;
}

/** One invocation of a function, with all that it calls and logs. */
export function priceInvocation(usage: Usage, timing: Timing, memoryMb: number): number {
  const gbSeconds = ((billedMs(timing, memoryMb) / 1_000) * memoryMb) / 1_024;
  return gbSeconds * PRICES.gbSecond + PRICES.invocation + (LOG_BYTES * PRICES.logGb) / 1e9 + priceCalls(usage);
}

function priceCalls(usage: Usage): number {
  return (
    usage.writeUnits * PRICES.writeUnit +
    usage.readUnits * PRICES.readUnit +
    usage.secretCalls * PRICES.secretCall +
    usage.objectPuts * PRICES.objectPut +
    usage.objectGets * PRICES.objectGet +
    usage.invocations * PRICES.invocation
  );
}

/** What one run of each schedule uses. */
export type ScheduledUsage = Readonly<Record<'refresh' | 'poll' | 'release', Usage>>;

export interface Schedule {
  readonly runsAMonth: number;
  readonly memoryMb: number;
  /** How many mailboxes it works on at once. */
  readonly sideBySide: number;
  readonly one: Usage;
  readonly two: Usage;
  /** Of a run for one mailbox. */
  readonly timing: Timing;
}

/** A month of a schedule. Waits are shared by the mailboxes side by side; what is computed adds up. */
export function priceMonth(schedule: Schedule, mailboxes: number): number {
  const { runsAMonth, memoryMb, sideBySide, one, two, timing } = schedule;
  const cpuMs = mailboxes * timing.cpuMs;
  const elapsedMs = Math.ceil(mailboxes / sideBySide) * (timing.elapsedMs - timing.cpuMs) + cpuMs;
  const run = priceInvocation(extrapolate(one, two, mailboxes), { elapsedMs, cpuMs }, memoryMb);
  return runsAMonth * (run + PRICES.scheduledInvocation);
}

function extrapolate(one: Usage, two: Usage, mailboxes: number): Usage {
  const of = (name: keyof Usage): number => one[name] + (mailboxes - 1) * (two[name] - one[name]);
  return {
    writeUnits: of('writeUnits'),
    readUnits: of('readUnits'),
    secretCalls: of('secretCalls'),
    objectPuts: of('objectPuts'),
    objectGets: of('objectGets'),
    invocations: of('invocations'),
  };
}
