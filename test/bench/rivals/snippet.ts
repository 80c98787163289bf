// What most tutorials paste into a Lambda: a transport of nodemailer for each invocation, which fetches an access token.
import { createTransport } from 'nodemailer';

export interface SnippetEvent {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth: { user: string; clientId: string; clientSecret: string; refreshToken: string; accessUrl: string };
  readonly to: string;
}

export async function handler({ host, port, secure, auth, to }: SnippetEvent): Promise<string> {
  // `service: 'gmail'` stands for host, port and secure; here they lead over the bench's wire.
  const transporter = createTransport({ host, port, secure, auth: { type: 'OAuth2', ...auth } });
  const info = await transporter.sendMail({ from: auth.user, to, subject: 'Hello', text: 'Hello' });
  return info.response;
}
