// What Google's authorisation server says of an access token, and of the time. Nothing else is asked of it.
import * as v from 'valibot';
import type { AccessToken } from '../../lib/core/token.ts';

/** `unreachable`: it did not answer, or not as itself. */
export type TokenInfo =
  | { readonly kind: 'valid'; readonly scopes: readonly string[]; readonly address: string | undefined }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unreachable'; readonly code: string };

export type ServerTime =
  | { readonly kind: 'told'; readonly skewMs: number }
  | { readonly kind: 'unreachable'; readonly code: string };

const TIMEOUT_MS = 4_000;

const TokenInfoSchema = v.object({ scope: v.optional(v.string(), ''), email: v.optional(v.string()) });

/** @param url of the stack's output OauthUrl */
export async function askTokenInfo(url: string, { accessToken }: AccessToken): Promise<TokenInfo> {
  try {
    // As a form: an address with the token in it would be written into logs on the way; a redirect would carry it elsewhere.
    const body = new URLSearchParams({ access_token: accessToken.reveal() });
    const response = await fetch(`${url}/tokeninfo`, { ...common(), method: 'POST', body, redirect: 'error' });
    if (response.status === 400 || response.status === 401) return { kind: 'invalid' };
    const parsed = v.safeParse(TokenInfoSchema, await response.json());
    if (!response.ok || !parsed.success) return { kind: 'unreachable', code: `HTTP ${response.status}` };
    const { scope, email } = parsed.output;
    return { kind: 'valid', scopes: scope.split(' '), address: email };
  } catch (error) {
    return { kind: 'unreachable', code: codeOf(error) };
  }
}

/** Whatever it answers, it says when. @returns how far this machine's clock is ahead of it */
export async function askTime(url: string): Promise<ServerTime> {
  try {
    const before = Date.now();
    const response = await fetch(url, { ...common(), redirect: 'manual' });
    await response.body?.cancel();
    const told = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(told)) return { kind: 'unreachable', code: 'an answer without a Date' };
    return { kind: 'told', skewMs: (before + Date.now()) / 2 - told };
  } catch (error) {
    return { kind: 'unreachable', code: codeOf(error) };
  }
}

function common(): RequestInit {
  return { headers: { connection: 'close' }, signal: AbortSignal.timeout(TIMEOUT_MS) };
}

const FailureSchema = v.object({
  name: v.string(),
  cause: v.optional(v.looseObject({ code: v.optional(v.string()) })),
});

/** fetch hides what happened to the socket behind an error of its own. */
function codeOf(error: unknown): string {
  const parsed = v.safeParse(FailureSchema, error);
  if (!parsed.success) return 'unknown';
  return parsed.output.cause?.code ?? parsed.output.name;
}
