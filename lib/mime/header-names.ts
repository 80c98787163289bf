// What clients call the headers of a mail that they quote or forward, language by language.

export type HeaderKind = 'from' | 'sent' | 'to' | 'cc' | 'subject';

/** from; sent; to; cc; subject. */
const NAMES: readonly string[] = [
  'from; sent|date|sent at; to; cc|bcc|reply-to|importance|attachments|organization; subject',
  'von; gesendet|datum|gesendet am; an; cc|kopie|bcc|antwort an|wichtigkeit; betreff',
  "de|expéditeur; envoyé|date|envoyé le|date d'envoi; à|a|pour|destinataire; cc|copie|copie à|importance; objet|sujet",
  'de|remitente; enviado|fecha|enviado el|enviada; para; cc|cco|responder a; asunto',
  'da|mittente; inviato|data|inviata|data invio; a|destinatario; cc|ccn|rispondi a; oggetto',
  'de|remetente; enviado|enviada|data|enviado em|enviada em|date; para|to; cc|cco; assunto|subject',
  'van|afzender; verzonden|datum|verstuurd|verzonden op; aan; cc|kopie|bcc; onderwerp',
  'od|nadawca; wysłano|data|wysłane|wysłany; do|adresat; dw|kopia|cc; temat',
  'från; skickat|datum|skickad|date; till; kopia|cc; ämne',
  'fra; sendt|dato|date; til; cc|kopi; emne|subject',
  'lähettäjä; lähetetty|päiväys|päivämäärä|pvm; vastaanottaja|saaja; kopio|cc; aihe|otsikko',
  'od; odesláno|datum|odoslané|dátum; komu|pro; kopie|kópia|cc; předmět|predmet',
  'от|от кого|від|от кого; отправлено|дата|послано|надіслано|отправлен; кому; копия|копія|cc; тема',
  '差出人|送信者|送信元|from; 送信日時|日時|日付|送信日|date|sent; 宛先|to; cc|写し; 件名|subject',
  '发件人|寄件者|寄件人|寄件人|发信人; 发送时间|日期|时间|寄件日期|傳送時間|发送日期|已发送|傳送日期|發送時間; 收件人|收件者|至; 抄送|副本|cc; 主题|主旨|主題|标题',
  '보낸 사람|보낸사람|발신|발신인; 보낸 날짜|날짜|보낸 시간|보낸날짜|보냄|발신일; 받는 사람|받는사람|수신|수신인; 참조|cc; 제목',
  'gönderen|kimden; gönderildi|tarih|gönderme tarihi|gönderilme tarihi; kime|alıcı; bilgi|cc; konu',
  'feladó; elküldve|dátum|küldve; címzett; másolat|cc; tárgy',
  'de la|expeditor; trimis|data|dată|trimis la; către|catre; cc; subiect',
  'από; στάλθηκε|ημερομηνία|εστάλη; προς; κοιν.|κοιν; θέμα',
];

const KINDS: readonly HeaderKind[] = ['from', 'sent', 'to', 'cc', 'subject'];

export interface HeaderName {
  readonly language: number;
  readonly kind: HeaderKind;
}

const BY_NAME = new Map<string, HeaderName[]>();
for (const [language, row] of NAMES.entries()) {
  for (const [at, names] of row.split(';').entries()) {
    const kind = KINDS[at];
    if (kind === undefined) continue;
    for (const name of names.split('|').map((each) => each.trim())) {
      BY_NAME.set(name, [...(BY_NAME.get(name) ?? []), { language, kind }]);
    }
  }
}

const LONGEST_NAME = 24;

/** Whether the line is `Name: value` under a name that some client gives a header; bold marks of text made from HTML do not count. */
export function headerOn(line: string): { readonly names: readonly HeaderName[]; readonly value: string } | undefined {
  const at = line.slice(0, LONGEST_NAME + 12).search(/[:：]/u);
  if (at < 0) return undefined;
  const name = line.slice(0, at).replace(/[*_|]/gu, ' ').trim().toLowerCase().normalize('NFC');
  if (name.length > LONGEST_NAME) return undefined;
  const names = BY_NAME.get(name);
  return names && { names, value: line.slice(at + 1).replace(/^[\s*]+/u, '') };
}
