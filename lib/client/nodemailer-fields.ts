// What becomes of each field of a mail that nodemailer knows.
import type { SendMailOptions } from 'nodemailer/lib/mailer';
import { refusal } from './nodemailer-refusal.ts';

/**
 * `refused`: it would change what is sent, and Mailroom has no equal for it. `unused`: nothing is lost without it.
 * A field that nodemailer adds does not compile until somebody has decided.
 */
export const FIELDS = {
  from: 'used',
  to: 'used',
  cc: 'used',
  bcc: 'used',
  replyTo: 'used',
  inReplyTo: 'used',
  subject: 'used',
  text: 'used',
  html: 'used',
  attachments: 'used',
  headers: 'used',
  priority: 'used',
  // By nodemailer itself, before the mail is handed over.
  attachDataUrls: 'used',
  disableFileAccess: 'used',
  disableUrlAccess: 'used',
  maxRecipients: 'used',
  signal: 'used',

  alternatives: 'refused',
  amp: 'refused',
  auth: 'refused',
  dkim: 'refused',
  _dkim: 'refused',
  dsn: 'refused',
  envelope: 'refused',
  icalEvent: 'refused',
  list: 'refused',
  otp: 'refused',
  raw: 'refused',
  requireTLSExtensionEnabled: 'refused',
  sender: 'refused',
  watchHtml: 'refused',

  baseBoundary: 'unused',
  boundaryPrefix: 'unused',
  date: 'unused',
  encoding: 'unused',
  messageId: 'unused',
  newline: 'unused',
  normalizeHeaderKey: 'unused',
  references: 'unused',
  ses: 'unused',
  textEncoding: 'unused',
  xMailer: 'unused',
} as const satisfies Record<keyof SendMailOptions, 'used' | 'refused' | 'unused'>;

const REFUSED = Object.entries(FIELDS).flatMap(([field, treatment]) => (treatment === 'refused' ? [field] : []));

/** @throws MailError REQUEST_INVALID naming the field */
export function refuseWhatWouldBeLost(data: Readonly<Record<string, unknown>>): void {
  for (const field of REFUSED) if (isGiven(data[field])) throw refusal(field);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}
