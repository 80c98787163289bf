// The script of things that go wrong: a test says at which point which server cuts, stalls or answers otherwise, how
// often, and for whom. Servers ask at each point; nothing here knows a protocol.

export type FaultAction = 'cut' | 'stall' | { reply: string };
export type OAuthFaultAction = 'cut' | 'stall' | { status: number; body: unknown; headers?: Record<string, string> };

/** `after-dot` accepts the mail and then acts instead of replying: the case that is neither sent nor failed. */
export type SmtpPoint =
  | 'greeting'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'body'
  | 'dot'
  | 'after-dot'
  | 'RSET'
  | 'QUIT';
/**
 * `greeting`, any IMAP command by its name in capitals (`UID FETCH` is `FETCH`), or `credentials`: an AUTHENTICATE of which
 * it is known whose it is. A reply that begins with OK, NO or BAD gets the tag of the command.
 */
export type ImapPoint = string;
/** `greeting`, or any POP3 command by its name in capitals. */
export type Pop3Point = string;
export type OAuthPoint = 'token' | 'revoke' | 'tokeninfo' | 'introspect' | 'userinfo' | 'auth';

export interface Fault<Point, Action> {
  at: Point;
  do: Action;
  /** How often, 1 unless said; Infinity until cleared. */
  times?: number;
  /** Only for this address, where the server knows it already (after AUTH, or by the grant). */
  mailbox?: string;
}

class FaultScript<Point, Action> {
  readonly #waiting: { fault: Fault<Point, Action>; left: number }[] = [];

  add(fault: Fault<Point, Action>): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(at: Point, mailbox?: string): Action | undefined {
    const found = this.#waiting.find(
      ({ fault, left }) =>
        left > 0 && fault.at === at && (fault.mailbox === undefined || fault.mailbox.toLowerCase() === mailbox),
    );
    if (!found) return undefined;
    found.left -= 1;
    return found.fault.do;
  }

  /** Takes one that was added off again. */
  remove(fault: Fault<Point, Action>): void {
    const at = this.#waiting.findIndex((waiting) => waiting.fault === fault);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Whether one that was added has anything left to do. */
  awaits(fault: Fault<Point, Action>): boolean {
    return this.#waiting.some((waiting) => waiting.fault === fault && waiting.left > 0);
  }

  /** How many are still to come. */
  get left(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

export class Faults {
  readonly smtpScript = new FaultScript<SmtpPoint, FaultAction>();
  readonly imapScript = new FaultScript<ImapPoint, FaultAction>();
  readonly pop3Script = new FaultScript<Pop3Point, FaultAction>();
  readonly oauthScript = new FaultScript<OAuthPoint, OAuthFaultAction>();

  /** One in so many of the messages that a FETCH of a range names is left out, another one each time; 0 for none. */
  leftOutOneIn = 0;
  #fetches = 0;

  /** Of each FETCH of a range: which messages it leaves out. */
  leavesOut(): (uid: number) => boolean {
    this.#fetches += 1;
    const [oneIn, shift] = [this.leftOutOneIn, this.#fetches];
    return (uid) => oneIn > 0 && (uid + shift) % oneIn === 0;
  }

  smtp(fault: Fault<SmtpPoint, FaultAction>): void {
    this.smtpScript.add(fault);
  }

  imap(fault: Fault<ImapPoint, FaultAction>): void {
    this.imapScript.add(fault);
  }

  pop3(fault: Fault<Pop3Point, FaultAction>): void {
    this.pop3Script.add(fault);
  }

  oauth(fault: Fault<OAuthPoint, OAuthFaultAction>): void {
    this.oauthScript.add(fault);
  }

  clear(): void {
    this.leftOutOneIn = 0;
    this.smtpScript.clear();
    this.imapScript.clear();
    this.pop3Script.clear();
    this.oauthScript.clear();
  }
}

/** What Google's token endpoint answers when it is not the client's fault alone, ready for `do`. */
export const tokenRefusals = {
  tooManyRequests: {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { error: 'rate_limit_exceeded', error_description: 'Rate Limit Exceeded' },
  },
  serverError: { status: 500, body: { error: 'internal_failure', error_description: 'Internal error' } },
  adminPolicyEnforced: {
    status: 400,
    body: {
      error: 'admin_policy_enforced',
      error_description: 'Access to your account data is restricted by policies.',
    },
  },
  invalidRapt: {
    status: 400,
    body: {
      error: 'invalid_grant',
      error_subtype: 'invalid_rapt',
      error_description: 'reauth related error (invalid_rapt)',
      error_uri: 'https://support.google.com/a/answer/9368756',
    },
  },
} satisfies Record<string, OAuthFaultAction>;
