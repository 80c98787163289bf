// The text of replies as Outlook writes it on phones.
import { type ReplyCase, textCases } from './case.ts';

const RULE = '________________________________';
const HEADERS =
  'From: Shop Support <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada <ada@customer.example>\nSubject: Your order';
const block = (headers: string) => `|\n\n${headers}\n\nIs somebody at home?\n\nShop\n`;

export const OUTLOOK_PHONES: readonly ReplyCase[] = textCases(
  ['Outlook for iOS', 'Yes!', block(`Get Outlook for iOS<https://aka.ms/o0ukef>\n${RULE}\n${HEADERS}`)],
  ['Outlook for Android', 'Yes!', block(`Get Outlook for Android<https://aka.ms/AAb9ysg>\n${RULE}\n${HEADERS}`)],
  ['Outlook for iOS, link below', 'Nope', block(`Get Outlook for iOS\n<https://aka.ms/o0ukef>\n\n${RULE}\n${HEADERS}`)],
  [
    'Outlook for iOS, German',
    'Gern.',
    block(
      `Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>\n${RULE}\nVon: Shop <support@shop.example>\nGesendet: Montag, November 2, 2026 3:04 PM\nAn: Ada\nBetreff: Bestellung`,
    ),
  ],
  [
    'Outlook for iOS, French',
    'Merci',
    block(
      `Télécharger Outlook pour iOS<https://aka.ms/o0ukef>\n${RULE}\nDe : Shop <support@shop.example>\nEnvoyé : lundi 2 novembre 2026\nÀ : Ada\nObjet : Commande`,
    ),
  ],
  [
    'Outlook for Android, Spanish',
    'Gracias',
    block(
      `Obtener Outlook para Android<https://aka.ms/AAb9ysg>\n${RULE}\nDe: Shop <support@shop.example>\nEnviado: lunes, 2 de noviembre de 2026\nPara: Ada\nAsunto: Pedido`,
    ),
  ],
);
