// Gmail's SMTP replies, word for word as its servers give them (FACTS.md and captured sessions). Clients decide by
// codes and, where Gmail reuses a code, by these texts: so they are data here and nowhere else.
import { randomBytes } from 'node:crypto';

export const maxMessageBytes = 35882577;
export const maxRecipients = 100;
/** RFC 5321 4.5.3.1.4 asks for 512; a 2,048-character token in an AUTH line needs more. */
export const maxCommandBytes = 12 * 1024;

/** The session's id at the end of nearly every line: `… - gsmtp`. */
export function newSessionId(): string {
  return `${randomBytes(7).toString('hex')}-${randomBytes(6).toString('hex')}sm${1e7 + (randomBytes(3).readUIntBE(0, 3) % 8e6)}`;
}

const help = 'https://support.google.com/mail/?p=';

/** One reply of several lines: all but the last with a dash. */
function lines(code: string, enhanced: string, texts: readonly string[]): string {
  return texts.map((text, at) => `${code}${at < texts.length - 1 ? '-' : ' '}${enhanced} ${text}`).join('\r\n');
}

export const replies = {
  greeting: (id: string) => `220 smtp.gmail.com ESMTP ${id} - gsmtp`,
  mailOk: (id: string) => `250 2.1.0 OK ${id} - gsmtp`,
  recipientOk: (id: string) => `250 2.1.5 OK ${id} - gsmtp`,
  goAhead: (id: string) => `354  Go ahead ${id} - gsmtp`,
  accepted: (id: string, at: number) => `250 2.0.0 OK  ${Math.floor(at / 1000)} ${id} - gsmtp`,
  chunkOk: (id: string, bytes: number) => `250 2.0.0 OK ${bytes} octets received ${id} - gsmtp`,
  flushed: (id: string) => `250 2.1.5 Flushed ${id} - gsmtp`,
  noop: (id: string) => `250 2.0.0 OK ${id} - gsmtp`,
  verify: (id: string) => `252 2.1.5 Send some mail, I'll try my best ${id} - gsmtp`,
  help: (id: string) => `214 2.0.0  https://www.google.com/search?btnI&q=RFC+5321 ${id} - gsmtp`,
  readyForTls: () => '220 2.0.0 Ready to start TLS',
  authenticated: () => '235 2.7.0 Accepted',
  bye: (id: string) => `221 2.0.0 closing connection ${id} - gsmtp`,
  credentialsRefused: (id: string) =>
    lines('535', '5.7.8', [
      'Username and Password not accepted. For more information, go to',
      ` ${help}BadCredentials ${id} - gsmtp`,
    ]),
  authenticationRequired: (id: string) =>
    lines('530', '5.7.0', [
      'Authentication Required. For more information, go to',
      ` ${help}WantAuthError ${id} - gsmtp`,
    ]),
  startTlsFirst: (id: string) => `530 5.7.0 Must issue a STARTTLS command first. ${id} - gsmtp`,
  noSuchUser: (id: string) =>
    lines('550', '5.1.1', [
      'The email account that you tried to reach does not exist. Please try',
      "double-checking the recipient's email address for typos or",
      'unnecessary spaces. For more information, go to',
      ` ${help}NoSuchUser ${id} - gsmtp`,
    ]),
  tooLarge: (id: string) =>
    lines('552', '5.2.3', [
      "Your message exceeded Google's message size limits. For more information,",
      'visit',
      ` ${help}MaxSizeError ${id} - gsmtp`,
    ]),
  tooManyRecipients: (id: string) =>
    lines('452', '4.5.3', [
      'Your message has too many recipients. For more information, go to',
      ` ${help}TooManyRecipients ${id} - gsmtp`,
    ]),
  badAddress: (id: string) =>
    lines('553', '5.1.3', [
      'The recipient address is not a valid RFC 5321 address. For more',
      'information, go to',
      ` ${help}InvalidAddress ${id} - gsmtp`,
    ]),
  needsSmtputf8: (id: string) => `553 5.6.7 The address needs the SMTPUTF8 parameter. ${id} - gsmtp`,
  syntax: (id: string) => `555 5.5.2 Syntax error. ${id} - gsmtp`,
  cannotDecode: (id: string) => `501 5.5.2 Cannot Decode response ${id} - gsmtp`,
  authCancelled: (id: string) => `501 5.7.0 Authentication canceled ${id} - gsmtp`,
  unknownMechanism: (id: string) => `504 5.7.4 Unrecognized Authentication Type ${id} - gsmtp`,
  unrecognised: (id: string) =>
    lines('502', '5.5.1', [
      'Unrecognized command. For more information, go to',
      ` https://support.google.com/a/answer/3221692 ${id} - gsmtp`,
    ]),
  helloFirst: (id: string) => `503 5.5.1 EHLO/HELO first. ${id} - gsmtp`,
  mailFirst: (id: string) => `503 5.5.1 MAIL first. ${id} - gsmtp`,
  recipientFirst: (id: string) => `503 5.5.1 RCPT first. ${id} - gsmtp`,
  badSequence: (id: string) => `503 5.5.1 Bad sequence of commands. ${id} - gsmtp`,
  idle: (id: string) => `421 4.4.2 Timeout. Closing connection. ${id} - gsmtp`,
  tooManyFaults: (id: string) =>
    `421 4.7.0 Too many protocol errors (6) on this connection, closing transmission channel. ${id} - gsmtp`,
  internal: (id: string) => `421 4.3.0 Temporary System Problem. Try again later. ${id} - gsmtp`,
} as const;

export function ehlo(peer: string, secure: boolean): string {
  const extensions = [
    `smtp.gmail.com at your service, [${peer}]`,
    `SIZE ${maxMessageBytes}`,
    '8BITMIME',
    secure ? 'AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH' : 'STARTTLS',
    'ENHANCEDSTATUSCODES',
    'PIPELINING',
    'CHUNKING',
    'SMTPUTF8',
  ];
  return extensions.map((text, at) => `250${at < extensions.length - 1 ? '-' : ' '}${text}`).join('\r\n');
}
