// Every phase of a submission, and what can go wrong there.
import type { Action } from '../../local/fault-proxy/fault.ts';

export const PHASES = [
  'connect',
  'tls',
  'greeting',
  'EHLO',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'body',
  'dot',
  'after-dot',
] as const;
type Phase = (typeof PHASES)[number];

export const TROUBLES = ['cut', 'stall', '4xx', '5xx', 'garbage', 'killed'] as const;
type Trouble = (typeof TROUBLES)[number];

export interface Case {
  readonly phase: Phase;
  readonly trouble: Trouble;
  readonly way: 'invoked' | 'queued';
  readonly token: 'fresh' | 'stale';
  readonly copy: 'at once' | 'late' | 'never';
}

/** Literal replies of Gmail, as it gives them at each point. */
const REPLIES: Partial<Record<Phase, Readonly<Record<'4xx' | '5xx', string>>>> = {
  greeting: {
    '4xx': '421 4.3.0 Temporary System Problem. Try again later. - gsmtp',
    '5xx': '554 5.7.1 Denied. - gsmtp',
  },
  EHLO: { '4xx': '421 4.4.5 Server busy, try again later. - gsmtp', '5xx': '502 5.5.1 Unrecognized command. - gsmtp' },
  AUTH: {
    '4xx': '454 4.7.0 Too many login attempts, please try again later. - gsmtp',
    '5xx': '535 5.7.8 Username and Password not accepted. - gsmtp',
  },
  MAIL: { '4xx': '421 4.7.0 Try again later, closing connection. - gsmtp', '5xx': '550 5.7.1 Denied. - gsmtp' },
  RCPT: {
    '4xx': '450 4.2.1 The user is receiving mail too quickly. - gsmtp',
    '5xx': '550 5.1.1 No such user. - gsmtp',
  },
  DATA: { '4xx': '451 4.3.0 Try again later. - gsmtp', '5xx': '550 5.4.5 Daily user sending limit exceeded. - gsmtp' },
  dot: { '4xx': '451 4.3.0 Try again later. - gsmtp', '5xx': '552 5.2.3 Message exceeded size limits. - gsmtp' },
};

/** What does not exist: a server that answers before it may speak, within a body, or other than it has done. */
function isPossible({ phase, trouble }: Case): boolean {
  if (trouble === '4xx' || trouble === '5xx') return REPLIES[phase] !== undefined;
  return trouble !== 'garbage' || (phase !== 'body' && phase !== 'dot');
}

export function allCases(): readonly Case[] {
  return PHASES.flatMap((phase) =>
    TROUBLES.flatMap((trouble) =>
      (['invoked', 'queued'] as const).flatMap((way) =>
        (['fresh', 'stale'] as const).flatMap((token) =>
          (['at once', 'late', 'never'] as const).map((copy): Case => ({ phase, trouble, way, token, copy })),
        ),
      ),
    ),
  ).filter(isPossible);
}

/** A function is killed while the server keeps it waiting. */
export function actionOf({ phase, trouble }: Case): Action {
  switch (trouble) {
    case 'cut':
      return { kind: 'cut' };
    case 'stall':
    case 'killed':
      return { kind: 'stall' };
    case 'garbage':
      return { kind: 'corrupt' };
    case '4xx':
    case '5xx':
      return { kind: 'reply', text: REPLIES[phase]?.[trouble] ?? '' };
  }
}

export function nameOf({ phase, trouble, way, token, copy }: Case): string {
  return `${trouble} at ${phase}, ${way}, ${token} token, copy ${copy}`;
}
