// Thirty-two mails written after the rules, without a look at them.
import { htmlCases, type ReplyCase, textCases } from './case.ts';

const Q = '> Dear Ada,\n> your invoice is attached.\n>\n> The Shop\n';
const P = 'Dear Ada,\nyour invoice is attached.\n\nThe Shop\n';

const TEXT = textCases(
  [
    'later: Outlook, Hungarian',
    'Rendben, köszönöm!',
    `|\n\nFeladó: Bolt <info@shop.example>\nElküldve: 2026. november 2., hétfő 15:04\nCímzett: Ada\nTárgy: Számla\n\n${P}`,
  ],
  [
    'later: Outlook, Ukrainian',
    'Дякую, отримала.',
    `|\n\n________________________________\nВід: Shop <info@shop.example>\nНадіслано: 2 листопада 2026 р. 15:04\nКому: Ada\nТема: Рахунок\n\n${P}`,
  ],
  [
    'later: Outlook for iOS, Japanese',
    '受け取りました。',
    `|\n\niOS 版 Outlook を入手する<https://aka.ms/o0ukef>\n________________________________\n差出人: Shop <info@shop.example>\n送信日時: 月曜日, 11月 2, 2026 3:04 午後\n宛先: Ada\n件名: 請求書\n\n${P}`,
  ],
  [
    'later: Outlook for Android, Swedish',
    'Tack, betalt!',
    `|\n\nSkaffa Outlook för Android<https://aka.ms/AAb9ysg>\n________________________________\nFrån: Shop <info@shop.example>\nSkickat: måndag, november 2, 2026 3:04 em\nTill: Ada\nÄmne: Faktura\n\n${P}`,
  ],
  [
    'later: iPhone, Norwegian',
    'Betalt nå',
    `|\n\nSendt fra min iPhone\n\n> 2. nov. 2026 kl. 15:04 skrev Shop <info@shop.example>:\n> \n${Q}`,
  ],
  [
    'later: iPad, Hungarian',
    'Köszi',
    `|\n\nElküldve az iPademről\n\n> 2026. nov. 2. dátummal, 15:04 időpontban Shop <info@shop.example> írta:\n> \n${Q}`,
  ],
  [
    'later: Samsung, Dutch',
    'Betaald.',
    `|\n\n\nVerzonden vanaf mijn Galaxy\n\n\n-------- Oorspronkelijk bericht --------\nVan: Shop <info@shop.example>\nDatum: 02-11-2026 15:04 (GMT+01:00)\nAan: ada@customer.example\nOnderwerp: Factuur\n\n${P}`,
  ],
  [
    'later: Samsung, Polish',
    'Zapłacone',
    `|\n\n\nWysłane z mojego Galaxy\n\n\n-------- Oryginalna wiadomość --------\nOd: Shop <info@shop.example>\nData: 2.11.2026 15:04 (GMT+01:00)\nDo: ada@customer.example\nTemat: Faktura\n\n${P}`,
  ],
  [
    'later: Huawei, Italian',
    'Pagata ieri',
    `|\n\nInviato dal mio Huawei\n\n-------- Messaggio originale --------\nDa: Shop <info@shop.example>\nData: lun 2 nov 2026, 15:04\nA: ada@customer.example\nOggetto: Fattura\n\n${P}`,
  ],
  [
    'later: Edison',
    'I paid it yesterday',
    `|\n\nSent from Edison Mail\n\nOn Nov 2, 2026 at 3:04 PM, <Shop> wrote:\n\n${P}`,
  ],
  [
    'later: Spark, plain',
    'It is paid.',
    `|\n\nSent from Spark\nOn 2 Nov 2026 at 15:04 +0100, Shop <info@shop.example>, wrote:\n${Q}`,
  ],
  ['later: Mimestream', 'Paid, cheers', `|\n\nOn Nov 2, 2026 at 15:04:05, Shop <info@shop.example> wrote:\n\n${Q}`],
  ['later: Fastmail', 'Paid now.\n\nAda', `|\n\nOn Mon, 2 Nov 2026, at 3:04 PM, Shop wrote:\n${Q}`],
  ['later: Mailspring', 'Thanks, all fine.', `|\n\nOn Nov 2 2026, at 3:04 pm, Shop <info@shop.example> wrote:\n${P}`],
  [
    'later: Claws',
    'Thanks, got it.',
    `On Mon, 2 Nov 2026 15:04:05 +0100\nShop <info@shop.example> wrote:\n\n${Q}\n|\n`,
  ],
  [
    'later: Catalan Gmail',
    'Rebut, gràcies.',
    `|\n\nMissatge de Shop <info@shop.example> del dia dl., 2 de nov. 2026 a les 15:04:\n\n${Q}`,
  ],
  ['later: Slovak Gmail', 'Zaplatené.', `|\n\npo 2. 11. 2026 o 15:04 Shop <info@shop.example> napísal(a):\n\n${Q}`],
  ['later: Thunderbird, Italian', 'Ricevuta.', `Il 02/11/26 15:04, Shop ha scritto:\n${Q}\n|\n`],
  ['later: Thunderbird, Dutch', 'Ontvangen.', `Op 02-11-2026 om 15:04 schreef Shop:\n${Q}\n|\n\n--\nAda\n`],
  ['later: Thunderbird, Japanese', '届きました。', `On 2026/11/02 15:04, Shop wrote:\n${Q}\n|\n`],
  [
    'later: Thunderbird, Spanish',
    'Recibida.\n\n¿Y la otra?',
    `El 2/11/26 a las 15:04, Shop escribió:\n> La factura va adjunta.\n\nRecibida.\n\n> La otra sigue.\n\n¿Y la otra?\n`,
  ],
  [
    'later: Daum',
    '확인했습니다.',
    `|\n\n--------- 원본 메일 ---------\n보낸사람: Shop <info@shop.example>\n받는사람 : ada@customer.example\n날짜: 2026년 11월 02일 월요일, 15시 04분 05초 +0900\n제목: 청구서\n\n${P}`,
  ],
  [
    'later: Aliyun',
    '已经付款了',
    `|\n\n------------------------------------------------------------------\n发件人：Shop <info@shop.example>\n发送时间：2026年11月2日(星期一) 15:04\n收件人：ada <ada@customer.example>\n主　题：发票\n\n${P}`,
  ],
  [
    'later: words, a list of dates',
    'On 3 November at 10:30: works\nOn 4 November at 11:00: does not',
    `|\n\nOn Mon, 2 Nov 2026 at 15:04, Shop <info@shop.example> wrote:\n\n${Q}`,
  ],
  [
    'later: words, an address block',
    'Please send it to:\n\nAda Lovelace\n12 Mill Road\nTo: the back door',
    `|\n\nOn Mon, 2 Nov 2026 at 15:04, Shop <info@shop.example> wrote:\n\n${Q}`,
  ],
  [
    'later: words, a log',
    'The log says\n2026-11-02 15:04:05 error: no route\n2026-11-02 15:04:06 error: gave up',
    '|\n',
  ],
  ['later: words, a receipt', 'It shows:\n------------\nTotal   12.00\n------------\nbut I paid 10. Why?', '|\n'],
  [
    'later: a company footer',
    'We accept the offer.',
    '|\n\n--\nAda Lovelace | CTO\nAnalytical Engines GmbH\nT: +49 30 901820\nadA@engines.example\n\nGeschäftsführer: Ch. Babbage\nAmtsgericht Berlin HRB 4711\n',
  ],
);

