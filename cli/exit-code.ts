// How the process ends, for scripts: https://tldp.org/LDP/abs/html/exitcodes.html leaves these free.

export const EXIT = {
  done: 0,
  /** Refused, or failed. */
  failed: 1,
  /** Not a command that there is: see its help. */
  usage: 2,
  /** The stack cannot be found, reached or used. */
  unavailable: 3,
  /** It worked, and found something that a person must mend. */
  needsPerson: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
