// Connects a mailbox: whose it is, the consent of its owner, the logins, the grant, and what Gmail makes of its mail.

import { storeGrant } from '../../lib/aws/grant-store.ts';
import { writeProfile } from '../../lib/aws/profiles.ts';
import { putSecret } from '../../lib/aws/secrets.ts';
import type { MailboxProfile } from '../../lib/core/mailbox.ts';
import type { AccessToken } from '../../lib/core/token.ts';
import type { Authorised, OauthClient } from '../../lib/google/authorisation.ts';
import { refuseSkewedClock } from '../clock-skew.ts';
import type { Context } from '../command.ts';
import { createDeadline } from '../deadline.ts';
import type { Deployment } from '../deployment.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { grantStoreOptions } from '../grant-store-options.ts';
import { Problem } from '../problem.ts';
import { askConsent } from './ask-consent.ts';
import { checkLogins, type LoginNote } from './check-logins.ts';
import { chooseProfile, type ProfileOptions } from './choose-profile.ts';
import { describeConnected } from './describe-connected.ts';
import { firstRuns } from './first-runs.ts';
import { formatClient, readClientFile, readStoredClient } from './oauth-client.ts';
import { openBrowser } from './open-browser.ts';
import { sendTestMail } from './test-mail.ts';

export interface ConnectOptions extends ProfileOptions {
  readonly client?: string | undefined;
  readonly browser: boolean;
  readonly port: number;
  /** Seconds. */
  readonly timeout: number;
  readonly testMail: boolean;
}

/** For the checks and writes after a consent, while the browser waits for its page. */
const ACCEPT_MS = 60_000;
/** How late the copy of a mail may come to be called missing. */
const TEST_MAIL_MS = 90_000;

export async function connect(context: Context, options: ConnectOptions): Promise<ExitCode> {
  checkRange('--port', options.port, 0, 65_535);
  checkRange('--timeout', options.timeout, 1, 86_400);
  const deployment = await context.deployment();
  refuseSkewedClock(deployment);
  const profile = await chooseProfile(context, deployment, options);
  const client =
    options.client === undefined ? await readStoredClient(deployment) : await readClientFile(options.client);
  const { granted, notes } = await grantByBrowser(context, deployment, { profile, client, options });
  const { terminal, signal } = context;
  const runs = await terminal.during('making the first token, and beginning to read', () =>
    firstRuns(context, deployment, profile),
  );
  const testMail = options.testMail
    ? await terminal.during('sending a mail from the mailbox to itself', () =>
        sendTestMail(deployment.outputs, profile, tokenOf(granted, profile), createDeadline(TEST_MAIL_MS, signal)),
      )
    : undefined;
  const { value, text, needsPerson } = describeConnected(context, { profile, granted, notes, runs, testMail });
  terminal.result(value, text);
  return needsPerson ? EXIT.needsPerson : EXIT.done;
}

function checkRange(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new Problem('USAGE', `${option} is no whole number from ${least} to ${most}`, 'see mailroom connect --help');
}

interface Wanted {
  readonly profile: MailboxProfile;
  readonly client: OauthClient;
  readonly options: ConnectOptions;
}

/** Ends when a grant is stored. */
async function grantByBrowser(
  context: Context,
  deployment: Deployment,
  { profile, client, options }: Wanted,
): Promise<{ granted: Authorised; notes: readonly LoginNote[] }> {
  const { terminal, now, signal } = context;
  const { OauthUrl: oauthUrl, ConsentUrl: consentUrl } = deployment.outputs;
  const timeoutMs = options.timeout * 1_000;
  let accepted: { granted: Authorised; notes: readonly LoginNote[] } | undefined;
  await askConsent({
    server: { oauthUrl, consentUrl },
    client,
    mailbox: profile.id,
    address: profile.address,
    port: options.port,
    now,
    deadline: createDeadline(timeoutMs, signal),
    beginAnswer: () => createDeadline(ACCEPT_MS, signal),
    onReady: (url) => openBrowser(terminal, url, { isWanted: options.browser, timeoutMs }),
    onTrouble: ({ message, cure }) => terminal.note(`${message}: ${cure}`),
    async accept(granted) {
      const notes = await terminal.during('checking the logins', () =>
        checkLogins(deployment, profile, tokenOf(granted, profile), createDeadline(ACCEPT_MS, signal)),
      );
      await terminal.during('storing the grant', () => store(context, deployment, { profile, client, granted }));
      accepted = { granted, notes };
    },
  });
  if (accepted === undefined) throw new Error('the consent ended without a grant');
  return accepted;
}

/** The profile last: whoever sees it finds a grant. */
async function store(
  { now, signal }: Context,
  deployment: Deployment,
  { profile, client, granted }: { profile: MailboxProfile; client: OauthClient; granted: Authorised },
): Promise<void> {
  const { secrets, db, outputs } = deployment;
  await putSecret(secrets, outputs.OauthClientSecret, formatClient(client));
  const { refreshToken, refreshTokenExpiresAt } = granted;
  const grant = { type: 'oauth', address: profile.address, ...client, refreshToken, grantedAt: now() } as const;
  await storeGrant(
    grantStoreOptions(deployment, now),
    profile.id,
    refreshTokenExpiresAt === undefined ? grant : { ...grant, refreshTokenExpiresAt },
    createDeadline(ACCEPT_MS, signal),
  );
  await writeProfile(db, outputs.MailboxesTable, profile);
}

/** The one that came with the grant; it is in no secret. */
function tokenOf({ accessToken, expiresAt }: Authorised, { address }: MailboxProfile): AccessToken {
  return { accessToken, expiresAt, address, version: 'connect' };
}
