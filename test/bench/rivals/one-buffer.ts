// A mail with an attachment as it is usually sent: composed as a whole in memory, then written.
import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';

export interface OneBufferEvent {
  /** JSON file of the request. */
  readonly file: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly accessToken: string;
  /** Without it the request is only read: what both ways have in common. */
  readonly isSent: boolean;
}

export async function handler({ file, host, port, user, accessToken, isSent }: OneBufferEvent): Promise<number> {
  const request = JSON.parse(await readFile(file, 'utf8'));
  if (!isSent) return request.attachments.length;
  const attachments = request.attachments.map((attachment: object) => ({ ...attachment, encoding: 'base64' }));
  const composer = new MailComposer({ ...request, from: user, attachments });
  const mail = await composer.compile().build();
  const auth = { type: 'OAuth2', user, accessToken } as const;
  const transporter = createTransport({ host, port, secure: true, auth });
  await transporter.sendMail({ envelope: { from: user, to: [request.to] }, raw: mail });
  return mail.length;
}
