// Lines that a mail client, a virus scanner or a phone adds below what a person wrote: "Sent from my iPhone".

const MAX_FOOTER = 140;

/** "Sent from" in the words of clients. Some languages set the client between two words or before the verb. */
const SENT_FROM = [
  '(?:sent|send) (?:from|via|with|using|by)',
  '(?:von|mit) .{2,60} (?:gesendet|verschickt)',
  '(?:diese (?:nachricht|e-mail|mail) wurde )?(?:gesendet|verschickt|geschickt) (?:von|mit|über|via)',
  'diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|über) ',
  'envoyé(?:e)? (?:de|du|depuis|à partir|avec|via|par)',
  '(?:enviado|enviada|enviat) (?:desde|do|da|de|a partir|con|com|via|vía|pelo|pela|des)',
  'inviat[oa] (?:da|dal|dalla|con|tramite)',
  '(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|met|via|van)',
  '(?:wysłan[eyo]|wysłano) (?:z|ze|za)',
  'skickat? (?:från|med|via)',
  'sendt (?:fra|med|via)',
  'lähetetty',
  '(?:odesláno|odoslané|odesláno) (?:z|ze|zo|přes)',
  '(?:отправлено|надіслано) (?:с|со|из|з|через)',
  'trimis (?:de pe|din)',
  'στάλθηκε από',
].join('|');
const STARTS_AS_SENT_FROM = new RegExp(`^(?:${SENT_FROM})`, 'iu');
const UNSPACED_SENT_FROM =
  /(?:から送信|より送信|发自|發自|从我的|從我的|来自我的|來自我的|에서 보냄|에서 보냈습니다|에서 발송|gönderildi|küldve|küldött)/iu;

const DEVICES =
  /iphon|ipad|ipod|apple watch|android|galaxy|samsung|huawei|xiaomi|redmi|oneplus|pixel|nokia|motorola|sony|xperia|blackberry|windows phone|windows 1\d|mail f(?:or|ür) windows|outlook|yahoo|gmail|gmx|web\.de|t-online|aol|proton|tutanota|tuta\b|zoho|thunderbird|spark|bluemail|fastmail|k-9|yandex|яндекс|mail\.ru|airmail|icloud|mailbird|nine\b|aqua mail|smartphone|mobile|mobil|handy|telefon|téléphone|teléfono|telefone|telefono|puhelin|телефон|携帯|手机|手機|휴대/iu;
const MINE =
  /\b(?:my|mobile device|meinem|meiner|mon|mi|mio|mia|meu|minha|mijn|mojego|mojej|min|mitt|minun|mého|svého)\b|моего|моей|我的|나의|내 /iu;

/** "Get Outlook for iOS" and the like: an invitation to install, most often with a link. */
const GET =
  /^(?:get|download|holen|laden|outlook|télécharge|obtene|obtén|descarg|scarica|ottieni|obte|baixa|transfer|pobierz|skaffa|hämta|ladda|hent|få|hanki|lataa|získ|stáhn|скача|получ|загруз|iOS|获取|下载|下載|取得|Android)/iu;
const OUTLOOK = /outlook.{0,40}(?:iOS|Android|Mac|Windows)|(?:iOS|Android).{0,30}outlook/iu;
const GET_OTHER = /^get (?:\S+ ){0,3}for (?:ios|android|iphone|ipad|windows|mac)$/iu;

const SCANNED =
  /^(?:virus-?free\b|(?:this|diese|ce|este|questa|deze) .{0,30}(?:mail|message|nachricht|correo|messaggio|bericht).{0,60}(?:virus|avast|avg)|virenfrei|libre de virus|sans virus|garanti sans virus)|consider the environment before printing|think before you print|denken sie an die umwelt.{0,40}druck|pensez à l'environnement avant d'imprimer|yahoo mail: search, organize, conquer/iu;

const SCANNER_LINK = /^[<[(]?(?:https?:\/\/)?www\.(?:avast|avg)\.com[^\s]{0,200}$/iu;

const LINK =
  /\s*(?:<(?:https?|mailto)[^<>]{0,300}>|\[https?[^[\]]{0,300}\]|\(https?[^()]{0,300}\)|https?:\/\/\S{0,300})/giu;

/** @param isLast whether nothing but such lines follows it, in a paragraph of its own */
export function isClientFooter(line: string, isLast: boolean): boolean {
  if (SCANNER_LINK.test(line)) return true;
  if (line.length > MAX_FOOTER * 3) return false;
  const text = line.replace(LINK, '').replace(/^[\s*_~•-]+|[\s*_~.!]+$/gu, '');
  if (text === '' || text.length > MAX_FOOTER) return false;
  if (SCANNED.test(text)) return true;
  if (/[?]$/u.test(text)) return false;
  if (text.length <= 90 && (STARTS_AS_SENT_FROM.test(text) || UNSPACED_SENT_FROM.test(text))) {
    return isNamedDevice(text) || (isLast && (isOwnDevice(text) || isAppName(text)));
  }
  if (!isLast) return OUTLOOK.test(text) && line.trim() !== text && GET.test(text);
  return isInvitation(text);
}

function isInvitation(text: string): boolean {
  if (text.length > 70) return false;
  return (
    (OUTLOOK.test(text) && (GET.test(text) || !/^\p{Script=Latin}/u.test(text) || /edinin|alın/u.test(text))) ||
    GET_OTHER.test(text)
  );
}

/** The device is named soon; "Sent from my desk, which is easier than my phone" is a sentence. */
function isNamedDevice(text: string): boolean {
  return DEVICES.test((text.split(',')[0] ?? '').slice(0, 60));
}

function isOwnDevice(text: string): boolean {
  return MINE.test(text) && !text.includes(',') && text.split(' ').length <= 6;
}

/** "Sent from Edison Mail": apps are named in capitals, and most of them are on no list. */
function isAppName(text: string): boolean {
  const name = text.replace(STARTS_AS_SENT_FROM, '').trim();
  return name.length <= 30 && /^(?:\p{Lu}\S*\s?){1,4}$/u.test(name);
}
