// Mails whose bytes are odd: charsets, format=flowed, empty text beside HTML, broken MIME.
import type { ReplyCase } from './case.ts';

const HEAD = 'From: Ada <ada@customer.example>\r\nTo: support@shop.example\r\nSubject: Re: Hi\r\nMIME-Version: 1.0\r\n';
const raw = (name: string, expected: string, rest: string | Buffer): ReplyCase => ({
  name,
  expected,
  raw: Buffer.concat([Buffer.from(HEAD), typeof rest === 'string' ? Buffer.from(rest) : rest]),
});

const QUOTE = '\r\n\r\nOn Mon, 2 Nov 2026 at 15:04, Shop <support@shop.example> wrote:\r\n\r\n> Home?\r\n';

const charset = (name: string, bytes: string, expected: string): ReplyCase =>
  raw(
    `charset ${name}`,
    expected,
    Buffer.concat([
      Buffer.from(`Content-Type: text/plain; charset=${name}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`),
      Buffer.from(bytes, 'latin1'),
      Buffer.from(name.startsWith('utf-16') ? '' : QUOTE),
    ]),
  );

const FLOWED = 'Content-Type: text/plain; charset=utf-8; format=flowed';
const HTML =
  '<div dir="ltr">Yes, Friday.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Shop wrote:</div><blockquote class="gmail_quote">Home?</blockquote></div>';
const alternative = (text: string, close = '--b--\r\n') =>
  `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${HTML}\r\n${close}`;

export const BYTES: readonly ReplyCase[] = [
  charset('windows-1250', 'Cze\x9c\xe6, tak.', 'Cześć, tak.'),
  charset('windows-1251', '\xc4\xe0, \xef\xff\xf2\xed\xe8\xf6\xe0.', 'Да, пятница.'),
  charset('windows-1252', 'Caf\xe9 \x96 10 \x80', 'Café – 10 €'),
  charset('windows-1254', 'Te\xfeekk\xfcrler', 'Teşekkürler'),
  charset('cp1252', '\x93ok\x94', '“ok”'),
  charset('iso-8859-1', 'Gr\xfc\xdfe', 'Grüße'),
  charset('iso-8859-2', 'P\xe1tek, \xb9koda', 'Pátek, škoda'),
  charset('iso-8859-9', '\xddyi', 'İyi'),
  charset('iso-8859-15', '10 \xa4', '10 €'),
  charset('koi8-r', '\xe4\xc1', 'Да'),
  charset('iso-2022-jp', '\x1b$B6bMKF|\x1b(B', '金曜日'),
  charset('shift_jis', '\x8b\xe0\x97j\x93\xfa', '金曜日'),
  charset('euc-jp', '\xb6\xe2\xcd\xcb\xc6\xfc', '金曜日'),
  charset('gb2312', '\xd6\xdc\xce\xe5', '周五'),
  charset('gb18030', '\xd6\xdc\xce\xe5', '周五'),
  charset('gbk', '\xd6\xdc\xce\xe5', '周五'),
  charset('big5', '\xb6g\xa4\xad', '週五'),
  charset('euc-kr', '\xb1\xdd\xbf\xe4\xc0\xcf', '금요일'),
  charset('ks_c_5601-1987', '\xb1\xdd\xbf\xe4\xc0\xcf', '금요일'),
  charset('"UTF-8"', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'),
  charset('utf8', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'),
  raw('8-bit text that declares nothing', 'Grüße', Buffer.from('\r\nGr\u00fc\u00dfe\r\n')),
  raw(
    'flowed text',
    'This line goes on here.\nAnd this is a new one.',
    `${FLOWED}\r\n\r\nThis line goes \r\non here.\r\nAnd this is a new one.${QUOTE}`,
  ),
  raw(
    'flowed text with DelSp',
    '金曜日で大丈夫です。',
    `${FLOWED}; delsp=yes\r\n\r\n金曜日で大 \r\n丈夫です。${QUOTE}`,
  ),
  raw('flowed text with a signature', 'Yes.', `${FLOWED}\r\n\r\nYes.\r\n\r\n-- \r\nAda\r\n`),
  raw(
    'flowed text with flowed quotes',
    'Yes.',
    `${FLOWED}\r\n\r\nOn 2 Nov 2026 at 15:04, Shop wrote:\r\n> Is somebody \r\n> at home?\r\n\r\nYes.\r\n`,
  ),
  raw(
    'flowed text that is space-stuffed',
    'So it is.\nFrom here on.',
    `${FLOWED}\r\n\r\nSo it is.\r\n From here on.\r\n`,
  ),
  raw(
    'quoted-printable',
    'Grüße, und eine lange Zeile, die der Client bricht, weil sie über 76 Zeichen hat.',
    'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe, und eine lange Zeile, die der Client bricht, weil sie =C3=BC=\r\nber 76 Zeichen hat.\r\n',
  ),
  raw('an empty text beside HTML', 'Yes, Friday.', alternative('')),
  raw('a blank text beside HTML', 'Yes, Friday.', alternative(' \r\n\u00a0\r\n')),
  raw('no closing boundary', 'Yes, Friday.', alternative('', '')),
  raw('text and no closing boundary', 'Yes.', alternative(`Yes.${QUOTE}`, '')),
  raw('bare line feeds', 'Yes.\nFriday.', `Content-Type: text/plain\n\nYes.\nFriday.${QUOTE.replaceAll('\r\n', '\n')}`),
  raw(
    'a transfer encoding that is none',
    'Yes.',
    `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bits\r\n\r\nYes.${QUOTE}`,
  ),
  raw('a charset that is none', 'Yes.', `Content-Type: text/plain; charset=unknown-8bit\r\n\r\nYes.${QUOTE}`),
  raw('no content type', 'Yes.', `\r\nYes.${QUOTE}`),
];
