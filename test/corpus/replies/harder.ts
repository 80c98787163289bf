// A second set written after the rules without a look at them: mail that went through several clients, lists and hands.
import { htmlCases, type ReplyCase, textCases } from './case.ts';

const TEXT = textCases(
  [
    'harder: a mailing list',
    'I can help with that.',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n> Who can help?\n>\n> Shop\n\n_______________________________________________\nhelpers mailing list\nhelpers@lists.shop.example\nhttps://lists.shop.example/helpers\n',
  ],
  [
    'harder: bottom-posted without a blank line',
    'Yes we can.',
    'On Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n> Who can help?\nYes we can.\n',
  ],
  [
    'harder: an Outlook answer to a Gmail answer',
    'Third word.',
    '|\n\nFrom: Ada <ada@customer.example>\nSent: Tuesday, November 3, 2026 9:00 AM\nTo: Shop <support@shop.example>\nSubject: RE: Hi\n\nSecond word.\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n> First word.\n',
  ],
  [
    'harder: a Gmail answer to an Outlook answer',
    'Third word, too.',
    '|\n\nOn Tue, Nov 3, 2026 at 9:00 AM Ada <ada@customer.example> wrote:\n\n> Second word.\n>\n> ------------------------------\n> *From:* Shop <support@shop.example>\n> *Sent:* Monday, November 2, 2026 3:04 PM\n> *To:* Ada\n> *Subject:* Hi\n>\n> First word.\n',
  ],
  [
    'harder: greeting, answer and name',
    'Hi team,\n\nplease cancel it.\n\nThanks\nAda',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example>\nwrote:\n\n> Hi,\n> on its way.\n',
  ],
  [
    'harder: numbered answers',
    '1. yes\n2. no\n3. On Friday: maybe',
    '|\n\nAm 02.11.2026 um 15:04 schrieb Shop <support@shop.example>:\n\n> 1. a?\n> 2. b?\n> 3. c?\n',
  ],
  [
    'harder: quotes marked without a space',
    'ok',
    '|\n\nLe 02/11/2026 à 15:04, Shop a écrit :\n>Bonjour,\n>voici.\n>>Merci\n',
  ],
  [
    'harder: an indented attribution',
    'Sounds good to me.',
    '|\n\n   On Nov 2, 2026, at 3:04 PM, Shop <support@shop.example> wrote:\n\n   > Hello\n',
  ],
  ['harder: a tab before the marks', 'Fine with us.', '|\n\nShop <support@shop.example> wrote:\n > Hello\n > there\n'],
  [
    'harder: a long name with commas',
    'Received.',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Dr. Lovelace, Ada (Analytical Engines, R&D, Ltd.)\n<ada.lovelace@rnd.engines.example> wrote:\n\n> Hello\n',
  ],
  [
    'harder: mailto in the header',
    'Please go on.',
    "|\n\nFrom: Shop [mailto:support@shop.example] \nSent: 02 November 2026 15:04\nTo: 'ada@customer.example'\nSubject: Hi\nImportance: High\n\nHello\n",
  ],
  [
    'harder: a header with attachments',
    'Voilà.',
    '|\n\nDe : support@shop.example <support@shop.example> \nEnvoyé : lundi 2 novembre 2026 15:04\nÀ : ada@customer.example\nCc : b@customer.example\nObjet : Facture\nPièces jointes : a.pdf\n\nBonjour\n',
  ],
  [
    'harder: a German footer of a company',
    'Wir nehmen das Angebot an.\n\nMit freundlichen Grüßen\nAda Lovelace',
    '|\n\n-- \nRechenwerk GmbH\nSitz: Berlin\n\nVon: Shop <support@shop.example>\nGesendet: Montag, 2. November 2026 15:04\nAn: Ada\nBetreff: Angebot\n\nHallo\n',
  ],
  [
    'harder: the phone of a hurry',
    'yep',
    '|\nSent from my iPhone\n\n> On Nov 2, 2026, at 3:04 PM, Shop <support@shop.example> wrote:\n> \n> \ufeffHello\n',
  ],
  [
    'harder: an excuse for typos',
    'yep, all',
    '|\n\nSent from my mobile device. Please excuse typos.\n\nOn Mon, Nov 2, 2026, 15:04 Shop <support@shop.example> wrote:\n\n> Hello\n',
  ],
  [
    'harder: links in the answer',
    'See https://a.example/x?y=1 and\n<https://b.example/z>',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Hello\n',
  ],
  [
    'harder: a stack trace',
    'This is what I get:\n\nError: nope\n    at run (/app/a.js:1:2)\n    at main (/app/b.js:3:4)\n\nWhy?',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Hello\n',
  ],
  ['harder: a shell session', 'I ran\n\n$ cat a > b\n$ ls\n\nand got nothing.', '|\n'],
  ['harder: a diff', 'Change it:\n\n--- a/x\n+++ b/x\n-one\n+two', '|\n'],
  ['harder: a table of dashes', 'Name | Price\n---- | -----\nBox  | 12', '|\n'],
  [
    'harder: a subject line in the answer',
    'The mail had\nSubject: You won\nand no text. Is it yours?',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Hello\n',
  ],
  [
    'harder: French forward with a comment',
    'Bonjour,\n\nest-ce vous ?',
    '|\n\n---------- Message transféré ---------\nDe : Shop <support@shop.example>\nDate: lun. 2 nov. 2026 à 15:04\nSubject: Facture\nTo: Ada <ada@customer.example>\n\n\nBonjour\n',
  ],
  [
    'harder: Spanish forward from Outlook',
    '¿Lo pago?',
    '|\n\nDe: Shop <support@shop.example>\nEnviado el: lunes, 2 de noviembre de 2026 15:04\nPara: Ada <ada@customer.example>\nAsunto: Factura\n\nHola\n',
  ],
  [
    'harder: Russian Outlook with a mark',
    'Спасибо!',
    '|\n\n-----Исходное сообщение-----\nОт: Shop [mailto:support@shop.example]\nОтправлено: 2 ноября 2026 г. 15:04\nКому: Ada\nТема: Счёт\n\nДобрый день\n',
  ],
  [
    'harder: Portuguese phone with a mark',
    'Pago.',
    '|\n\nEnviado do meu smartphone Samsung Galaxy.\n\n-------- Mensagem original --------\nDe: Shop <support@shop.example>\nData: 02/11/2026 15:04 (GMT-03:00)\nPara: ada@customer.example\nAssunto: Fatura\n\nOlá\n',
  ],
);

