// Sends one mail through the real SMTP door, for tests of what becomes of it.
import type { LocalGoogle } from '../../../local/google/google.ts';
import { smtpLoggedIn } from './raw-client.ts';

export async function submit(google: LocalGoogle, from: string, to: readonly string[], raw: string): Promise<string> {
  const client = await smtpLoggedIn(google, from);
  try {
    await client.smtp(`MAIL FROM:<${from}> SMTPUTF8`);
    for (const recipient of to) await client.smtp(`RCPT TO:<${recipient}>`);
    await client.smtp('DATA');
    // RFC 5321 4.5.2: the sender doubles a leading dot.
    return await client.smtp(`${raw.replace(/^\./gm, '..')}.`);
  } finally {
    client.end();
  }
}
