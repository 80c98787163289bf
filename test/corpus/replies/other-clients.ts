// Replies as Yahoo, Thunderbird, Proton, Samsung, Zoho, Lotus Notes, GMX, Yandex, QQ and plain-text clients write them.
import { type ReplyCase, textCases } from './case.ts';

const QUOTE = '> Is somebody at home?\n> Shop\n';
const PLAIN = 'Is somebody at home?\n\nShop\n';

const TEXT = textCases(
  [
    'Yahoo',
    'Yes, I am.',
    `|\n\n    On Monday, November 2, 2026 at 03:04:05 PM GMT+1, Shop <support@shop.example> wrote:  \n \n ${PLAIN}`,
  ],
  [
    'Yahoo on Android',
    'Yes, we are.',
    `|\n\nSent from Yahoo Mail on Android\n \n  On Mon, Nov 2, 2026 at 15:04, Shop<support@shop.example> wrote:   ${PLAIN}`,
  ],
  [
    'Yahoo, conquering',
    'Yes.',
    `|\n\nYahoo Mail: Search, Organize, Conquer\n\n  On Mon, Nov 2, 2026 at 3:04 PM, Shop<support@shop.example> wrote:\n${PLAIN}`,
  ],
  [
    'Yahoo, Italian',
    'Certo.',
    `|\n\n    Il lunedì 2 novembre 2026 alle ore 15:04:05 CET, Shop <support@shop.example> ha scritto:  \n \n ${PLAIN}`,
  ],
  [
    'Yahoo, French',
    'Bien sûr.',
    `|\n\n    Le lundi 2 novembre 2026 à 15:04:05 UTC+1, Shop <support@shop.example> a écrit :  \n \n ${PLAIN}`,
  ],
  ['Thunderbird', 'Yes, sure.', `|\n\nOn 11/2/26 3:04 PM, Shop wrote:\n${QUOTE}`],
  ['Thunderbird, bottom-posted', 'Yes, below.', `On 11/2/26 3:04 PM, Shop wrote:\n${QUOTE}\n|\n`],
  [
    'Thunderbird, bottom-posted in German',
    'Ja, unten.',
    `Am 02.11.26 um 15:04 schrieb Shop:\n${QUOTE}\n|\n\n-- \nAda\n`,
  ],
  [
    'Thunderbird, interleaved',
    'Yes.\n\nAt noon.',
    'On 2026-11-02 15:04, Shop wrote:\n> Home?\n\nYes.\n\n> When?\n\nAt noon.\n',
  ],
  [
    'Thunderbird, forwarded',
    'Look at this',
    '|\n\n\n-------- Forwarded Message --------\nSubject: \tYour order\nDate: \tMon, 2 Nov 2026 15:04:05 +0100\nFrom: \tShop <support@shop.example>\nTo: \tada@customer.example\n\n\n\nHome?\n',
  ],
  [
    'Thunderbird, forwarded in French',
    'À voir',
    '|\n\n\n-------- Message transféré --------\nSujet : \tCommande\nDate : \tMon, 2 Nov 2026 15:04:05 +0100\nDe : \tShop <support@shop.example>\nPour : \tada@customer.example\n\n\n\nÀ la maison ?\n',
  ],
  ['Thunderbird, Russian', 'Да, конечно.', `|\n\n02.11.2026 15:04, Shop пишет:\n${QUOTE}`],
  ['Thunderbird, Czech', 'Ano, jistě.', `|\n\nDne 02. 11. 26 v 15:04 Shop napsal(a):\n${QUOTE}`],
  ['Thunderbird, Polish', 'Tak, oczywiście.', `|\n\nW dniu 2.11.2026 o 15:04, Shop pisze:\n${QUOTE}`],
  [
    'Proton',
    'Sure thing.',
    `|\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\nOn Monday, November 2nd, 2026 at 3:04 PM, Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
  [
    'Proton, old',
    'Sure thing too.',
    `|\n\nSent with Proton Mail secure email.\n\n------- Original Message -------\nOn Monday, November 2nd, 2026 at 3:04 PM, Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
  [
    'Samsung',
    'In the evening',
    `|\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: Shop <support@shop.example>\nDate: 02/11/2026 15:04 (GMT+01:00)\nTo: ada@customer.example\nSubject: Your order\n\n${PLAIN}`,
  ],
  [
    'Samsung, German',
    'Am Abend',
    `|\n\n\nVon meinem Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Shop <support@shop.example>\nDatum: 02.11.26 15:04 (GMT+01:00)\nAn: ada@customer.example\nBetreff: Bestellung\n\n${PLAIN}`,
  ],
  [
    'Samsung, Korean',
    '저녁에요',
    `|\n\n\n나의 Galaxy에서 보냄\n\n\n-------- 원본 이메일 --------\n발신: Shop <support@shop.example>\n날짜: 26/11/2 오후 3:04 (GMT+09:00)\n받은 사람: ada@customer.example\n제목: 주문\n\n${PLAIN}`,
  ],
  [
    'Samsung, Spanish',
    'Por la tarde',
    `|\n\n\nEnviado desde mi Galaxy\n\n\n-------- Mensaje original --------\nDe: Shop <support@shop.example>\nFecha: 2/11/26 15:04 (GMT+01:00)\nPara: ada@customer.example\nAsunto: Pedido\n\n${PLAIN}`,
  ],
  [
    'Zoho',
    'Please do.',
    `|\n\n\n---- On Mon, 02 Nov 2026 15:04:05 +0100 Shop <support@shop.example> wrote ----\n\n${PLAIN}`,
  ],
  [
    'Zoho, wrapped',
    'Please do so.',
    `|\n\n\n---- On Mon, 02 Nov 2026 15:04:05 +0100 Shop and Returns\n<support@shop.example> wrote ---\n\n${PLAIN}`,
  ],
  [
    'Lotus Notes',
    'Agreed.',
    `|\n\n\n\nFrom:\tShop <support@shop.example>\nTo:\tada@customer.example\nDate:\t02-11-2026 15:04\nSubject:\tYour order\n\n\n\n${PLAIN}`,
  ],
  [
    'Lotus Notes, wrote on',
    'Agreed too.',
    `|\n\nShop <support@shop.example> wrote on 11/02/2026 03:04:05 PM:\n\n${QUOTE}`,
  ],
  [
    'Lotus Notes, German',
    'Einverstanden.',
    `|\n\n\nVon:    Shop <support@shop.example>\nAn:     ada@customer.example\nDatum:  02.11.2026 15:04\nBetreff:        Bestellung\n\n${PLAIN}`,
  ],
  [
    'GMX',
    'Geht klar.',
    `|\n \n\nGesendet: Montag, 02. November 2026 um 15:04 Uhr\nVon: "Shop" <support@shop.example>\nAn: ada@customer.example\nBetreff: Bestellung\n\n${PLAIN}`,
  ],
  [
    'GMX app',
    'Passt.',
    `|\n\n-- \nDiese Nachricht wurde von meinem Android Gerät mit GMX Mail gesendet.\n\nAm 02.11.26, 15:04 schrieb Shop <support@shop.example>:\n\n${QUOTE}`,
  ],
  ['Yandex', 'Хорошо.', `|\n\n02.11.2026, 15:04, "Shop" <support@shop.example>:\n\n${QUOTE}`],
  [
    'Mail.ru',
    'Договорились.',
    `|\n\n\nПонедельник, 2 ноября 2026, 15:04 +03:00 от Shop <support@shop.example>:\n\n${QUOTE}`,
  ],
  [
    'QQ',
    '可以的',
    `|\n\n\n\n------------------ 原始邮件 ------------------\n发件人: "Shop" <support@shop.example>;\n发送时间: 2026年11月2日(星期一) 下午3:04\n收件人: "ada"<ada@customer.example>;\n主题: 订单\n\n${PLAIN}`,
  ],
  ['NetEase', '没问题', `|\n\n\n\n\n在 2026-11-02 15:04:05，"Shop" <support@shop.example> 写道：\n\n${PLAIN}`],
  [
    'Naver',
    '괜찮아요',
    `|\n\n-----Original Message-----\nFrom: "Shop" <support@shop.example>\nTo: <ada@customer.example>\nCc:\nSent: 2026-11-02 (월) 15:04:05 (GMT+09:00)\nSubject: 주문\n\n${PLAIN}`,
  ],
  ['mutt', 'Yes, via mutt.', `On Mon, Nov 02, 2026 at 03:04:05PM +0100, Shop wrote:\n${QUOTE}\n|\n\n-- \nAda\n`],
  ['Gnus', 'Yes, via Gnus.', `Shop <support@shop.example> writes:\n\n${QUOTE}\n|\n`],
  ['KMail', 'Ja, via KMail.', `Am Montag, 2. November 2026, 15:04:05 CET schrieb Shop:\n${QUOTE}\n|\n`],
  ['a text client without attribution', 'Yes, we are home.', `${QUOTE}\n|\n`],
  ['alpine', 'Yes, via alpine.', `|\n\nOn Mon, 2 Nov 2026, Shop wrote:\n\n${QUOTE}`],
  ['Roundcube', 'Ja, prima.', `|\n\nOn 2026-11-02 15:04, Shop wrote:\n\n${QUOTE}`],
  ['Evolution', 'Yes, fine.', `On Mon, 2026-11-02 at 15:04 +0100, Shop wrote:\n${QUOTE}\n|\n`],
  [
    'BlackBerry',
    'Will do',
    `|\n\nSent from my BlackBerry 10 smartphone.\n\n  Original Message  \nFrom: Shop\nSent: Monday, November 2, 2026 15:04\nTo: Ada\nSubject: Your order\n\n${PLAIN}`,
  ],
  [
    'eM Client',
    'Yes from me.',
    `|\n\n\n------ Original Message ------\nFrom "Shop" <support@shop.example>\nTo ada@customer.example\nDate 02.11.2026 15:04:05\nSubject Your order\n\n${PLAIN}`,
  ],
  [
    'a scanner',
    'It came.',
    `|\n\n\n<https://www.avast.com/sig-email>\nVirus-free. www.avast.com\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
);

export const OTHER_CLIENTS: readonly ReplyCase[] = TEXT;
