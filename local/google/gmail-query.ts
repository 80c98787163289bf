// X-GM-RAW: the search language of Gmail's web page (support.google.com/mail/answer/7190), as far as a mail service
// asks for it: rfc822msgid:, from:, to:, subject:, in:, label:, is:, has:attachment, "phrases", words, and -not.
import { fieldValue, headerFields } from './header-fields.ts';
import type { Message } from './message.ts';

export type MessagePredicate = (message: Message) => boolean;

export function gmailQuery(query: string): MessagePredicate {
  const terms = query.match(/-?(?:[\w-]+:)?(?:"[^"]*"|\([^)]*\)|[^\s"]+)/g) ?? [];
  const all = terms.map(termOf);
  return (message) => all.every((matches) => matches(message));
}

function termOf(term: string): MessagePredicate {
  const negated = term.startsWith('-');
  const [, key = '', value = ''] = /^-?(?:([\w-]+):)?(.*)$/s.exec(term) ?? [];
  const matches = predicate(key.toLowerCase(), value.replace(/^["(]|[")]$/g, ''), term);
  return negated ? (message) => !matches(message) : matches;
}

function predicate(key: string, value: string, term: string): MessagePredicate {
  const lower = value.toLowerCase();
  switch (key) {
    case 'rfc822msgid':
      return ({ messageId }) => messageId?.slice(1, -1) === value.replace(/^<|>$/g, '');
    case 'from':
    case 'to':
    case 'cc':
    case 'subject':
      return (message) => (fieldValue(headerFields(message.raw), key) ?? '').toLowerCase().includes(lower);
    case 'in':
    case 'label':
      return (message) => lower === 'anywhere' || hasLabel(message, lower);
    case 'is':
      return (message) => lower !== 'unread' || !message.flags.has('\\Seen');
    case 'has':
      return (message) =>
        lower !== 'attachment' || /content-disposition:\s*attachment/i.test(message.raw.toString('latin1'));
    default:
      return (message) =>
        message.raw
          .toString('utf8')
          .toLowerCase()
          .includes(key ? term.toLowerCase() : lower);
  }
}

function hasLabel(message: Message, wanted: string): boolean {
  const names: Record<string, string> = { spam: '\\junk', drafts: '\\draft' };
  const label = names[wanted] ?? wanted;
  return [...message.labels].some((own) => [label, `\\${label}`].includes(own.toLowerCase()));
}
