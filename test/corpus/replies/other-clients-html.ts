// The HTML of replies as Thunderbird, Yahoo, Proton, Zoho, GMX, Samsung, Lotus Notes and others write it.
import { htmlCases, type ReplyCase } from './case.ts';

const CITE = '<blockquote type="cite" cite="mid:order@shop.example"><p>Is somebody at home?</p></blockquote>';

export const OTHER_CLIENTS_HTML: readonly ReplyCase[] = htmlCases(
  [
    'Thunderbird, HTML',
    'Yes, sure.',
    `<p>|</p><div class="moz-cite-prefix">On 11/2/26 3:04 PM, Shop wrote:<br></div>${CITE}`,
  ],
  [
    'Thunderbird, HTML bottom-posted',
    'Yes, down here.',
    `<div class="moz-cite-prefix">Šodien 15:04 Shop rakstīja:<br></div>${CITE}<p>|</p><pre class="moz-signature" cols="72">-- \nAda</pre>`,
  ],
  [
    'Thunderbird, HTML forwarded',
    'Look',
    '<p>|</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table><tr><th>Subject: </th><td>Your order</td></tr><tr><th>From: </th><td>Shop &lt;support@shop.example&gt;</td></tr></table><br>Home?</div>',
  ],
  [
    'Yahoo, HTML',
    'Yes, I am.',
    '<div class="ydp1yahoo-style-wrap"><div dir="ltr">|</div><div><br></div></div><div id="yahoo_quoted_123" class="yahoo_quoted"><div><div>On Monday, November 2, 2026, Shop wrote:</div><div>Home?</div></div></div>',
  ],
  [
    'Proton, HTML',
    'Sure thing.',
    `<div style="font-family: Arial">|</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, November 2nd, 2026 at 3:04 PM, Shop &lt;support@shop.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">Home?</blockquote></div>`,
  ],
  [
    'Zoho, HTML',
    'Please do.',
    '<div>|</div><div><br></div><div class="zmail_extra"><div>---- On Mon, 02 Nov 2026 15:04:05 +0100 <b>Shop &lt;support@shop.example&gt;</b> wrote ----<br></div><div><br></div><blockquote id="blockquote_zmail">Home?</blockquote></div>',
  ],
  [
    'GMX, HTML',
    'Geht klar.',
    '<div><div>|</div><div name="quote" style="margin:10px 5px; border-left:2px solid #C3D9E5"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Shop<br></div><div name="quoted-content">Home?</div></div></div>',
  ],
  [
    'Samsung, HTML',
    'In the evening',
    '<div dir="auto">|</div><div><br></div><div id="composer_signature" dir="auto">Sent from my Galaxy</div><div><br></div><div align="left"><div>-------- Original message --------</div><div>From: Shop &lt;support@shop.example&gt; </div><div>Date: 02/11/2026  15:04  (GMT+01:00) </div><div>To: ada@customer.example </div><div>Subject: Your order </div></div>Home?',
  ],
  [
    'Lotus Notes, HTML',
    'Agreed.',
    '<font size=2>|</font><br><br><table><tr><td><font size=1 color=#5f5f5f>From:</font></td><td><font size=1>Shop &lt;support@shop.example&gt;</font></td></tr><tr><td>To:</td><td>ada@customer.example</td></tr><tr><td>Date:</td><td>02-11-2026 15:04</td></tr><tr><td>Subject:</td><td>Your order</td></tr></table><hr noshade>Home?',
  ],
  [
    'Spark, HTML',
    'Great.',
    '<div name="messageBodySection"><div>|</div></div><div name="messageSignatureSection">Ada</div><div name="messageReplySection">On Nov 2, 2026, Shop wrote:<blockquote type="cite">Home?</blockquote></div>',
  ],
  [
    'Yandex, HTML',
    'Хорошо.',
    '<div>|</div><div><br></div><div>02.11.2026, 15:04, "Shop" &lt;support@shop.example&gt;:</div><blockquote><p>Home?</p></blockquote>',
  ],
  [
    'an unknown client, HTML',
    'Good.',
    '<p>|</p><p>On 2 November 2026 at 15:04, Shop wrote:</p><p>Is somebody at home?</p>',
  ],
);
