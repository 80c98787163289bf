// What a failed delivery says about an address: that it will not take mail, not now, or that the mailbox may not send.
// The enhanced code decides (RFC 3463), then the text, then the three digits: lib/core/smtp-reply.ts has the reasons.
import type { BouncedRecipient } from '../core/mail-content.ts';
import { classifyReply } from '../core/smtp-reply.ts';

type Judged = Pick<BouncedRecipient, 'status' | 'type'>;

/** `quota for sending` and its like: Gmail's, Workspace's and Office 365's words. */
const LIMIT =
  /(?:limit|quota) (?:for|on|of) (?:sending|outgoing|outbound)|(?:sending|outbound|outgoing|daily (?:user|message|recipient)s?) (?:mail |message |e-?mail )?(?:rate )?(?:limit|quota)|daily limit for (?:message )?recipients|limite? d'envoi|sende-?limit|límite de envío/i;

const FULL =
  /(?:mail ?box|inbox|storage|account|quota|disk|mail ?drop|maildir)[^.\n]{0,60}?\b(?:is |was |are )?(?:full|exceeded|exhausted|over ?quota)|over (?:the )?(?:disk |mail |storage )?quota|overquota|out of (?:storage|space)|exceed(?:s|ed|ing)? (?:\w+ ){0,4}(?:quota|storage)|not enough (?:storage )?space|insufficient (?:system )?(?:storage|disk)|postfach[^.\n]{0,50}(?:voll|überfüllt)|(?:boîte|boite)[^.\n]{0,50}pleine|buz[oó]n[^.\n]{0,40}lleno|casella[^.\n]{0,40}piena|caixa[^.\n]{0,40}cheia|(?:postvak|mailbox|inbox)[^.\n]{0,40}\bvol\b|skrzynk[^.\n]{0,40}(?:pełna|przepełniona)|schránka[^.\n]{0,40}pln|(?:post|inn)(?:låda|boks|kasse)[^.\n]{0,40}full|kutusu[^.\n]{0,40}dolu|переполнен|закончилось место|邮箱已满|容量|一杯|いっぱい/iu;

const TEMPORARY =
  /tempor|timed? ?out|retry time|retry timeout|try again|try later|too long|connection (?:refused|lost|reset|dropped)|could(?:n't| not) connect|unable to connect|not (?:able to )?establish|no route|network (?:is )?unreachable|grey-?list|(?:queue|delivery time|message) expired|expired from|has expired|still (?:being )?(?:retried|trying)|been failing for a long time|delayed|deferred|server busy|rate.?limit|too many connections|throttl|vorübergehend|verzögert|temporairement|temporalmente|temporariamente|временн|稍后/iu;

/** @param delayed a notice that delivery is still tried */
export function judge(status: string | null, diagnostic: string, delayed: boolean): Judged {
  const digits = replyCodeIn(diagnostic);
  const decided = decide(status, diagnostic, digits);
  if (isLimit(decided, digits, diagnostic)) return { status: decided, type: 'limit' };
  return { status: decided, type: delayed || isSoft(decided, digits, diagnostic) ? 'soft' : 'hard' };
}

/** The server's own code, unless it says no more than `x.0.0` of the same class. */
function decide(status: string | null, diagnostic: string, digits: string | undefined): string | null {
  const own = enhancedCodeIn(diagnostic);
  // A server may quote another's reply behind its own: what the status repeats is its own.
  if (status !== null && !isVague(status) && diagnostic.includes(status)) return status;
  if (own !== undefined) return isVague(own) && status !== null && status[0] === own[0] ? status : own;
  if (status === null || !isVague(status) || digits === undefined || digits[0] === status[0]) return status;
  // Status 4.0.0 beside `550 No such user`: the class is the server's.
  return `${digits[0]}.0.0`;
}

function isVague(status: string): boolean {
  return status.endsWith('.0.0');
}

function isLimit(status: string | null, digits: string | undefined, diagnostic: string): boolean {
  if (LIMIT.test(diagnostic)) return true;
  return status === '5.4.5' && classifyReply(`${digits ?? '550'} ${status} ${diagnostic}`) === 'QUOTA_EXCEEDED';
}

function isSoft(status: string | null, digits: string | undefined, diagnostic: string): boolean {
  if (status !== null && !isVague(status)) {
    if (status.startsWith('4') || status === '5.2.2') return true;
    // A disabled address, or one that receives too fast: the text decides (support.google.com/mail/answer/6592).
    return status === '5.2.1' && classifyReply(`550 ${status} ${diagnostic}`) === 'RECIPIENT_BUSY';
  }
  if (FULL.test(diagnostic)) return true;
  const kind = digits?.[0] ?? status?.[0];
  return kind === undefined ? TEMPORARY.test(diagnostic) : kind === '4';
}

/** RFC 3463: class, subject 0 to 7, detail. Part of an IP address or of a version it is not. */
const ENHANCED = /(?<![\d.])[245]\.[0-7]\.\d{1,3}(?!\.?\d)/;
const REPLY_WITH_CODE = /(?<![\d.])[245]\d\d[ :-]{1,3}[#(<]{0,2}([245]\.[0-7]\.\d{1,3})(?!\.?\d)/;
/** Three digits are a reply where a sentence ends before them, or where the text says so; elsewhere they count seconds. */
const REPLY =
  /(?:^|[:'"”»)>]\s{0,3}|\b(?:said|error|code|status|reply|response|returned|with|reason)\s{1,3})(?:SMTP )?([45]\d\d)(?=[\s:'"’.-]|$)/i;

export function enhancedCodeIn(text: string): string | undefined {
  return REPLY_WITH_CODE.exec(text)?.[1] ?? ENHANCED.exec(text)?.[0];
}

function replyCodeIn(text: string): string | undefined {
  const reply = REPLY_WITH_CODE.exec(text)?.[0] ?? REPLY.exec(text)?.[1];
  const digits = reply?.slice(0, 3);
  return digits === undefined || digits.startsWith('2') ? undefined : digits;
}

/** Where in a text a server's reply begins; -1 where it quotes none. */
export function replyStart(text: string): number {
  const withCode = REPLY_WITH_CODE.exec(text);
  if (withCode !== null) return withCode.index;
  const bare = REPLY.exec(text);
  return bare === null ? -1 : bare.index + bare[0].lastIndexOf(bare[1] ?? '');
}
