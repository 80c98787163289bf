// The text of replies as Outlook writes it: on Windows, on the Mac and on the web.
import { type ReplyCase, textCases } from './case.ts';

const RULE = '________________________________';
const HEADERS =
  'From: Shop Support <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada <ada@customer.example>\nSubject: Your order';
const BELOW = '\n\nIs somebody at home?\n\nShop\n';
const block = (headers: string) => `|\n\n${headers}${BELOW}`;

const TEXT = textCases(
  ['Outlook on the web', 'Yes, on Friday.', block(`${RULE}\n${HEADERS}`)],
  ['Outlook for Windows', 'Yes.\n\nBest regards,\nAda', block(HEADERS)],
  ['Outlook, original message', 'No, sorry.', block(`-----Original Message-----\n${HEADERS}`)],
  [
    'Outlook without any address',
    'Sure',
    block('From: Shop Support\nSent: 02 November 2026 15:04\nTo: Ada\nCc: Charles\nSubject: RE: Your order'),
  ],
  [
    'Outlook, German',
    'Ja, am Freitag.',
    block('Von: Shop <support@shop.example>\nGesendet: Montag, 2. November 2026 15:04\nAn: Ada\nBetreff: Bestellung'),
  ],
  [
    'Outlook, German original',
    'Ja',
    block(
      '-----Ursprüngliche Nachricht-----\nVon: Shop <support@shop.example>\nGesendet: Montag, 2. November 2026 15:04\nAn: Ada\nBetreff: Bestellung',
    ),
  ],
  [
    'Outlook, French',
    'Oui, vendredi.',
    block('De : Shop <support@shop.example>\nEnvoyé : lundi 2 novembre 2026 15:04\nÀ : Ada\nObjet : Commande'),
  ],
  [
    'Outlook, French original',
    'Non',
    block(
      "-----Message d'origine-----\nDe : Shop <support@shop.example>\nEnvoyé : lundi 2 novembre 2026 15:04\nÀ : Ada\nObjet : Commande",
    ),
  ],
  [
    'Outlook, Spanish',
    'El viernes.',
    block(
      'De: Shop <support@shop.example>\nEnviado el: lunes, 2 de noviembre de 2026 15:04\nPara: Ada\nAsunto: Pedido',
    ),
  ],
  [
    'Outlook, Italian',
    'Venerdì va bene.',
    block(`${RULE}\nDa: Shop <support@shop.example>\nInviato: lunedì 2 novembre 2026 15:04\nA: Ada\nOggetto: Ordine`),
  ],
  [
    'Outlook, Portuguese',
    'Na sexta-feira.',
    block(
      `${RULE}\nDe: Shop <support@shop.example>\nEnviado: segunda-feira, 2 de novembro de 2026 15:04\nPara: Ada\nAssunto: Pedido`,
    ),
  ],
  [
    'Outlook, Dutch',
    'Vrijdag graag.',
    block(
      'Van: Shop <support@shop.example>\nVerzonden: maandag 2 november 2026 15:04\nAan: Ada\nOnderwerp: Bestelling',
    ),
  ],
  [
    'Outlook, Polish',
    'W piątek.',
    block(
      `${RULE}\nOd: Shop <support@shop.example>\nWysłane: poniedziałek, 2 listopada 2026 15:04\nDo: Ada\nTemat: Zamówienie`,
    ),
  ],
  [
    'Outlook, Swedish',
    'På fredag.',
    block('Från: Shop <support@shop.example>\nSkickat: den 2 november 2026 15:04\nTill: Ada\nÄmne: Order'),
  ],
  [
    'Outlook, Danish',
    'Fredag, tak.',
    block('Fra: Shop <support@shop.example>\nSendt: 2. november 2026 15:04\nTil: Ada\nEmne: Ordre'),
  ],
  [
    'Outlook, Norwegian',
    'Gjerne fredag.',
    block('Fra: Shop <support@shop.example>\nSendt: mandag 2. november 2026 15:04\nTil: Ada\nKopi: Carl\nEmne: Ordre'),
  ],
  [
    'Outlook, Finnish',
    'Perjantaina.',
    block(
      'Lähettäjä: Shop <support@shop.example>\nLähetetty: maanantai 2. marraskuuta 2026 15.04\nVastaanottaja: Ada\nAihe: Tilaus',
    ),
  ],
  [
    'Outlook, Czech',
    'V pátek.',
    block('Od: Shop <support@shop.example>\nOdesláno: pondělí 2. listopadu 2026 15:04\nKomu: Ada\nPředmět: Objednávka'),
  ],
  [
    'Outlook, Russian',
    'В пятницу.',
    block('От: Shop <support@shop.example>\nОтправлено: 2 ноября 2026 г. 15:04\nКому: Ada\nТема: Заказ'),
  ],
  [
    'Outlook, Japanese',
    '金曜日でお願いします。',
    block('差出人: Shop <support@shop.example>\n送信日時: 2026年11月2日 15:04\n宛先: Ada\n件名: ご注文'),
  ],
  [
    'Outlook, Chinese',
    '周五可以。',
    block('发件人: Shop <support@shop.example>\n发送时间: 2026年11月2日 15:04\n收件人: Ada\n主题: 订单'),
  ],
  [
    'Outlook, traditional Chinese',
    '週五可以。',
    block('寄件者: Shop <support@shop.example>\n寄件日期: 2026年11月2日 下午 03:04\n收件者: Ada\n主旨: 訂單'),
  ],
  [
    'Outlook, Korean',
    '금요일에요.',
    block(
      '보낸 사람: Shop <support@shop.example>\n보낸 날짜: 2026년 11월 2일 월요일 오후 3:04\n받는 사람: Ada\n제목: 주문',
    ),
  ],
  [
    'Outlook, Turkish',
    'Cuma günü.',
    block(
      `${RULE}\nGönderen: Shop <support@shop.example>\nGönderildi: 2 Kasım 2026 Pazartesi 15:04\nKime: Ada\nKonu: Sipariş`,
    ),
  ],
  [
    'Outlook for Mac',
    'Yes, Friday.',
    block(
      'From: Shop <support@shop.example>\nDate: Monday, 2 November 2026 at 15:04\nTo: Ada <ada@customer.example>\nSubject: Your order',
    ),
  ],
  [
    'Outlook for Mac, old',
    'Yes indeed.',
    'Yes indeed.\n\nOn 02/11/2026, 15:04, "Shop Support" <support@shop.example> wrote:\n\n    Is somebody at home?\n    \n    Shop\n',
  ],
  [
    'Outlook, headers in bold as text',
    'I agree.',
    block(
      '*From:* Shop <support@shop.example>\n*Sent:* Monday, November 2, 2026 3:04 PM\n*To:* Ada\n*Subject:* Your order',
    ),
  ],
  [
    'Outlook, long wrapped recipients',
    'Fine by us',
    block(
      'From: Shop <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada <ada@customer.example>; Charles <charles@customer.example>;\n Mary <mary@customer.example>\nSubject: Your order',
    ),
  ],
  [
    'Windows Mail',
    'That works.',
    block('Sent from Mail for Windows 10\n\nFrom: Shop\nSent: 02 November 2026 15:04\nTo: Ada\nSubject: Your order'),
  ],
  [
    'Outlook, the answer talks of headers',
    'The From: field was empty.\nPlease tell me: what do I enter?',
    block(HEADERS),
  ],
  [
    'Outlook, signature with a legal footer',
    'We confirm Friday.',
    block(
      `\n${RULE}\nThis message is confidential and intended only for its recipient.\nIf you got it by mistake, delete it.\n\n${HEADERS}`,
    ),
  ],
);

export const OUTLOOK: readonly ReplyCase[] = TEXT;
