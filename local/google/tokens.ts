// What Google's authorisation server remembers: codes, grants (refresh tokens) and access tokens, in Google's shapes.
// Opaque, `ya29.` and about 2,048 characters, `1//` and up to 512: what stores or sends them must hold the whole size.
import { createHash, randomBytes } from 'node:crypto';
import { isGmailScope, isSignInScope } from './scopes.ts';

export type Publishing = 'testing' | 'production';

export interface Grant {
  readonly address: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly refreshToken: string | undefined;
  revoked: boolean;
  /** Undefined where only people, policy or six months without use end it. */
  expiresAt: number | undefined;
  usedAt: number;
}

export interface AccessToken {
  readonly value: string;
  readonly grant: Grant;
  readonly scopes: readonly string[];
  expiresAt: number;
}

export interface Authorisation {
  clientId: string;
  address: string;
  scopes: readonly string[];
  redirectUri: string;
  codeChallenge: string | undefined;
  offline: boolean;
  nonce: string | undefined;
}

type Redeemed = { kind: 'redeemed'; authorisation: Authorisation; grant: Grant } | { kind: 'refused'; reason: string };

const codeLifetimeMs = 10 * 60 * 1000;
// How refresh tokens end: developers.google.com/identity/protocols/oauth2#expiration. The oldest of too many goes silently.
const grantsPerAccountAndClient = 100;
const dayMs = 24 * 60 * 60 * 1000;
const testingLifetimeMs = 7 * dayMs;
const unusedLifetimeMs = 183 * dayMs;

export class Tokens {
  /** Of grants made from now on: one made in Testing keeps its end when the app is published. */
  publishing: Publishing = 'production';
  readonly #now: () => number;
  readonly #accessTokenSeconds: number;
  readonly #codes = new Map<string, { authorisation: Authorisation; expiresAt: number; grant?: Grant }>();
  readonly #grants: Grant[] = [];
  readonly #access = new Map<string, AccessToken>();

  constructor(now: () => number, accessTokenSeconds: number) {
    this.#now = now;
    this.#accessTokenSeconds = accessTokenSeconds;
  }

  code(authorisation: Authorisation): string {
    const code = `4/0A${randomBytes(40).toString('base64url')}`;
    this.#codes.set(code, { authorisation, expiresAt: this.#now() + codeLifetimeMs });
    return code;
  }

  /** RFC 6749 4.1.2: a code works once; used again, what it gave is revoked. */
  redeem(code: string, proof: { clientId: string; redirectUri: string; verifier: string }): Redeemed {
    const known = this.#codes.get(code);
    if (!known || known.expiresAt <= this.#now()) return { kind: 'refused', reason: 'Malformed auth code.' };
    if (known.grant) known.grant.revoked = true;
    const { authorisation } = known;
    if (known.grant || authorisation.clientId !== proof.clientId) return { kind: 'refused', reason: 'Bad Request' };
    if (authorisation.redirectUri !== proof.redirectUri) return { kind: 'refused', reason: 'redirect_uri_mismatch' };
    const challenge = authorisation.codeChallenge;
    if (challenge !== undefined && proof.verifier === '') return { kind: 'refused', reason: 'Missing code verifier.' };
    if (challenge !== undefined && challengeOf(proof.verifier) !== challenge) {
      return { kind: 'refused', reason: 'Invalid code verifier.' };
    }
    known.grant = this.grant(authorisation);
    return { kind: 'redeemed', authorisation, grant: known.grant };
  }

  grant(made: { address: string; clientId: string; scopes: readonly string[]; offline: boolean }): Grant {
    const { address, clientId, scopes } = made;
    const refreshToken = made.offline ? `1//0${randomBytes(140).toString('base64url')}` : undefined;
    const usedAt = this.#now();
    // Who only signs people in is spared.
    const isTemporary = this.publishing === 'testing' && !scopes.every(isSignInScope);
    const expiresAt = isTemporary ? usedAt + testingLifetimeMs : undefined;
    const grant: Grant = { address, clientId, scopes, refreshToken, revoked: false, expiresAt, usedAt };
    this.#grants.push(grant);
    const alike = this.#grants.filter(
      (other) => other.refreshToken && this.#lives(other) && other.address === address && other.clientId === clientId,
    );
    for (const oldest of alike.slice(0, Math.max(0, alike.length - grantsPerAccountAndClient))) oldest.revoked = true;
    return grant;
  }

  issue(grant: Grant, scopes: readonly string[] = grant.scopes): AccessToken {
    const value = `ya29.${randomBytes(1533).toString('base64url').slice(0, 2043)}`;
    const token = { value, grant, scopes, expiresAt: this.#now() + this.#accessTokenSeconds * 1000 };
    this.#access.set(value, token);
    grant.usedAt = this.#now();
    return token;
  }

  /** Google says 3599 for an hour, and 604799 for seven days: the second it took. */
  secondsUntil(expiresAt: number): number {
    return Math.max(0, Math.ceil((expiresAt - this.#now()) / 1000) - 1);
  }

  access(value: string): AccessToken | undefined {
    const token = this.#access.get(value);
    return token && this.#lives(token.grant) && token.expiresAt > this.#now() ? token : undefined;
  }

  refresh(value: string): Grant | undefined {
    return this.#grants.find((grant) => grant.refreshToken === value && this.#lives(grant));
  }

  /** Takes either token; the whole grant of that person to that client goes with it. */
  revoke(value: string): boolean {
    const grant = this.refresh(value) ?? this.access(value)?.grant;
    if (!grant) return false;
    for (const other of this.#grants) {
      if (other.address === grant.address && other.clientId === grant.clientId) other.revoked = true;
    }
    return true;
  }

  revokeAll(address: string): void {
    for (const grant of this.#of(address)) grant.revoked = true;
  }

  /** A changed password ends what holds Gmail scopes, and leaves the rest. */
  changePassword(address: string): void {
    for (const grant of this.#of(address)) if (grant.scopes.some(isGmailScope)) grant.revoked = true;
  }

  /** As if so much more time had passed since they were made and last used. */
  age(address: string, ms: number): void {
    for (const grant of this.#of(address)) {
      grant.usedAt -= ms;
      if (grant.expiresAt !== undefined) grant.expiresAt -= ms;
    }
    for (const token of this.#access.values()) if (token.grant.address === address) token.expiresAt -= ms;
  }

  expireAll(address: string): void {
    for (const token of this.#access.values()) {
      if (token.grant.address === address) token.expiresAt = Math.min(token.expiresAt, this.#now());
    }
  }

  /** Every code and token so far, dead ones too. */
  values(): string[] {
    const refreshTokens = this.#grants.flatMap(({ refreshToken }) => refreshToken ?? []);
    return [...this.#codes.keys(), ...refreshTokens, ...this.#access.keys()];
  }

  #of(address: string): Grant[] {
    return this.#grants.filter((grant) => grant.address === address);
  }

  #lives({ revoked, expiresAt, usedAt }: Grant): boolean {
    const now = this.#now();
    return !revoked && (expiresAt === undefined || expiresAt > now) && usedAt + unusedLifetimeMs > now;
  }
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
