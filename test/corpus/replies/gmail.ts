// The text of replies as Gmail writes it: on the web, on Android and on iOS.
import { type ReplyCase, textCases } from './case.ts';

const QUOTE = '> Your parcel left our warehouse.\n> Is somebody at home on Friday?\n>\n> Shop\n';

const attributed = (attribution: string) => `|\n\n${attribution}\n\n${QUOTE}`;

const LANGUAGES = textCases(
  [
    'Gmail, English',
    'Friday is fine.',
    attributed('On Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:'),
  ],
  [
    'Gmail, British English',
    'Lovely, thanks',
    attributed('On Mon, 2 Nov 2026 at 15:04, Shop <support@shop.example> wrote:'),
  ],
  [
    'Gmail, German',
    'Freitag passt.\nBitte klingeln.',
    attributed('Am Mo., 2. Nov. 2026 um 15:04 Uhr schrieb Shop <support@shop.example>:'),
  ],
  [
    'Gmail, French',
    'Oui, ça marche.',
    attributed('Le lun. 2 nov. 2026 à 15:04, Shop <support@shop.example> a écrit :'),
  ],
  [
    'Gmail, Spanish',
    'Sí, estaré.',
    attributed('El lun, 2 nov 2026 a las 15:04, Shop (<support@shop.example>) escribió:'),
  ],
  [
    'Gmail, Italian',
    'Va bene venerdì.',
    attributed('Il giorno lun 2 nov 2026 alle ore 15:04 Shop <support@shop.example> ha scritto:'),
  ],
  [
    'Gmail, Brazilian Portuguese',
    'Pode ser na sexta.',
    attributed('Em seg., 2 de nov. de 2026 às 15:04, Shop <support@shop.example> escreveu:'),
  ],
  [
    'Gmail, Portuguese',
    'Sim, estou em casa.',
    attributed('Shop <support@shop.example> escreveu (segunda, 2/11/2026 à(s) 15:04):'),
  ],
  ['Gmail, Dutch', 'Vrijdag is prima.', attributed('Op ma 2 nov 2026 om 15:04 schreef Shop <support@shop.example>:')],
  ['Gmail, Polish', 'Piątek pasuje.', attributed('pon., 2 lis 2026 o 15:04 Shop <support@shop.example> napisał(a):')],
  ['Gmail, Swedish', 'Fredag går bra.', attributed('Den mån 2 nov. 2026 kl 15:04 skrev Shop <support@shop.example>:')],
  [
    'Gmail, Danish',
    'Fredag er fint.',
    attributed('Den man. 2. nov. 2026 kl. 15.04 skrev Shop <support@shop.example>:'),
  ],
  ['Gmail, Norwegian', 'Fredag passer.', attributed('man. 2. nov. 2026 kl. 15:04 skrev Shop <support@shop.example>:')],
  [
    'Gmail, Finnish',
    'Perjantai sopii.',
    attributed('ma 2. marrask. 2026 klo 15.04 Shop (support@shop.example) kirjoitti:'),
  ],
  [
    'Gmail, Czech',
    'Pátek je v pořádku.',
    attributed('po 2. 11. 2026 v 15:04 odesílatel Shop <support@shop.example> napsal:'),
  ],
  ['Gmail, Russian', 'В пятницу удобно.', attributed('пн, 2 нояб. 2026 г. в 15:04, Shop <support@shop.example>:')],
  ['Gmail, Japanese', '金曜日で大丈夫です。', attributed('2026年11月2日(月) 15:04 Shop <support@shop.example>:')],
  [
    'Gmail, simplified Chinese',
    '星期五可以。',
    attributed('Shop <support@shop.example> 于2026年11月2日周一 15:04写道：'),
  ],
  [
    'Gmail, traditional Chinese',
    '星期五可以喔。',
    attributed('Shop <support@shop.example> 於 2026年11月2日 週一 下午3:04寫道：'),
  ],
  [
    'Gmail, Korean',
    '금요일 좋아요.',
    attributed('2026년 11월 2일 (월) 오후 3:04, Shop <support@shop.example>님이 작성:'),
  ],
  [
    'Gmail, Turkish',
    'Cuma olur.',
    attributed('Shop <support@shop.example>, 2 Kas 2026 Pzt, 15:04 tarihinde şunu yazdı:'),
  ],
  ['Gmail, Ukrainian', 'Так, у пʼятницю.', attributed('пн, 2 лист. 2026 р. о 15:04 Shop <support@shop.example> пише:')],
  [
    'Gmail, Hungarian',
    'Péntek jó.',
    attributed('Shop <support@shop.example> ezt írta (időpont: 2026. nov. 2., H, 15:04):'),
  ],
  [
    'Gmail, Romanian',
    'Vineri e bine.',
    attributed('În lun., 2 nov. 2026 la 15:04, Shop <support@shop.example> a scris:'),
  ],
  [
    'Gmail, Greek',
    'Ναι, την Παρασκευή.',
    attributed('Στις Δευ 2 Νοε 2026 στις 3:04 μ.μ., ο χρήστης Shop <support@shop.example> έγραψε:'),
  ],
);

