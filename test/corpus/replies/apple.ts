// Replies as Apple Mail writes them: on the Mac, on the iPhone and the iPad.
import { htmlCases, type ReplyCase, textCases } from './case.ts';

const QUOTE = '> Is somebody at home?\n> \n> Shop\n';
const phone = (footer: string, attribution: string) => `|\n\n${footer}\n\n> ${attribution}\n> \n${QUOTE}`;
const mac = (attribution: string) => `|\n\n> ${attribution}\n> \n${QUOTE}`;

const TEXT = textCases(
  ['Apple Mail', 'Yes, at noon.', mac('On 2. Nov 2026, at 15:04, Shop <support@shop.example> wrote:')],
  [
    'Apple Mail, unmarked attribution',
    'Yes, at one.',
    `|\n\nOn Nov 2, 2026, at 3:04 PM, Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
  [
    'Apple Mail, isolated name',
    'Yes, at two.',
    `|\n\nOn 2 Nov 2026, at 15:04, \u2068Shop\u2069 <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
  ['Apple Mail, German', 'Ja, mittags.', mac('Am 02.11.2026 um 15:04 schrieb Shop <support@shop.example>:')],
  ['Apple Mail, French', 'Oui, à midi.', mac('Le 2 nov. 2026 à 15:04, Shop <support@shop.example> a écrit :')],
  ['Apple Mail, Danish', 'Ja.', mac('Den 2. nov. 2026 kl. 15.04 skrev Shop <support@shop.example>:')],
  [
    'Apple Mail, Dutch',
    'Ja hoor.',
    `|\n\nOp 2 nov 2026, om 15:04 heeft Shop <support@shop.example> het volgende geschreven:\n\n${QUOTE}`,
  ],
  ['Apple Mail, Japanese', 'はい。', `|\n\n2026/11/02 15:04、Shop <support@shop.example>のメール:\n\n${QUOTE}`],
  ['Apple Mail, Chinese', '好的。', `|\n\n2026年11月2日 15:04，Shop <support@shop.example> 写道：\n\n${QUOTE}`],
  ['Apple Mail, Korean', '네.', `|\n\n2026. 11. 2. 오후 3:04, Shop <support@shop.example> 작성:\n\n${QUOTE}`],
  ['iPhone', 'Yes', phone('Sent from my iPhone', 'On 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:')],
  [
    'iPhone, German',
    'Ja',
    phone('Von meinem iPhone gesendet', 'Am 02.11.2026 um 15:04 schrieb Shop <support@shop.example>:'),
  ],
  [
    'iPhone, French',
    'Oui',
    phone('Envoyé de mon iPhone', 'Le 2 nov. 2026 à 15:04, Shop <support@shop.example> a écrit :'),
  ],
  [
    'iPad, Spanish',
    'Sí',
    phone('Enviado desde mi iPad', 'El 2 nov 2026, a las 15:04, Shop <support@shop.example> escribió:'),
  ],
  [
    'iPhone, Italian',
    'Sì',
    phone('Inviato da iPhone', 'Il giorno 2 nov 2026, alle ore 15:04, Shop <support@shop.example> ha scritto:'),
  ],
  [
    'iPhone, Portuguese',
    'Sim',
    phone('Enviado do meu iPhone', 'Em 2 de nov. de 2026, à(s) 15:04, Shop <support@shop.example> escreveu:'),
  ],
  [
    'iPhone, Dutch',
    'Ja',
    phone(
      'Verstuurd vanaf mijn iPhone',
      'Op 2 nov. 2026 om 15:04 heeft Shop <support@shop.example> het volgende geschreven:',
    ),
  ],
  [
    'iPhone, Polish',
    'Tak',
    phone(
      'Wysłane z iPhone’a',
      'Wiadomość napisana przez Shop <support@shop.example> w dniu 2 lis 2026, o godz. 15:04:',
    ),
  ],
  [
    'iPhone, Swedish',
    'Ja',
    phone('Skickat från min iPhone', '2 nov. 2026 kl. 15:04 skrev Shop <support@shop.example>:'),
  ],
  [
    'iPhone, Danish',
    'Ja',
    phone('Sendt fra min iPhone', 'Den 2. nov. 2026 kl. 15.04 skrev Shop <support@shop.example>:'),
  ],
  [
    'iPhone, Finnish',
    'Kyllä',
    phone('Lähetetty iPhonesta', 'Shop <support@shop.example> kirjoitti 2.11.2026 kello 15.04:'),
  ],
  ['iPhone, Czech', 'Ano', phone('Odesláno z iPhonu', '2. 11. 2026 v 15:04, Shop <support@shop.example>:')],
  [
    'iPhone, Russian',
    'Да',
    phone('Отправлено с iPhone', '2 нояб. 2026 г., в 15:04, Shop <support@shop.example> написал(а):'),
  ],
  ['iPhone, Japanese', '了解です', phone('iPhoneから送信', '2026/11/02 15:04、Shop <support@shop.example>のメール:')],
  ['iPhone, Chinese', '好', phone('发自我的 iPhone', '在 2026年11月2日，15:04，Shop <support@shop.example> 写道：')],
  [
    'iPhone, traditional Chinese',
    '好喔',
    phone('從我的 iPhone 傳送', 'Shop <support@shop.example> 於 2026年11月2日 下午3:04 寫道：'),
  ],
  ['iPhone, Korean', '네', phone('나의 iPhone에서 보냄', '2026. 11. 2. 오후 3:04, Shop <support@shop.example> 작성:')],
  [
    'iPhone, Turkish',
    'Evet',
    phone("iPhone'umdan gönderildi", 'Shop <support@shop.example> şunları yazdı (2 Kas 2026 15:04):'),
  ],
  [
    'iPhone, answer below its footer',
    'Yes.\n\nWith a box.',
    'Sent from my iPhone\n\nYes.\n\nWith a box.\n\n> On 2 Nov 2026, at 15:04, Shop wrote:\n> \n> Home?\n',
  ],
  [
    'Apple Mail, forwarded',
    'Is this real?',
    '|\n\n> Begin forwarded message:\n> \n> From: Shop <support@shop.example>\n> Subject: Your order\n> Date: 2 November 2026 at 15:04:05 CET\n> To: ada@customer.example\n> \n> Home?\n',
  ],
  [
    'Apple Mail, forwarded without marks',
    'Is this from you?',
    '|\n\nBegin forwarded message:\n\nFrom: Shop <support@shop.example>\nSubject: Your order\nDate: 2 November 2026 at 15:04:05 CET\nTo: ada@customer.example\n\nHome?\n',
  ],
  [
    'Apple Mail, forwarded in German',
    'Echt?',
    '|\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Shop <support@shop.example>\nBetreff: Bestellung\nDatum: 2. November 2026 um 15:04:05 MEZ\nAn: ada@customer.example\n\nDaheim?\n',
  ],
);

const cite = (attribution: string) =>
  `<html><body style="word-wrap: break-word;">|<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>${attribution}</div><br class="Apple-interchange-newline"><div>Is somebody at home?</div></blockquote></div><br></body></html>`;

const HTML = htmlCases(
  ['Apple Mail, HTML', 'Yes, at noon.', cite('On 2. Nov 2026, at 15:04, Shop &lt;support@shop.example&gt; wrote:')],
  ['Apple Mail, HTML in Latvian', 'Jā, pusdienlaikā.', cite('2026. gada 2. nov., plkst. 15:04, Shop rakstīja:')],
  [
    'iPhone, HTML',
    'On my way',
    '<div dir="ltr">|</div><div dir="ltr"><br></div><div id="AppleMailSignature">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 2 Nov 2026, at 15:04, Shop wrote:<br><br></blockquote></div><blockquote type="cite"><div>Home?</div></blockquote>',
  ],
  [
    'iPhone, HTML with an unmarked footer',
    'At the gate',
    '<div dir="ltr">|<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 2 Nov 2026, at 15:04, Shop wrote:<br></blockquote></div><blockquote type="cite">Home?</blockquote></div>',
  ],
  [
    'Apple Mail, HTML answered between quotes',
    'Yes.\n\nAt noon.',
    '<blockquote type="cite"><div>On 2 Nov 2026, Shop wrote:</div>Home?</blockquote><div>Yes.</div><blockquote type="cite">When?</blockquote><div>At noon.</div>',
  ],
);

export const APPLE: readonly ReplyCase[] = [...TEXT, ...HTML];