const HTML = htmlCases(
  [
    'harder: Gmail HTML with a font and a table',
    'Yes.\nFor two.',
    '<div dir="ltr"><div><font color="#333">|</font></div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le lun. 2 nov. 2026 à 15:04, Shop &lt;a@shop.example&gt; a écrit :<br></div><blockquote class="gmail_quote"><table><tr><td>Order</td><td>12</td></tr></table></blockquote></div>',
  ],
  [
    'harder: old Gmail HTML',
    'Agreed.',
    '|<br><br><div class="gmail_quote">On Mon, Nov 2, 2026 at 3:04 PM, Shop <span dir="ltr">&lt;<a href="mailto:s@shop.example">s@shop.example</a>&gt;</span> wrote:<br><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">Hello</blockquote></div><br>',
  ],
  [
    'harder: Outlook HTML over Apple Mail',
    'Third.',
    '<div class="WordSection1"><p class="MsoNormal">|<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> Shop &lt;s@shop.example&gt; <br><b>Sent:</b> Monday, November 2, 2026 3:04 PM<br><b>To:</b> Ada<br><b>Subject:</b> Hi</p></div><p>Second.</p><blockquote type="cite">First.</blockquote></div>',
  ],
  [
    'harder: HTML with a style, a comment and a hidden script',
    'Clean.',
    '<html><head><title>Re: Hi</title><style>p { color: red }</style></head><body><!-- On Monday Shop wrote: --><script>1</script><p>|</p><blockquote type="cite">Hi</blockquote></body></html>',
  ],
  [
    'harder: HTML of paragraphs',
    'One.\n\nTwo.',
    '<p>One.</p><p>Two.</p><p>&nbsp;</p><p>-------- Original Message --------</p><p>From: Shop &lt;s@shop.example&gt;<br>Date: 02.11.2026<br>Subject: Hi</p><p>Hello</p>',
  ],
);

export const HARDER: readonly ReplyCase[] = [...TEXT, ...HTML];
