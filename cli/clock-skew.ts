// How far this machine's clock is from AWS's. Leases and times that commands write are of this clock, and the functions that
// read them have AWS's: with a clock that is wrong, a hold ends too late, and two may hold one lease.
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { Problem } from './problem.ts';

/** A lease lasts for minutes; the time of an answer is known to a second, and to how long it took. */
export const MOST_SKEW_MS = 15_000;

/** For commands that write times or leases. @throws Problem CLOCK_OFF */
export function refuseSkewedClock({ clockSkewMs }: { readonly clockSkewMs: number | undefined }): void {
  if (clockSkewMs === undefined || Math.abs(clockSkewMs) <= MOST_SKEW_MS) return;
  const what = `the clock of this machine is ${describeSkew(clockSkewMs)} AWS's`;
  throw new Problem('CLOCK_OFF', what, 'set it by NTP (sudo timedatectl set-ntp true), and run it again');
}

/** `20 seconds ahead of` */
export function describeSkew(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const span = seconds < 600 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return `${span} ${skewMs > 0 ? 'ahead of' : 'behind'}`;
}

const ResponseSchema = v.object({ response: v.object({ headers: v.record(v.string(), v.string()) }) });

/** @returns tells how far this clock is ahead of the newest answer's; undefined where none had a Date */
export function watchClock({ middlewareStack }: CloudFormationClient): () => number | undefined {
  let skewMs: number | undefined;
  middlewareStack.add(
    (next) => async (request) => {
      const before = Date.now();
      const answered = await next(request);
      const parsed = v.safeParse(ResponseSchema, answered);
      const told = parsed.success ? Date.parse(parsed.output.response.headers.date ?? '') : Number.NaN;
      if (!Number.isNaN(told)) skewMs = (before + Date.now()) / 2 - told;
      return answered;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return () => skewMs;
}
