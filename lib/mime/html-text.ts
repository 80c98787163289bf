// HTML mail as text: all of it, and without what its client marks as quoted or as a signature.
// Clients say so by class, id or type, which text made from HTML would lose.
import { compile, type DomNode, type FormatCallback, type SelectorDefinition } from 'html-to-text';
import { headerOn } from './header-names.ts';
import { SET_OFF } from './quoted-lines.ts';

/** Longer HTML does not fit an event, and over open tags the converter takes quadratic time. */
const MAX_HTML_CHARACTERS = 256 * 1024;

/** What a client writes in place of a separator that it draws. */
const SEPARATOR = '-----Original Message-----';

/** The converter calls itself for each level, until the stack is full; what lies deeper is an attack, or markup gone wrong. */
const SHAPE = { wordwrap: false, limits: { maxDepth: 200, ellipsis: '' } } as const;

/** Each level costs every line two characters. */
const MAX_QUOTE_LEVELS = 20;

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

/** Marks each line of a quote, up to some levels of quotes in quotes. */
const marked = (mark: string, levels: number): FormatCallback => {
  const deepest = `${mark} `.repeat(levels);
  return (element, walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 2, reservedLineLength: 2 });
    walk(element.children, builder);
    builder.closeBlock({
      trailingLineBreaks: 2,
      blockTransform: (text) =>
        withoutBlankEnds(text.split('\n'))
          .map((line) => (line.startsWith(deepest) ? line : `${mark} ${line}`))
          .join('\n'),
    });
  };
};

function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== '');
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}

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

/** Outlook on the desktop draws a line above the headers that it quotes, whose names stand in bold, in any language. */
const outlookHeaders: FormatCallback = (element, walk, builder, options) => {
  const names = boldNames(element, 0);
  if (names.length >= 3 && !names.some((name) => headerOn(name))) return separated(element, walk, builder, options);
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** What stands in bold with a colon in it, three levels deep. */
function boldNames(element: DomNode, depth: number): string[] {
  if (depth > 3 || element.children === undefined) return [];
  return element.children.slice(0, 40).flatMap((child) => {
    if (child.name !== 'b' && child.name !== 'strong') return boldNames(child, depth + 1);
    const text = textIn(child, 0).trim();
    return /[:：]$/u.test(text) ? [text] : [];
  });
}

function textIn(node: DomNode, depth: number): string {
  if (node.type === 'text') return node.data ?? '';
  if (depth > 3 || node.children === undefined) return '';
  return node.children
    .slice(0, 10)
    .map((child) => textIn(child, depth + 1))
    .join('');
}

const skipped = (selector: string): SelectorDefinition => ({ selector, format: 'skip' });

const toFullText = compile({
  ...SHAPE,
  formatters: { cited: marked('>', MAX_QUOTE_LEVELS) },
  selectors: [...BASE, { selector: 'blockquote', format: 'cited' }],
});

const toReplyText = compile({
  ...SHAPE,
  formatters: { cited: marked('>', 1), setOff: marked(SET_OFF, 1), separated, gmailAttribution, outlookHeaders },
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
