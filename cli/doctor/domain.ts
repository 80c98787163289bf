// What receivers know of the sender's domain: whether Google may send for it (SPF), signs for it (DKIM), and what to do with
// mail that is neither (DMARC).
import { domainOf, type EmailAddress } from '../../lib/core/address.ts';
import { examineDkim } from './dkim.ts';
import { examineDmarc } from './dmarc.ts';
import { type Finding, ok, skipped, trouble, type Verdict, warning } from './finding.ts';
import { type AskTexts, examineSpf } from './spf.ts';

/** Their owner publishes all of it. */
const CONSUMER_DOMAINS = ['gmail.com', 'googlemail.com'];
const SPF_GOOD = 'v=spf1 include:_spf.google.com ~all';
const CURE_DKIM =
  'in the Admin console, under Apps, Google Workspace, Gmail, Authenticate email: generate a record, publish it, start authentication (https://support.google.com/a/answer/174124)';

type Examine = (domain: string, ask: AskTexts) => Promise<Finding>;

export const checkSpf = forOwnDomain(async (domain, ask) => {
  const verdict = await examineSpf(domain, ask);
  switch (verdict.kind) {
    case 'good':
      if (!verdict.isOpenToAll) return ok(`${domain} lets Google send, within ${verdict.lookups} lookups`);
      return warning(`${domain} lets everybody send`, {
        cause: 'its SPF record ends in +all',
        cure: 'end it in ~all or -all',
      });
    case 'none':
      return warning(`${domain} has no SPF record`, {
        cause: 'receivers cannot tell Google from others who send in its name',
        cure: `publish a TXT record at ${domain}: ${SPF_GOOD}`,
      });
    case 'without-google':
      return trouble(`the SPF record of ${domain} does not let Google send`, {
        cause: 'it has no include:_spf.google.com',
        cure: `add include:_spf.google.com to it, before its all: ${SPF_GOOD}`,
      });
    case 'too-long':
      return warning(`the SPF record of ${domain} is too long`, {
        cause: 'Google is reached, and more than the ten lookups that a receiver makes stand behind it',
        cure: 'take out includes that nobody sends through any more',
      });
    case 'broken':
      return trouble(`the SPF record of ${domain} is broken: receivers take it for an error`, {
        cause: verdict.why,
        cure: 'mend it; https://toolbox.googleapps.com/apps/checkmx shows it as Google sees it',
      });
    case 'failed':
      return unanswered(verdict);
  }
});

export const checkDkim = forOwnDomain(async (domain, ask) => {
  const name = `google._domainkey.${domain}`;
  const answer = await ask(name);
  if (answer.kind === 'failed') return unanswered({ name, code: answer.code });
  const verdict = examineDkim(answer);
  switch (verdict.kind) {
    case 'good':
      return ok(`${name} has a key of ${verdict.bits} bits`);
    case 'none':
      return warning(`${name} has no key`, {
        cause:
          'Google signs with a domain of its own, which says nothing of yours; a selector of another name is not seen',
        cure: CURE_DKIM,
      });
    case 'revoked':
      return trouble(`${name} has a key that is revoked: signatures do not count`, {
        cause: 'its p= is empty',
        cure: CURE_DKIM,
      });
    case 'broken':
      return trouble(`${name} is broken: signatures do not count`, { cause: verdict.why, cure: CURE_DKIM });
  }
});

export const checkDmarc = forOwnDomain(async (domain, ask) => {
  const verdict = await examineDmarc(domain, ask);
  switch (verdict.kind) {
    case 'good':
      return ok(`${verdict.at} has the policy ${verdict.policy}`);
    case 'none':
      return warning(`${domain} has no DMARC policy`, {
        cause: 'anyone can send in its name; Gmail asks for one of who sends 5,000 mails a day',
        cure: `publish a TXT record at _dmarc.${domain}: v=DMARC1; p=none; rua=mailto:you@${domain}`,
      });
    case 'broken':
      return trouble('the DMARC record is broken: receivers do as if there were none', {
        cause: verdict.why,
        cure: 'mend it: one record, such as v=DMARC1; p=quarantine',
      });
    case 'failed':
      return unanswered(verdict);
  }
});

function forOwnDomain(examine: Examine) {
  return async (address: EmailAddress, ask: AskTexts): Promise<Verdict> => {
    const domain = domainOf(address);
    if (!CONSUMER_DOMAINS.includes(domain)) return { finding: await examine(domain, ask) };
    return { finding: skipped(`because Google itself looks after ${domain}`) };
  };
}

function unanswered({ name, code }: { name: string; code: string }): Finding {
  return warning(`no answer about ${name} (${code})`, {
    cause: 'the DNS server that was asked did not answer, or refused',
    cure: 'try again, or ask another one: --dns-server 9.9.9.9',
  });
}
