// What people write that looks like quoting and is not, what ticket systems add, and mails whose bytes are odd.
import { type ReplyCase, textCases } from './case.ts';

const QUOTE = '\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> Home?\n';

const KEPT = [
  ['a weekday and a colon', 'On Monday we need three things:\n- keys\n- a ladder\n- you'],
  ['a date and a colon', 'On November 5 at the latest:\nthe invoice.'],
  ['From as a place', 'From: Berlin\nTo: Hamburg\nWe travel on Friday.'],
  ['From, To and a date of a trip', 'From: Berlin\nTo: Hamburg\nDate: 5 November, 15:04\nTwo persons.'],
  ['a comparison', 'We take the offer for\n> 5 items\nper month.'],
  ['a lone comparison', 'The rule is\n\n> 100 EUR\n\nas you said.'],
  ['wrote in a sentence', 'As your colleague wrote: it is free.\nSo I wrote:\nplease send it.'],
  ['an address with a colon', 'My new address is ada@new.example:\nplease use it.'],
  ['an original message', 'The original message\nnever came: why?'],
  [
    'what you wrote, in quotation marks',
    'On 2 November 2026 at 15:04 you wrote:\n"We deliver on Friday."\nBut nobody came.',
  ],
  ['what you wrote, in German', 'Am 02.11.2026 um 15:04 schrieben Sie:\n„Wir liefern am Freitag.“\nEs kam niemand.'],
  ['a link below a rule', 'I found two.\n\n-----\n\nthe first: https://a.example/1\nthe second: https://a.example/2'],
  ['a lone bullet', 'Needed:\n-\n*\nnothing else'],
  ['stars between scenes', 'It began well.\n\n***\n\nThen it stopped. You know the rest.'],
  ['a subject with a colon', 'Subject: I cannot log in\nIt says: wrong password.'],
  ['a rule between paragraphs', 'First part of my question is long enough.\n\n---\n\nIs the second part clear to you?'],
  ['a dash list', '- one\n- two\n-- three'],
  ['sent from in a sentence', 'Sent from our warehouse in Leeds, it should be here by now.\nBut it is not.'],
  ['sent from a desk', 'I will do it later.\n\nSent from my desk, so much better to type on than my mobile.'],
  ['Outlook in a sentence', 'I use Outlook for iOS and it does not show the picture.'],
  ['Outlook in a question', 'Does it work in Outlook for Android?'],
  ['German Am', 'Am Montag um 15:04 Uhr war niemand da.\nWann kommen Sie wieder:\nmorgen?'],
  ['French Le', 'Le lundi 2 novembre, deux choses :\nla clé et le code.'],
  ['Spanish De and Para', 'De: mi casa\nPara: la oficina\nGracias.'],
  ['a regard typed by hand', 'Thank you!\n\nBest regards,\nAda Lovelace'],
  ['code', 'It prints:\n\n    if (a > b) return;\n\nand stops.'],
  ['an arrow', 'Settings -> Mail\n->> then Accounts'],
  ['a fenced ticket number', '### 4711 ###\nis my number.'],
  ['equal signs', 'Total\n=====\n12 EUR, and it was 10 EUR before. Why?'],
  ['a French sentence with a date', 'Le 2 novembre 2026 à 15:04 le livreur est passé.\nIl a écrit un mot.'],
  ['a time table', 'Mon 2.11.2026: 15:04\nTue 3.11.2026: 16:00'],
] as const;

const TICKETS = textCases(
  [
    'a ticket system',
    'The code is 1234.',
    '|\n\n##- Please type your reply above this line -##\n\nYour request has been updated.\n',
  ],
  [
    'a ticket system, quoted',
    'The code is 4321.',
    '|\n\nOn Mon, Nov 2, 2026 at 3:04 PM Shop <support@shop.example> wrote:\n\n> ##- Please type your reply above this line -##\n>\n> Updated.\n',
  ],
  ['a ticket system, dashes', 'It is solved.', '|\n\n--- Please reply above this line ---\n\nTicket 12\n'],
  [
    'a ticket system, German',
    'Erledigt.',
    '|\n\n##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##\n\nTicket 12\n',
  ],
  ['a ticket system, French', 'Réglé.', '|\n\n=== Merci de répondre au-dessus de cette ligne ===\n\nTicket 12\n'],
  [
    'a ticket system, Outlook',
    'Yes, close it.',
    '|\n\n________________________________\nFrom: Shop <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada\nSubject: [12]\n\n##- Please type your reply above this line -##\n',
  ],
);

