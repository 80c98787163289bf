// A domain's DKIM key as Google publishes it (RFC 6376 section 3.6.1).
import { createPublicKey } from 'node:crypto';
import type { TextAnswer } from './spf.ts';
import { parseTagList } from './tag-list.ts';

export type DkimVerdict =
  | { readonly kind: 'good'; readonly bits: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'broken'; readonly why: string };

/** Verifiers take no shorter one (RFC 8301 section 3.2). */
const FEWEST_BITS = 1_024;

export function examineDkim(answer: Exclude<TextAnswer, { kind: 'failed' }>): DkimVerdict {
  if (answer.kind === 'none') return { kind: 'none' };
  const [record = '', ...others] = answer.records;
  if (others.length > 0) return broken(`there are ${answer.records.length} records, and one is allowed`);
  const tags = parseTagList(record);
  if (tags === undefined || !['DKIM1', undefined].includes(tags.get('v'))) return broken('it is no DKIM record');
  const key = tags.get('p')?.replaceAll(/\s/g, '');
  if (key === undefined) return broken('it has no p=, the key itself');
  if (key === '') return { kind: 'revoked' };
  const type = tags.get('k') ?? 'rsa';
  if (type !== 'rsa') return broken(`its k=${type} is not rsa, with which Google signs`);
  const bits = bitsOf(key);
  if (bits === undefined) return broken('its p= is no key: it may have been cut when it was published');
  return bits < FEWEST_BITS ? broken(`its key of ${bits} bits is too short to count`) : { kind: 'good', bits };
}

function bitsOf(base64: string): number | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.modulusLength;
  } catch {
    return undefined;
  }
}

function broken(why: string): DkimVerdict {
  return { kind: 'broken', why };
}
