// Where Google is. Defaults are Gmail's; a test or another server of the same protocols may stand elsewhere.
// https://developers.google.com/workspace/gmail/imap/imap-smtp

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface SmtpEndpoint extends Endpoint {
  /** `implicit` TLS from the first byte (465), or `starttls` (587). Never without TLS. */
  readonly tls: 'implicit' | 'starttls';
}

export interface GoogleEndpoints {
  /** Base URL of the OAuth server: `/token` and `/revoke` are under it. */
  readonly oauthUrl: string;
  /** Where the owner of a mailbox consents, in a browser. */
  readonly consentUrl: string;
  readonly smtp: SmtpEndpoint;
  readonly imap: Endpoint;
  readonly pop3: Endpoint;
}

export const GMAIL: GoogleEndpoints = {
  oauthUrl: 'https://oauth2.googleapis.com',
  consentUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  smtp: { host: 'smtp.gmail.com', port: 465, tls: 'implicit' },
  imap: { host: 'imap.gmail.com', port: 993 },
  pop3: { host: 'pop.gmail.com', port: 995 },
};