const SIGNATURES = textCases(
  ['a signature', 'Yes.', '|\n\n-- \nAda Lovelace\n+44 20 7946 0000\n'],
  ['a signature without its space', 'Yes.', '|\n\n--\nAda Lovelace\nAnalytical Engines\n'],
  ['a signature below the quote', 'Yes.', '> Home?\n\n|\n\n-- \nAda\n'],
  [
    'a long signature',
    'Yes.',
    `|\n\n-- \n${Array.from({ length: 20 }, (_, i) => `Line ${i} of our postal address.`).join('\n')}\n`,
  ],
  [
    'a legal footer in German',
    'Ja.',
    '|\n\n______________________\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind, löschen Sie sie.\n',
  ],
  [
    'a legal footer in French',
    'Oui.',
    '|\n\n**********\nCe message est confidentiel. Toute diffusion est interdite.\n',
  ],
  ['a legal footer in Spanish', 'Sí.', '|\n\n=====\nEste mensaje es confidencial y va dirigido a su destinatario.\n'],
  [
    'a signature below a rule',
    'Yes.',
    '|\n\n_____________\nAda Lovelace\nTel: +44 20 7946 0000\nwww.engines.example\n',
  ],
  ['a signature below an em dash', 'Yes.', '|\n\n—\nAda\n'],
  ['two footers', 'Yes.', '|\n\nSent from my iPhone\n\n-- \nAda\n'],
  [
    'a signature and an unquoted mail',
    'Yes.',
    '|\n\n-- \nAda\n\nFrom: Shop <support@shop.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: Ada\nSubject: Hi\n\nHome?\n',
  ],
);

const PLACES = textCases(
  [
    'an attribution behind the last word',
    'sure',
    'sure On Mon, Nov 2, 2026 at 3:04 PM, Shop <support@shop.example> wrote:\n> Home?\n',
  ],
  [
    'an answer around a quote',
    'Dear Shop,\n\nyes, and on Friday.',
    'Dear Shop,\n\nOn Mon, Nov 2, 2026 at 3:04 PM, Shop <support@shop.example> wrote:\n> Home?\n\nyes, and on Friday.\n',
  ],
  [
    'answers without blank lines',
    'Yes.\nNoon.',
    'On Mon, Nov 2, 2026 at 3:04 PM, Shop <support@shop.example> wrote:\n> Home?\nYes.\n> When?\nNoon.\n',
  ],
  [
    'quotes within quotes',
    'Thanks both.',
    '|\n\nOn 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n\n> Fine.\n>\n> On 1 Nov 2026, at 12:00, Ada wrote:\n>\n>> And Friday?\n',
  ],
  [
    'a quote cut off below its attribution',
    'Fine.',
    '|\n\nOn 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n',
  ],
  ['only a quote', '', 'On 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n\n> Home?\n'],
  ['nothing', '', '\n\n'],
  ['a first mail', 'Hello,\n\nmy order never came.\nWhat now?', '|\n'],
  [
    'a wrapped link in the quote',
    'Clicked.',
    'On 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n> Track it (https://shop.example/track\nid=4711)\n> Shop\n\nClicked.\n',
  ],
);

export const WORDS: readonly ReplyCase[] = [
  ...textCases(...KEPT.map(([name, reply]) => [name, reply, '|\n'] as const)),
  ...textCases(...KEPT.map(([name, reply]) => [`${name}, above a quote`, reply, `|${QUOTE}`] as const)),
  ...TICKETS,
  ...SIGNATURES,
  ...PLACES,
];
