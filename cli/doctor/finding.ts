// What a check found, in words for whoever has to act.

export type Result = 'ok' | 'warning' | 'trouble' | 'skipped';

/** Why it is so, what to do, and the command for it where there is one. */
export interface Advice {
  readonly cause: string;
  readonly cure: string;
  readonly command?: string | undefined;
}

/** `warning`: it works, and may not for long or not for everyone. `trouble`: a person must act. */
export interface Finding extends Partial<Advice> {
  readonly result: Result;
  readonly what: string;
}

/** A finding, and what it learned for the checks that need it: nothing where those cannot run. */
export interface Verdict<Facts = unknown> {
  readonly finding: Finding;
  readonly facts?: Facts | undefined;
}

export function ok(what: string): Finding {
  return { result: 'ok', what };
}

export function warning(what: string, advice: Advice): Finding {
  return { result: 'warning', what, ...advice };
}

export function trouble(what: string, advice: Advice): Finding {
  return { result: 'trouble', what, ...advice };
}

/** @param why begins with `because` */
export function skipped(why: string): Finding {
  return { result: 'skipped', what: why };
}
