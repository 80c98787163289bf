// What cannot be sent through Mailroom is refused by the name of its field, before anything is sent.
import { MailError } from '../core/errors.ts';

export function refusal(field: string, why = 'cannot be sent through Mailroom'): MailError {
  return new MailError('REQUEST_INVALID', `mail: ${field}: ${why} (docs/moving-from-nodemailer.md)`, {
    details: { field },
  });
}
