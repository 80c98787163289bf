// The HTML of replies as Gmail writes it, alone and beside its text.
import { htmlCases, type ReplyCase } from './case.ts';

const gmail = (quote: string) =>
  `<div dir="ltr">|</div><br><div class="gmail_quote gmail_quote_container">${quote}</div>`;
const ATTRIBUTION =
  '<div dir="ltr" class="gmail_attr">On Mon, Nov 2, 2026 at 3:04 PM Shop &lt;<a href="mailto:support@shop.example">support@shop.example</a>&gt; wrote:<br></div>';
const BLOCK =
  '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid rgb(204,204,204)"><div>Is somebody at home?</div></blockquote>';

const HTML_ONLY = htmlCases(
  ['Gmail HTML', 'Friday, after 5 & before 7.', gmail(ATTRIBUTION + BLOCK)],
  ['Gmail HTML, two lines', 'Yes.\nThe blue door.', gmail(ATTRIBUTION + BLOCK)],
  [
    'Gmail HTML, signature',
    'Yes, Friday.',
    `<div dir="ltr">|<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"><b>Ada</b><br>Engines Ltd</div></div><div class="gmail_quote">${ATTRIBUTION}${BLOCK}</div>`,
  ],
  [
    'Gmail HTML, a language that no rule knows',
    'Jā, piektdien.',
    gmail(
      `<div class="gmail_attr">Lietotājs Shop (support@shop.example) rakstīja pirmd., plkst. 15:04:<br></div>${BLOCK}`,
    ),
  ],
  [
    'Gmail HTML, forwarded with a comment',
    'Can you take this one?',
    gmail(
      '<div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Shop</b> &lt;support@shop.example&gt;<br>Date: Mon, Nov 2, 2026 at 3:04 PM<br>Subject: Your order<br>To: Ada<br></div><br><br>Your parcel left.',
    ),
  ],
  [
    'Gmail HTML, indented by the writer',
    'As agreed:\n\nfirst floor\n\nthanks',
    `<div dir="ltr">As agreed:<blockquote style="margin:0 0 0 40px;border:none;padding:0px">first floor</blockquote>thanks</div><div class="gmail_quote">${ATTRIBUTION}${BLOCK}</div>`,
  ],
  [
    'Gmail HTML, answered between quotes',
    'Yes.\nThe second one.',
    `<div class="gmail_quote">${ATTRIBUTION}${BLOCK}<div>Yes.</div>${BLOCK}<div>The second one.</div></div>`,
  ],
  ['Gmail HTML, nothing said', '', gmail(ATTRIBUTION + BLOCK)],
  [
    'Gmail for Android, HTML',
    'ok see you',
    `<p dir="ltr">|</p><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 2 Nov 2026, 15:04 Shop, &lt;support@shop.example&gt; wrote:<br></div>${BLOCK}</div>`,
  ],
);

/** Gmail sends both; the text says it, whatever the HTML adds. */
const BOTH: readonly ReplyCase[] = [
  {
    name: 'Gmail, text and HTML',
    text: 'Yes, *Friday*.\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Home?\n',
    html: gmail(ATTRIBUTION + BLOCK).replace('|', 'Yes, <b>Friday</b>.'),
    expected: 'Yes, *Friday*.',
  },
  {
    name: 'Gmail, text of a quote only beside HTML of the same',
    text: 'On Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Home?\n',
    html: gmail(ATTRIBUTION + BLOCK).replace('|', ''),
    expected: '',
  },
  {
    name: 'Gmail, blank text beside HTML',
    text: '\n \n',
    html: gmail(ATTRIBUTION + BLOCK).replace('|', 'Only in <i>HTML</i>.'),
    expected: 'Only in HTML.',
  },
];

export const GMAIL_HTML: readonly ReplyCase[] = [...HTML_ONLY, ...BOTH];
