// What a mail is, beside what it says: who proved to have sent it, which kind it is, what it answers or gives back.
import type { Email } from 'postal-mime';
import type { MailContent } from '../core/mail-content.ts';
import { readCalendar } from './calendar.ts';
import { readDeliveryStatus } from './delivery-status.ts';
import { kindOfMail } from './mail-kind.ts';
import type { ParsedMail } from './mail-parts.ts';
import { authenticate, NOT_EVALUATED } from './sender-authentication.ts';

type MailDetails = Pick<MailContent, 'kind' | 'authentication' | 'deliveryStatus' | 'calendar'>;

const MAX_BODY_BYTES = 256 * 1024;

/** Never fails: a detail that cannot be read is left out, and the mail is read without it. */
export function readMailDetails(email: Email, text: string, raw: Uint8Array): MailDetails {
  const parts = email.attachments;
  const mail: ParsedMail = { headers: email.headers, parts, text: text || (parts.length > 0 ? '' : bodyOf(raw)) };
  const deliveryStatus = attempt(() => readDeliveryStatus(mail), undefined);
  const calendar = deliveryStatus === undefined ? attempt(() => readCalendar(mail), undefined) : undefined;
  return {
    kind: attempt(() => kindOfMail(mail, email.subject ?? '', { deliveryStatus, calendar }), 'reply'),
    authentication: attempt(() => authenticate(email.headers), NOT_EVALUATED),
    ...(deliveryStatus !== undefined && { deliveryStatus }),
    ...(calendar !== undefined && { calendar }),
  };
}

/** Where a mail's parts are not delimited as it says, its body is still there to be read. */
function bodyOf(raw: Uint8Array): string {
  const text = new TextDecoder().decode(raw.subarray(0, MAX_BODY_BYTES));
  const blank = /\r?\n\r?\n/.exec(text);
  return blank === null ? '' : text.slice(blank.index);
}

/** The readers bound their work and check their input; what they still throw must not take the mail with it. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
