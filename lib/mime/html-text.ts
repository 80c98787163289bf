// HTML mail as text: all of it, and without what its client marks as quoted or as a signature.
// Clients say so by class, id or type, which text made from HTML would lose.
import { compile, type DomNode, type FormatCallback, type SelectorDefinition } from 'html-to-text';
import { SET_OFF } from './quoted-lines.ts';

/** Longer HTML does not fit an event, and over open tags the converter takes quadratic time. */
const MAX_HTML_CHARACTERS = 256 * 1024;

/** What a client writes in place of a separator that it draws. */
const SEPARATOR = '-----Original Message-----';

const BASE: readonly SelectorDefinition[] = [
  { selector: 'a', options: { ignoreHref: true } },
  { selector: 'img', format: 'skip' },
  { selector: 'tr', format: 'block' },
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
];

/** Signatures, and attributions that stand beside the quote they announce. */
const SKIPPED = [
  'div.gmail_signature',
  'span.gmail_signature_prefix',
  'div.moz-signature',
  'pre.moz-signature',
  'div.moz-cite-prefix',
  'div#AppleMailSignature',
  'div[id^=ms-outlook-mobile-signature]',
  'div#Signature',
  'div.protonmail_signature_block',
  'div[class*=yahoo-signature]',
  'div.signature',
  'div[name=messageSignatureSection]',
  'div#composer_signature',
  'div.zmail_signature_below',
];

/** Boxes that hold all that is quoted, and nothing else. */
const QUOTES = [
  'div.yahoo_quoted',
  'div.yahooquoted',
  'div[id^=yahoo_quoted]',
  'div[id^=yahooquoted]',
  'div[name=quote]',
  'div[name=messageReplySection]',
  'div.ms-outlook-mobile-reference-message',
  'div#mail-editor-reference-message-container',
];

/** Marks after which all is quoted. */
const SEPARATORS = ['div#appendonsend', 'div#divRplyFwdMsg', 'div.moz-forward-container', 'div.OutlookMessageHeader'];

const CITED = [
  'blockquote[type=cite]',
  'blockquote.gmail_quote',
  'blockquote.protonmail_quote',
  'blockquote.tutanota_quote',
  'blockquote#blockquote_zmail',
  'blockquote#isReplyContent',
  'blockquote[cite]',
  'blockquote[style*="border-left"]',
];

const marked =
  (mark: string): FormatCallback =>
  (element, walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 2, reservedLineLength: 2 });
    walk(element.children, builder);
    builder.closeBlock({
      trailingLineBreaks: 2,
      blockTransform: (text) =>
        text
          .replace(/^\n+|\n+$/gu, '')
          .split('\n')
          .map((line) => `${mark} ${line}`)
          .join('\n'),
    });
  };

const separated: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline(SEPARATOR);
  builder.closeBlock({ trailingLineBreaks: 1 });
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** Gmail's line above what it quotes; above what it forwards it stands too, with no blockquote beside it. */
const gmailAttribution: FormatCallback = (element, walk, builder, options) => {
  const siblings: readonly DomNode[] = element.parent?.children ?? [];
  const isQuote = siblings.some(({ name }) => name === 'blockquote');
  if (!isQuote) separated(element, walk, builder, options);
};

/** Outlook on the desktop draws a line above the headers that it quotes, which stand in bold. */
const outlookHeaders: FormatCallback = (element, walk, builder, options) => {
  const isHeader = boldLabels(element, 0) >= 3;
  if (isHeader) return separated(element, walk, builder, options);
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** How many names in bold with a colon stand in it, three levels deep. */
function boldLabels(element: DomNode, depth: number): number {
  if (depth > 3 || element.children === undefined) return 0;
  return element.children.slice(0, 40).reduce((sum, child) => {
    if (child.name !== 'b' && child.name !== 'strong') return sum + boldLabels(child, depth + 1);
    return sum + (/[:：]\s*$/u.test(textIn(child, 0)) ? 1 : 0);
  }, 0);
}

function textIn(node: DomNode, depth: number): string {
  if (node.type === 'text') return node.data ?? '';
  return depth > 3
    ? ''
    : (node.children ?? [])
        .slice(0, 10)
        .map((child) => textIn(child, depth + 1))
        .join('');
}

const skipped = (selector: string): SelectorDefinition => ({ selector, format: 'skip' });

const toFullText = compile({ wordwrap: false, selectors: [...BASE] });

const toReplyText = compile({
  wordwrap: false,
  formatters: { cited: marked('>'), setOff: marked(SET_OFF), separated, gmailAttribution, outlookHeaders },
  selectors: [
    ...BASE,
    { selector: 'blockquote', format: 'setOff' },
    ...CITED.map((selector) => ({ selector, format: 'cited' })),
    ...[...SKIPPED, ...QUOTES].map(skipped),
    ...SEPARATORS.map((selector) => ({ selector, format: 'separated' })),
    { selector: 'div.gmail_attr', format: 'gmailAttribution' },
    { selector: 'div[style*="border-top:solid"]', format: 'outlookHeaders' },
    { selector: 'div[style*="border-top: solid"]', format: 'outlookHeaders' },
    { selector: 'div[style*="border-top: 1pt solid"]', format: 'outlookHeaders' },
  ],
});

/** All that the HTML says; quoted text keeps ">" marks. */
export function fullTextOf(html: string): string {
  return toFullText(html.slice(0, MAX_HTML_CHARACTERS));
}

/** The HTML as text whose quotes are marked as in plain text, whatever the client calls them. */
export function markedTextOf(html: string): string {
  return toReplyText(html.slice(0, MAX_HTML_CHARACTERS).replaceAll(SET_OFF, ''));
}