const HTML = htmlCases(
  [
    'later: Front',
    'Got it, thanks.',
    '<div><div>|</div><br><div class="front-signature"></div><blockquote type="cite" class="front-blockquote"><div>On November 2, 2026, 3:04 PM GMT+1 info@shop.example wrote:</div><br><div>Invoice</div></blockquote></div>',
  ],
  [
    'later: Superhuman',
    'Great, approved.',
    '<div>|<br/></div><div><br/></div><div class="gmail_signature">Sent via Superhuman</div><br/><div class="gmail_quote">On Mon, Nov 02, 2026 at 3:04 PM, Shop <span dir="ltr">&lt;<a href="mailto:info@shop.example">info@shop.example</a>&gt;</span> wrote:<br/><blockquote class="gmail_quote"><div>Invoice</div></blockquote></div>',
  ],
  [
    'later: Outlook Mac, HTML in French',
    'Bien reçue.',
    '<div class="WordSection1"><p class="MsoNormal">|</p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b><span style="color:black">De : </span></b><span>Shop &lt;info@shop.example&gt;<br><b>Date : </b>lundi, 2 novembre 2026 à 15:04<br><b>À : </b>Ada<br><b>Objet : </b>Facture</span></p></div><p>Facture</p></div>',
  ],
  [
    'later: Roundcube, HTML',
    'Danke, bezahlt.',
    '<p>|</p><div id="signature">-- <br>Ada</div><p id="reply-intro">Am 02.11.2026 15:04 schrieb Shop:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid"><div>Rechnung</div></blockquote>',
  ],
);

export const LATER: readonly ReplyCase[] = [...TEXT, ...HTML];
