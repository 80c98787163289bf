// Mailroom on one machine: the synthesised stack on the local AWS, beside the local Gmail or other mail servers.
import { type AwsOptions, type LocalAws, startAws } from './aws/aws.ts';
import { captureSecret } from './aws/capture.ts';
import { connectMailbox, type MailboxToConnect } from './connect.ts';
import type { FaultScript } from './fault-proxy/fault.ts';
import { startProxies } from './fault-proxy/proxied-servers.ts';
import { type GoogleOptions, type LocalGoogle, startGoogle } from './google/google.ts';

/** Mail servers as `.local/endpoints.json` describes them. */
export interface GoogleServers {
  /** Base URL of the OAuth server. */
  readonly oauth: string;
  readonly smtps: { readonly host: string; readonly port: number };
  readonly smtp: { readonly host: string; readonly port: number };
  readonly imap: { readonly host: string; readonly port: number };
  /** Of servers that have it; mailboxes that are read by POP3 need it. */
  readonly pop3?: { readonly host: string; readonly port: number };
  /** PEM file of the authority that signed the servers' certificates. */
  readonly ca: string;
}

export interface LocalMailroomOptions extends AwsOptions {
  /** `starttls` sends on the port for it, 587 at Gmail. Default: `implicit`. */
  readonly smtpTls?: 'implicit' | 'starttls';
  readonly google?: GoogleOptions;
  /** Other mail servers, which know the local Google's tokens. */
  readonly mailServers?: ((google: LocalGoogle) => Promise<GoogleServers>) | undefined;
  /** What goes wrong between the stack and the mail servers, by a proxy before them. */
  readonly faults?: FaultScript | undefined;
  /** Connected at the start. Default: one, `support`. */
  readonly mailboxes?: readonly MailboxToConnect[];
}

export interface LocalMailroom {
  readonly aws: LocalAws;
  readonly google: LocalGoogle;
  readonly mailboxes: readonly MailboxToConnect[];
  /** Addresses of people who write to the mailboxes. */
  readonly customers: readonly string[];
  stop(): Promise<void>;
}

export const SUPPORT: MailboxToConnect = { id: 'support', address: 'support@shop.example', name: 'Shop support' };
const CUSTOMERS = ['ada@customer.example', 'grace@customer.example'] as const;

export async function startLocalMailroom(options: LocalMailroomOptions): Promise<LocalMailroom> {
  const { mailboxes = [SUPPORT], smtpTls = 'implicit' } = options;
  const google = await startGoogle(options.google);
  let aws: LocalAws | undefined;
  try {
    for (const { address, name } of mailboxes) google.addAccount({ address, ...(name !== undefined && { name }) });
    for (const address of CUSTOMERS) google.addAccount({ address });
    const servers = (await options.mailServers?.(google)) ?? google.endpoints;
    aws = await startBehind(options.faults, servers, smtpTls, options);
    for (const mailbox of mailboxes) await connectMailbox(google, aws, mailbox);
    return { aws, google, mailboxes, customers: CUSTOMERS, stop: () => stopBoth(google, aws) };
  } catch (error) {
    await stopBoth(google, aws);
    throw error;
  }
}

/** The stack, and between it and the mail servers the proxies of a script, where there is one. */
export async function startBehind(
  script: FaultScript | undefined,
  servers: GoogleServers,
  smtpTls: 'implicit' | 'starttls',
  options: AwsOptions,
): Promise<LocalAws> {
  if (script === undefined) return startStack(servers, smtpTls, options);
  const proxies = await startProxies(servers, script);
  try {
    const aws = await startStack(proxies.servers, smtpTls, options);
    return {
      ...aws,
      async stop() {
        await aws.stop();
        await proxies.stop();
      },
    };
  } catch (error) {
    await proxies.stop();
    throw error;
  }
}

/** The stack alone, with its parameters set to where the mail servers are. */
export function startStack(
  servers: GoogleServers,
  smtpTls: 'implicit' | 'starttls',
  options: AwsOptions,
): Promise<LocalAws> {
  return startAws({
    ...options,
    parameters: { ...stackParameters(servers, smtpTls), ...options.parameters },
    processEnvironment: { NODE_EXTRA_CA_CERTS: servers.ca, ...options.processEnvironment },
  });
}

/** As `cdk deploy --parameters` takes them. */
export function stackParameters(servers: GoogleServers, smtpTls: 'implicit' | 'starttls'): Record<string, string> {
  const smtp = smtpTls === 'implicit' ? servers.smtps : servers.smtp;
  return {
    OauthUrl: servers.oauth,
    ConsentUrl: `${servers.oauth}/o/oauth2/v2/auth`,
    SmtpHost: smtp.host,
    SmtpPort: String(smtp.port),
    SmtpTls: smtpTls,
    ImapHost: servers.imap.host,
    ImapPort: String(servers.imap.port),
    ...(servers.pop3 && { Pop3Host: servers.pop3.host, Pop3Port: String(servers.pop3.port) }),
  };
}

async function stopBoth(google: LocalGoogle, aws: LocalAws | undefined): Promise<void> {
  for (const secret of google.secrets()) captureSecret('issued by Google', secret);
  await aws?.stop();
  await google.stop();
}
