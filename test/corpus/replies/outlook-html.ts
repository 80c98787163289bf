// The HTML of replies as Outlook writes it: on Windows, on the Mac, on the web and on phones.
import { htmlCases, type ReplyCase } from './case.ts';

const BOLD =
  '<b>From:</b> Shop &lt;support@shop.example&gt;<br><b>Sent:</b> Monday, November 2, 2026 3:04 PM<br><b>To:</b> Ada<br><b>Subject:</b> Your order';
const word = (border: string, headers: string) =>
  `<html><head><style><!-- p.MsoNormal {margin:0} --></style></head><body lang="EN-US"><div class="WordSection1"><p class="MsoNormal">|<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;${border};padding:3.0pt 0in 0in 0in"><p class="MsoNormal">${headers}<o:p></o:p></p></div></div><p class="MsoNormal">Is somebody at home?<o:p></o:p></p></div></body></html>`;

export const OUTLOOK_HTML: readonly ReplyCase[] = htmlCases(
  ['Outlook for Windows, HTML', 'Yes, Friday.', word('border-top:solid #E1E1E1 1.0pt', BOLD)],
  ['Outlook 2010, HTML', 'We are there.', word('border-top:solid #B5C4DF 1.0pt', BOLD)],
  [
    'Outlook, HTML, a language that no rule knows',
    'Jā.',
    word(
      'border-top:solid #E1E1E1 1.0pt',
      '<b>No kā:</b> Shop<br><b>Nosūtīts:</b> 2.11.2026 15:04<br><b>Kam:</b> Ada<br><b>Temats:</b> Pasūtījums',
    ),
  ],
  [
    'Outlook on the web, HTML',
    'Friday, yes.',
    `<body dir="ltr"><div class="elementToProof" style="font-family:Aptos">|</div><div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg" dir="ltr"><font>${BOLD}</font><div>&nbsp;</div></div><div>Is somebody at home?</div></body>`,
  ],
  [
    'Outlook on the web, HTML in a language that no rule knows',
    'Jā!',
    '<div>|</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>No kā:</b> Shop<br><b>Kam:</b> Ada</div><div>Is somebody at home?</div>',
  ],
  [
    'Outlook mobile, HTML',
    'Yes from the train',
    `<div dir="auto">|</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message"><hr><div id="divRplyFwdMsg">${BOLD}</div><div>Is somebody at home?</div></div>`,
  ],
  [
    'Outlook mobile, HTML with a body separator',
    'Perfect.',
    `<div dir="auto">|</div><div id="ms-outlook-mobile-body-separator-line"><div><br></div></div><div id="ms-outlook-mobile-signature"><div></div>Sent from Outlook for Android</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">${BOLD}</div>Is somebody at home?`,
  ],
  [
    'Outlook, HTML list',
    'Two things:\n\n * the key\n * the bill',
    word('border-top:solid #E1E1E1 1.0pt', BOLD).replace('|', 'Two things:<ul><li>the key</li><li>the bill</li></ul>'),
  ],
  [
    'Outlook, HTML box of the writer',
    'Prices\n\nTotal: 12\n\nSee you',
    '<p>Prices</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>Total: 12</p></div><p>See you</p>',
  ],
);