const WRAPPED = textCases(
  [
    'Gmail, attribution wrapped before the address',
    'Yes please',
    attributed(
      'On Mon, Nov 2, 2026 at 3:04 PM Shop Support and Returns Department <\nsupport-and-returns@shop.example> wrote:',
    ),
  ],
  [
    'Gmail, attribution wrapped before wrote',
    'Ok!',
    attributed('On Mon, Nov 2, 2026 at 3:04 PM The Old Bicycle Shop <support@bicycles.shop.example>\nwrote:'),
  ],
  [
    'Gmail, attribution on three lines',
    'We will be there.\n\nThe Lovelaces',
    attributed(
      'On Mon, Nov 2, 2026 at 3:04 PM The Old Bicycle Shop, Returns <\nreturns+b7f3c1a9d5e2@returns.bicycles.shop.example>\nwrote:',
    ),
  ],
  [
    'Gmail, German attribution wrapped',
    'Nein, leider nicht.',
    attributed(
      'Am Mo., 2. Nov. 2026 um 15:04 Uhr schrieb Kundendienst Fahrradladen <\nkundendienst@fahrrad.shop.example>:',
    ),
  ],
  [
    'Gmail, French attribution wrapped',
    'Plutôt samedi.',
    attributed('Le lun. 2 nov. 2026 à 15:04, Service clientèle <service@clientele.shop.example> a\nécrit :'),
  ],
  [
    'Gmail, Polish attribution wrapped',
    'Tak.',
    attributed('pon., 2 lis 2026 o 15:04 Obsługa Klienta Sklepu <obsluga@sklep.shop.example>\nnapisał(a):'),
  ],
);

const PHONES = textCases(
  ['Gmail for Android', 'ok see you', attributed('On Mon, 2 Nov 2026, 15:04 Shop, <support@shop.example> wrote:')],
  [
    'Gmail for Android, with a footer',
    'leave it at the door',
    `|\n\nSent from my Pixel 9\n\nOn Mon, Nov 2, 2026, 3:04 PM Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
  [
    'Gmail for iOS',
    'Friday it is!',
    'Friday it is!\n\nSent from Gmail Mobile\n\n\nOn Mon, Nov 2, 2026 at 3:04\u202fPM Shop <support@shop.example> wrote:\n\n> Is somebody at home?\n',
  ],
  [
    'Gmail, old format without a verb',
    'done',
    `|\n\n2026-11-02 15:04 GMT+01:00 Shop <support@shop.example>:\n\n${QUOTE}`,
  ],
  [
    'Gmail, forwarded as text',
    'Please have a look',
    '|\n\n---------- Forwarded message ---------\nFrom: Shop <support@shop.example>\nDate: Mon, Nov 2, 2026 at 3:04 PM\nSubject: Your order\nTo: Ada <ada@customer.example>\n\n\nYour parcel left.\n',
  ],
  [
    'Gmail, forwarded as text in German',
    'Zur Info, bitte prüfen',
    '|\n\n---------- Forwarded message ---------\nVon: Shop <support@shop.example>\nDate: Mo., 2. Nov. 2026 um 15:04 Uhr\nSubject: Bestellung\nTo: Ada\n\n\nIhr Paket ist unterwegs.\n',
  ],
  [
    'Gmail, signature above the quote',
    'All good.',
    `|\n\n-- \nAda Lovelace\nAnalytical Engines\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n${QUOTE}`,
  ],
);

export const GMAIL: readonly ReplyCase[] = [...LANGUAGES, ...WRAPPED, ...PHONES];
