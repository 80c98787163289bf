// A domain's DMARC policy: its own, or that of the domain it belongs to (RFC 7489 section 6.6.3).
import { getDomain } from 'tldts';
import type { AskTexts } from './spf.ts';
import { parseTagList } from './tag-list.ts';

export type DmarcVerdict =
  | { readonly kind: 'good'; readonly policy: string; readonly at: string }
  | { readonly kind: 'none' }
  /** Receivers do as if there were none. */
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'failed'; readonly name: string; readonly code: string };

const POLICIES = ['none', 'quarantine', 'reject'];

export async function examineDmarc(domain: string, ask: AskTexts): Promise<DmarcVerdict> {
  const organisation = getDomain(domain) ?? domain;
  for (const owner of new Set([domain, organisation])) {
    const name = `_dmarc.${owner}`;
    const answer = await ask(name);
    if (answer.kind === 'failed') return { kind: 'failed', name, code: answer.code };
    const records =
      answer.kind === 'none' ? [] : answer.records.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
    if (records.length > 0) return judge(name, records, owner !== domain);
  }
  return { kind: 'none' };
}

function judge(name: string, [record = '', ...others]: readonly string[], isInherited: boolean): DmarcVerdict {
  if (others.length > 0) return { kind: 'broken', why: `${name} has ${others.length + 1} records, and may have one` };
  const tags = parseTagList(record);
  if (tags === undefined) return { kind: 'broken', why: `${name} is no list of tags` };
  const own = tags.get('p');
  // Section 6.6.3: with an address for reports it counts as a policy of none.
  if (own === undefined && tags.has('rua')) return { kind: 'good', policy: 'none', at: name };
  const policy = (isInherited ? (tags.get('sp') ?? own) : own)?.toLowerCase();
  if (policy === undefined) return { kind: 'broken', why: `${name} has no p=, the policy itself` };
  if (!POLICIES.includes(policy)) return { kind: 'broken', why: `${name} has a policy that is none: ${policy}` };
  return { kind: 'good', policy, at: name };
}
