// Whether the From address of a mail is proven, by Gmail's own verdict and no other: any sender can write results.
// Where Gmail's stand: docs/decisions/0007-where-authentication-results-stand.md.
import { domainToASCII } from 'node:url';
import { addressParser } from 'postal-mime';
import { getDomain } from 'tldts';
import type { Authentication } from '../core/mail-content.ts';
import {
  type AuthenticationResult,
  type AuthenticationResults,
  parseAuthenticationResults,
} from './authentication-results.ts';
import type { HeaderField } from './mail-parts.ts';

type Verdict = Authentication['dmarc'];
type Results = readonly AuthenticationResult[];

const GMAIL = 'mx.google.com';

/** Nothing is claimed of a sender whom Gmail did not judge. */
export const NOT_EVALUATED: Authentication = {
  authenticated: 'unknown',
  dmarc: 'unknown',
  spf: 'unknown',
  dkim: 'unknown',
};

/** What Google writes above its own Received; anything else there came with the mail, or was put there by an import. */
const GOOGLES_OWN = /^(?:delivered-to|x-received|x-google-[\w-]+|arc-[\w-]+|return-path|x-forwarded-[\w-]+)$/;

/** @param headers all fields of the mail, from top to bottom */
export function authenticate(headers: readonly HeaderField[]): Authentication {
  const results = trustedResults(headers);
  if (results === undefined) return NOT_EVALUATED;
  return {
    authenticated: isProven(fromDomain(headers), results),
    dmarc: verdictOf(results, 'dmarc'),
    spf: verdictOf(results, 'spf'),
    dkim: verdictOf(results, 'dkim'),
  };
}

/**
 * Gmail puts its fields on top of a mail, so the first Authentication-Results below its Received is its own or, where it
 * wrote none, the sender's: one that does not name Gmail ends the search.
 */
function trustedResults(headers: readonly HeaderField[]): Results | undefined {
  // Fetched from another mailbox by POP: whatever stands there was another server's to check.
  if (headers.some(({ key }) => key === 'x-gmail-fetch-info')) return undefined;
  const arrival = headers.findIndex((field) => !isGooglesHop(field));
  const received = headers[arrival];
  if (received?.key !== 'received' || !isGmailsReceived(received.value)) return undefined;
  const below = headers.slice(arrival + 1, arrival + 10);
  const field = below.find(({ key }) => key !== 'received-spf');
  if (field?.key !== 'authentication-results') return undefined;
  const parsed = parseAuthenticationResults(field.value);
  return parsed !== undefined && isIntact(parsed) ? parsed.results : undefined;
}

/** `Received: by 2002:…` is a hop within Google; one with `from` is an arrival. */
function isGooglesHop({ key, value }: HeaderField): boolean {
  return key === 'received' ? /^by\s/i.test(value) : GOOGLES_OWN.test(key);
}

function isGmailsReceived(value: string): boolean {
  if (value.length > 4_000) return false;
  return /^from\s+\S+\s+by\s+mx\.google\.com\s+with\s+\S+\s+id\s/i.test(withoutComments(value));
}

/** Names in comments prove nothing: `from x (by mx.google.com with ESMTP id 1) by mx.evil.example`. */
function withoutComments(value: string): string {
  let depth = 0;
  let kept = '';
  for (const character of value) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}

/**
 * Gmail copies the envelope sender into a comment, and a quoted local part may hold `) ; dmarc=pass header.from=… (`. What
 * such a sender adds shows: a quote in a comment, or a method twice that Gmail writes once.
 */
function isIntact({ authservId, results, comments }: AuthenticationResults): boolean {
  if (authservId.toLowerCase() !== GMAIL) return false;
  if (comments.some((comment) => /["\\]/.test(comment))) return false;
  return ['dmarc', 'spf'].every((method) => results.filter((result) => result.method === method).length <= 1);
}

/** Without a domain from exactly one From address (RFC 7489 section 6.6.1) nobody is proven. */
function isProven(domain: string | undefined, results: Results): boolean {
  if (domain === undefined) return false;
  const dmarc = results.find(({ method }) => method === 'dmarc');
  if (dmarc?.result === 'pass') return asciiDomain(propertyOf(dmarc, 'header', 'from')) === domain;
  if (dmarc !== undefined && !isUndecided(dmarc.result)) return false;
  return results.some((result) => result.result === 'pass' && isAligned(provenDomain(result), domain));
}

function provenDomain(result: AuthenticationResult): string | undefined {
  if (result.method === 'dkim')
    return asciiDomain(propertyOf(result, 'header', 'd') ?? propertyOf(result, 'header', 'i'));
  if (result.method !== 'spf') return undefined;
  // A bounce has no envelope sender: SPF looked at the HELO name (RFC 7208 section 2.4).
  return asciiDomain(propertyOf(result, 'smtp', 'mailfrom') || propertyOf(result, 'smtp', 'helo'));
}

/** Relaxed alignment (RFC 7489 section 3.1). Customers of `github.io` and the like are strangers to each other. */
function isAligned(proven: string | undefined, domain: string): boolean {
  if (proven === undefined) return false;
  if (proven === domain) return true;
  const organization = getDomain(domain, { allowPrivateDomains: true });
  return organization !== null && organization === getDomain(proven, { allowPrivateDomains: true });
}

function verdictOf(results: Results, wanted: string): Verdict {
  const found = results.filter(({ method }) => method === wanted).map(({ result }) => result);
  if (found.includes('pass')) return true;
  return found.some((result) => !isUndecided(result)) ? false : 'unknown';
}

function isUndecided(result: string): boolean {
  return result === 'none' || result === 'neutral' || result === 'temperror';
}

function propertyOf({ properties }: AuthenticationResult, type: string, name: string): string | undefined {
  return properties.find((property) => property.type === type && property.name === name)?.value;
}

function fromDomain(headers: readonly HeaderField[]): string | undefined {
  const [from, ...others] = headers.filter(({ key }) => key === 'from');
  if (from === undefined || others.length > 0 || from.value.length > 10_000) return undefined;
  const [sender, ...more] = addressParser(from.value);
  if (sender?.address === undefined || more.length > 0) return undefined;
  // `<a@x>b@y`, `a@x@y`: readers differ over whose it is.
  return sender.address.split('@').length === 2 && sender.address[0] !== '@' ? asciiDomain(sender.address) : undefined;
}

/** The domain of an address, or a domain, as A-labels in lower case; undefined where it is none. */
function asciiDomain(text: string | undefined): string | undefined {
  const domain = text?.slice(text.lastIndexOf('@') + 1).replace(/\.$/, '');
  if (domain === undefined || domain.length > 255 || !/^[\p{L}\p{N}\p{M}._-]+$/u.test(domain)) return undefined;
  return domainToASCII(domain) || undefined;
}
