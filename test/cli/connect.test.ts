// `mailroom connect` and `disconnect`, the real binary against the local stack; the person's part is played over HTTP.
// test/browser plays it in a real browser.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve } from '../../local/google/authorise.ts';
import { startTestStack, storeMalformedProfile, type TestStack } from '../functions/stack.ts';
import { consent, consentUrlOf, linkOf, visit } from './consent.ts';
import { type Ended, type Running, runMailroom, startMailroom } from './run-mailroom.ts';

const OPS = 'ops@shop.example';
const BOSS = 'boss@shop.example';

describe('mailroom connect', () => {
  let stack: TestStack;
  let folder: string;
  let client: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailroom-connect-'));
    stack = await startTestStack({ mailboxes: [] });
    stack.google.addAccount({ address: OPS, aliases: ['orders@shop.example'] });
    stack.google.addAccount({ address: BOSS });
    client = await storeClient('client.json', { installed: clientOf(stack) });
  });

  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const storeClient = async (name: string, content: object): Promise<string> => {
    await writeFile(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const start = (...args: string[]): Running => startMailroom(stack, ['connect', ...args, '--no-browser']);
  const grantOf = async (id: string) => {
    const { SecretString = '' } = await stack.secrets.send(
      new GetSecretValueCommand({ SecretId: `Mailroom/grants/${id}` }),
    );
    return JSON.parse(SecretString);
  };
  const profileOf = async (id: string) => {
    const get = new GetCommand({ TableName: stack.output('MailboxesTable'), Key: { key: `${id}#profile` } });
    return (await stack.db.send(get)).Item;
  };
  const isStored = async (id: string): Promise<boolean> => {
    const grant = await grantOf(id).catch(() => undefined);
    return grant !== undefined || (await profileOf(id)) !== undefined;
  };
  const problemOf = ({ json }: Ended) => json().at(-1)?.error;

  it('needs an OAuth client the first time, and says which', async () => {
    const { exitCode, stderr } = await start('ops', '--address', OPS).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^CLIENT_MISSING: .+\n.*Desktop app/);
  });

  it.each([
    ['a client for web servers', { web: { client_id: 'a', client_secret: 'b' } }, /Web application/],
    ['something else', { hello: 1 }, /no OAuth client/],
  ])('refuses %s before a browser is opened', async (_name, content, reason) => {
    const file = await storeClient('other.json', content);
    const { exitCode, stderr } = await start('ops', '--address', OPS, '--client', file).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^CLIENT_MALFORMED/);
    expect(stderr).toMatch(reason);
  });

  it('asks for an address where nobody gave one, and refuses what is no mailbox id', async () => {
    expect((await start('ops', '--client', client).ended).stderr).toMatch(/^USAGE: .+\ngive --address/);
    expect((await start('No Id', '--address', OPS, '--client', client).ended).exitCode).toBe(2);
  });

  it('stores nothing when the person says no', async () => {
    const command = start('ops', '--address', OPS, '--client', client, '--json');
    const page = await consent(command, OPS, { decision: 'deny' });
    expect(page.html).toContain('you did not allow it');
    const ended = await command.ended;
    expect([ended.exitCode, problemOf(ended)]).toEqual([1, expect.objectContaining({ code: 'CONSENT_DENIED' })]);
    expect(await isStored('ops')).toBe(false);
  });

  it('stores nothing of another account, and says so without naming it', async () => {
    const command = start('ops', '--address', OPS, '--client', client);
    const page = await consent(command, BOSS);
    expect(page.html).toContain(`You chose ${BOSS}, but ${OPS} is to be connected`);
    await command.waitFor(/another account than the expected one was chosen; nothing was stored/);
    command.interrupt();
    const { exitCode, stderr } = await command.ended;
    expect([exitCode, stderr]).toEqual([130, expect.not.stringContaining(BOSS)]);
    expect(await isStored('ops')).toBe(false);
  });

  it('says of an alias that its primary account is to be connected', async () => {
    const command = start('ops', '--address', 'orders@shop.example', '--client', client);
    const page = await consent(command, OPS);
    expect(page.html).toContain(`connect ${OPS} instead`);
    await command.waitFor(/of an alias, .+ connect the primary account/);
    command.interrupt();
    await command.ended;
  });

  it('stores nothing without access to mail', async () => {
    const command = start('ops', '--address', OPS, '--client', client);
    const page = await consent(command, OPS, { without: ['https://mail.google.com/'] });
    expect(page.html).toContain('access to mail was left out');
    await command.waitFor(/without which no mail can be sent or read; nothing was stored/);
    command.interrupt();
    await command.ended;
    expect(await isStored('ops')).toBe(false);
  });

  it('ends when the person closes the tab, at its time or by Ctrl-C', async () => {
    const late = await start('ops', '--address', OPS, '--client', client, '--timeout', '1').ended;
    const waited = /Waiting for the answer, 1 s at most; Ctrl-C ends it\.\n.*CONSENT_UNANSWERED/s;
    expect([late.exitCode, late.stderr]).toEqual([1, expect.stringMatching(waited)]);
    const command = start('ops', '--address', OPS, '--client', client);
    await consentUrlOf(command);
    command.interrupt();
    expect((await command.ended).exitCode).toBe(130);
    expect(await isStored('ops')).toBe(false);
  });

  it('takes the right account after a wrong one, on the page itself', async () => {
    const command = start('ops', '--address', OPS, '--client', client, '--name', 'Shop', '--json');
    const wrong = await consent(command, BOSS);
    const page = await visit(await approve(linkOf(wrong), OPS));
    expect(page.html).toContain('Connected');
    expect(page.url.search).toBe('');
    const { exitCode, json } = await command.ended;
    expect(exitCode).toBe(0);
    expect(json().at(-1)).toMatchObject({
      kind: 'connected',
      mailbox: 'ops',
      notes: [],
      troubles: [],
      testMail: { kind: 'kept', isMessageIdKept: true, isFromKept: true },
    });
    expect(await profileOf('ops')).toMatchObject({ address: OPS, name: 'Shop', plan: 'workspace', protocol: 'imap' });
  });

  it('can send and read at once with the grant', async () => {
    const outcome = (await stack.send({ mailbox: 'ops', idempotencyKey: 'first' })).outcome;
    expect(outcome).toMatchObject({ kind: 'sent' });
    const headers = `From: ada@customer.example\r\nTo: ${OPS}\r\nSubject: Re: Hello\r\nMessage-ID: <re-1@customer.example>`;
    stack.google.account(OPS).deliver(`${headers}\r\nIn-Reply-To: ${outcome?.messageId}\r\n\r\nThank you.\r\n`);
    await stack.invoke('PollRepliesFunction', {});
    const [message] = await stack.receive('RepliesUrl');
    expect(JSON.parse(message?.Body ?? '{}')).toMatchObject({ mailbox: 'ops', text: 'Thank you.' });
  });

  it('knows the client from then on, and keeps what was set, when it is connected again', async () => {
    const before = await grantOf('ops');
    const command = start('ops', '--no-test-mail', '--json');
    await consent(command, OPS);
    const { exitCode, json } = await command.ended;
    expect([exitCode, json().at(-1)]).toEqual([0, expect.not.objectContaining({ testMail: expect.anything() })]);
    expect((await grantOf('ops')).refreshToken).not.toBe(before.refreshToken);
    expect(await profileOf('ops')).toMatchObject({ name: 'Shop' });
    expect((await stack.send({ mailbox: 'ops', idempotencyKey: 'again' })).outcome).toMatchObject({ kind: 'sent' });
  });

  it('refuses another account under an id that has one', async () => {
    const { exitCode, stderr } = await start('ops', '--address', BOSS).ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^ADDRESS_TAKEN: .+ another address\n/)]);
  });

  it.each([
    ['--port', '99999'],
    ['--timeout', 'abc'],
    ['--timeout', '9999999999'],
    ['--read-since', 'soon'],
    ['--read-since', '0900-01-01'],
  ])('refuses %s %s, and says what it takes', async (option, value) => {
    const { exitCode, stderr } = await start('ops', option, value).ended;
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^USAGE: --[\w-]+:? .*is no (whole number|time)/)]);
  });

  it('connects where a mail server cannot be reached from this machine, and says what it could not see', async () => {
    await stack.google.stop('imap');
    const command = start('ops', '--json');
    await consent(command, OPS);
    const { exitCode, json } = await command.ended;
    await stack.google.restart('imap');
    expect(exitCode).toBe(0);
    expect(json().at(-1)).toMatchObject({
      kind: 'connected',
      notes: [{ code: 'IMAP_UNREACHABLE' }],
      // The functions cannot reach it either, and try again.
      troubles: [{ what: 'the first poll', code: 'IMAP_UNREACHABLE' }],
      testMail: { kind: 'not-checked', code: 'IMAP_UNREACHABLE' },
    });
  });

  it('connects a mailbox that is read by POP3', async () => {
    stack.google.addAccount({ address: 'pop@shop.example' });
    const command = start(
      'pop',
      '--address',
      'pop@shop.example',
      '--protocol',
      'pop3',
      '--read-since',
      '2026-11-21',
      '--json',
    );
    await consent(command, 'pop@shop.example');
    const { exitCode, json } = await command.ended;
    expect(exitCode).toBe(0);
    expect(json().at(-1)).toMatchObject({ kind: 'connected', notes: [], testMail: { kind: 'accepted' } });
    expect(await profileOf('pop')).toMatchObject({ protocol: 'pop3', readSince: Date.UTC(2026, 10, 21) });
  });

  it('refuses a second mailbox of the same account', async () => {
    const { exitCode, stderr } = await start('twin', '--address', OPS.toUpperCase()).ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^ADDRESS_TAKEN: .+ ops\n/)]);
  });

  it('shows that a link of another try has expired', async () => {
    const command = start('ops', '--no-test-mail');
    const back = await approve(await consentUrlOf(command), OPS);
    const forged = new URL(back);
    forged.searchParams.set('state', 'guessed');
    expect((await visit(forged)).status).toBe(410);
    expect((await visit(back)).html).toContain('Connected');
    expect((await command.ended).exitCode).toBe(0);
  });

  it('stores nothing where a login is refused', async () => {
    stack.google.addAccount({ address: 'closed@shop.example' }).setImapEnabled(false);
    const command = start('closed', '--address', 'closed@shop.example', '--json');
    const page = await consent(command, 'closed@shop.example');
    expect(page.html).toContain('Not connected');
    const ended = await command.ended;
    expect([ended.exitCode, problemOf(ended)]).toEqual([1, expect.objectContaining({ code: 'READING_DISABLED' })]);
    expect(await isStored('closed')).toBe(false);
  });

  it('says when a grant ends in seven days, because the consent screen is in Testing', async () => {
    stack.google.setPublishing('testing');
    const command = start('ops', '--no-test-mail');
    await consent(command, OPS);
    stack.google.setPublishing('production');
    const { exitCode, stdout } = await command.ended;
    expect([exitCode, stdout]).toEqual([4, expect.stringMatching(/This grant ends on \d{4}-\d\d-\d\d\. .*Testing/)]);
  });

  it('is read at once, whatever kept it from being read before; and says where it is not', async () => {
    const connectAgain = async (reading: object) => {
      const Item = { key: 'ops#reading', address: OPS, ...reading };
      await stack.db.send(new PutCommand({ TableName: stack.output('MailboxesTable'), Item }));
      const command = start('ops', '--no-test-mail', '--json');
      await consent(command, OPS);
      const { exitCode, json } = await command.ended;
      return [exitCode, json().at(-1)?.troubles];
    };
    const holdUntil = Date.now() + 3_600_000;
    for (const holdCode of ['AUTHENTICATION_REFUSED', 'READING_DISABLED', 'TOKEN_UNAVAILABLE'])
      expect(await connectAgain({ holdUntil, holdCode })).toEqual([0, []]);
    const what = 'the first poll';
    const busy = { what, code: 'BANDWIDTH_EXCEEDED', text: expect.stringContaining('by itself') };
    expect(await connectAgain({ holdUntil, holdCode: 'BANDWIDTH_EXCEEDED' })).toEqual([0, [busy]]);
    const broken = { what, code: 'RECORD_MALFORMED', text: expect.any(String) };
    expect(await connectAgain({ readTo: 'nowhere' })).toEqual([4, [broken]]);
    expect(await connectAgain({})).toEqual([0, []]);
  });

  it('writes a profile anew that cannot be read, as the doctor says', async () => {
    await storeMalformedProfile(stack, 'broken');
    stack.google.addAccount({ address: 'broken@shop.example' });
    expect((await start('broken').ended).stderr).toMatch(/cannot be read .+ written anew\nUSAGE: .+\ngive --address/);
    const command = start('broken', '--address', 'broken@shop.example', '--no-test-mail', '--json');
    await consent(command, 'broken@shop.example');
    expect((await command.ended).exitCode).toBe(0);
    expect(await profileOf('broken')).toMatchObject({ address: 'broken@shop.example', plan: 'workspace' });
  });

  it('asks before it disconnects', async () => {
    const { exitCode, stderr } = await runMailroom(stack, ['disconnect', 'ops']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(await isStored('ops')).toBe(true);
  });

  it('disconnects: the grant is dead at Google, and nothing of it is left', async () => {
    const { refreshToken } = await grantOf('ops');
    const { exitCode, json } = await runMailroom(stack, ['disconnect', 'ops', '--yes', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toEqual([{ kind: 'disconnected', mailbox: 'ops', revocation: { kind: 'revoked' } }]);
    expect(await isStored('ops')).toBe(false);
    const { clientId, clientSecret } = stack.google.client;
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    });
    const answer = await fetch(`${stack.google.endpoints.oauth}/token`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await stack.send({ mailbox: 'ops', idempotencyKey: 'gone' })).errorType).toBe('MAILBOX_UNKNOWN');
  });

  it('says of a mailbox that is not there that it is not', async () => {
    const { exitCode, stderr } = await runMailroom(stack, ['disconnect', 'ops', '--yes']);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^MAILBOX_UNKNOWN/)]);
  });

  it('connects again at once after that, and mail goes out', async () => {
    const command = start('ops', '--address', OPS, '--json');
    await consent(command, OPS);
    expect((await command.ended).exitCode).toBe(0);
    expect((await stack.send({ mailbox: 'ops', idempotencyKey: 'back' })).outcome).toMatchObject({ kind: 'sent' });
  });

  it('says what it could not revoke, and deletes the grant all the same', async () => {
    stack.google.faults.oauth({ at: 'revoke', do: 'cut', times: 9 });
    const { exitCode, stdout } = await runMailroom(stack, ['disconnect', 'ops', '--yes']);
    stack.google.faults.clear();
    expect([exitCode, stdout]).toEqual([4, expect.stringMatching(/could NOT be revoked .+myaccount\.google\.com/)]);
    expect(await isStored('ops')).toBe(false);
  });
});

function clientOf({ google }: TestStack): object {
  return { client_id: google.client.clientId, client_secret: google.client.clientSecret };
}
