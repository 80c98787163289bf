// Asks a person for a grant, by their browser: until they gave it for the right account with access to mail, said no, or let
// the time pass. A wrong account or a box left unticked can be put right in the browser, by another try.

import { sameAddress } from '../../lib/core/address.ts';
import { MailError } from '../../lib/core/errors.ts';
import type { Deadline, EpochMs } from '../../lib/core/time.ts';
import { MAIL_SCOPE } from '../../lib/core/token.ts';
import {
  type Attempt,
  type AuthorisationServer,
  type Authorised,
  beginAuthorisation,
  type OauthClient,
  redeemCode,
} from '../../lib/google/authorisation.ts';
import { Problem } from '../problem.ts';
import { openLoopback } from './loopback.ts';
import {
  connectedPage,
  deniedPage,
  expiredPage,
  failedPage,
  incompletePage,
  type Page,
  wrongAccountPage,
} from './pages.ts';

export interface ConsentRequest {
  readonly server: AuthorisationServer;
  readonly client: OauthClient;
  readonly mailbox: string;
  /** The account that is expected to consent. */
  readonly address: string;
  /** Of the loopback; 0 for a free one. */
  readonly port: number;
  readonly now: () => EpochMs;
  /** Of the person: once they have answered it counts no more. */
  readonly deadline: Deadline;
  /** Of what follows an answer. */
  readonly beginAnswer: () => Deadline;
  /** A consent page is ready to be opened. */
  readonly onReady: (url: string) => void;
  /** What stands in the way, while another try is possible. */
  readonly onTrouble: (problem: Problem) => void;
  /** Checks and stores the grant; what it throws the browser shows. */
  readonly accept: (granted: Authorised) => Promise<void>;
}

/** @throws Problem CONSENT_DENIED, CONSENT_INCOMPLETE, CONSENT_EXPIRED, CONSENT_UNANSWERED, ADDRESS_MISMATCH; what `accept` throws */
export async function askConsent(request: ConsentRequest): Promise<void> {
  const consent = new Consent(request);
  const loopback = await openLoopback(request.port, (query) => consent.comeBack(query));
  try {
    request.onReady(await consent.begin(loopback.redirectUri));
    await consent.ended;
  } finally {
    await loopback.close();
  }
}

class Consent {
  readonly ended: Promise<void>;
  readonly #request: ConsentRequest;
  readonly #attempts = new Map<string, Attempt>();
  #redirectUri = '';
  #trouble: Problem | undefined;
  /** Answers that are being judged: what they come to counts, however late it is known. */
  #judging = 0;
  #end: { resolve(): void; reject(error: unknown): void };

  constructor(request: ConsentRequest) {
    this.#request = request;
    const { promise, ...end } = Promise.withResolvers<void>();
    this.#end = end;
    this.ended = promise;
    promise.catch(() => undefined);
    request.deadline.signal.addEventListener('abort', () => this.#endIfOver(), { once: true });
  }

  async begin(redirectUri: string): Promise<string> {
    this.#redirectUri = redirectUri;
    return this.#another();
  }

  async #another(): Promise<string> {
    const { server, client, address } = this.#request;
    const attempt = await beginAuthorisation(server, client, { address, redirectUri: this.#redirectUri });
    this.#attempts.set(attempt.state, attempt);
    return attempt.url;
  }

  /** A `state` that we did not give, or gave and saw already, is nobody's answer to us (RFC 6749 section 10.12). */
  async comeBack(query: URLSearchParams): Promise<Page> {
    const attempt = this.#attempts.get(query.get('state') ?? '');
    if (attempt === undefined) return expiredPage();
    this.#attempts.delete(attempt.state);
    const code = query.get('code');
    if (code === null) return this.#refused(query.get('error') ?? '');
    this.#judging += 1;
    try {
      const { server, client, now, beginAnswer } = this.#request;
      return await this.#judge(await redeemCode(server, client, attempt, code, { now, deadline: beginAnswer() }));
    } catch (error) {
      return this.#failed(error);
    } finally {
      this.#judging -= 1;
      this.#endIfOver();
    }
  }

  #endIfOver(): void {
    if (this.#judging === 0 && this.#request.deadline.signal.aborted) this.#end.reject(this.#trouble ?? UNANSWERED());
  }

  async #judge(granted: Authorised): Promise<Page> {
    const { address, mailbox, accept } = this.#request;
    if (!sameAddress(granted.address, address)) {
      this.#tryAgain(MISMATCH());
      return wrongAccountPage(address, granted.address, await this.#another());
    }
    if (!granted.scopes.includes(MAIL_SCOPE)) {
      this.#tryAgain(INCOMPLETE());
      return incompletePage(address, await this.#another());
    }
    await accept(granted);
    this.#end.resolve();
    return connectedPage(mailbox, address);
  }

  #tryAgain(problem: Problem): void {
    this.#trouble = problem;
    this.#request.onTrouble(problem);
  }

  #refused(error: string): Page {
    if (error === 'access_denied') {
      this.#end.reject(new Problem('CONSENT_DENIED', 'the consent was denied', 'run it again and choose "Allow"'));
      return deniedPage(this.#request.address);
    }
    return this.#failed(CONSENT_REFUSED(error));
  }

  #failed(error: unknown): Page {
    const isOld = error instanceof MailError && error.code === 'GRANT_DEAD';
    this.#end.reject(isOld ? EXPIRED(error) : error);
    if (isOld) return expiredPage();
    return failedPage(
      error instanceof Problem || error instanceof MailError ? `${error.message}.` : 'Something went wrong.',
    );
  }
}

const UNANSWERED = () =>
  new Problem('CONSENT_UNANSWERED', 'nobody answered in the browser', 'run it again; --timeout gives more time');

const MISMATCH = () =>
  new Problem(
    'ADDRESS_MISMATCH',
    'another account than the expected one was chosen; nothing was stored',
    'choose the right one in the browser; of an alias, a group or a delegated mailbox connect the primary account, by --address',
  );

const INCOMPLETE = () =>
  new Problem(
    'CONSENT_INCOMPLETE',
    `the consent leaves out ${MAIL_SCOPE}, without which no mail can be sent or read; nothing was stored`,
    'try again in the browser and tick its box',
  );

const EXPIRED = (cause: unknown) =>
  new Problem('CONSENT_EXPIRED', 'Google takes the code no more: it was used, or is too old', 'run it again', {
    cause,
  });

const CONSENT_REFUSED = (error: string) =>
  new Problem(
    'CONSENT_DENIED',
    `Google refused the consent (${/^\w{1,60}$/.exec(error)?.[0] ?? 'no reason'})`,
    'docs/google-setup.md names the causes: an administrator, a consent screen without this user, another project',
  );
