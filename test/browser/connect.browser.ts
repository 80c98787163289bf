// Connecting a mailbox as a person does: the real binary, a real browser, the local Google's consent pages and ours.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consentUrlOf } from '../cli/consent.ts';
import { type Running, runMailroom, startMailroom } from '../cli/run-mailroom.ts';
import { ADA, startTestStack, type TestStack } from '../functions/stack.ts';
import { findChromium, launchChromium, openTab, photograph, violationsOf } from './chromium.ts';

const OPS = 'ops@shop.example';
const BOSS = 'boss@shop.example';

const executable = await findChromium();
if (executable === undefined)
  console.warn('skipped: no Chromium on the PATH (apt-get install chromium, or CHROMIUM=…)');

describe.skipIf(executable === undefined)('connecting a mailbox in a browser', () => {
  let stack: TestStack;
  let browser: Browser;
  let folder: string;
  let page: Page;
  let foreign: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailroom-browser-'));
    stack = await startTestStack({ mailboxes: [] });
    for (const address of [OPS, BOSS]) stack.google.addAccount({ address });
    const { clientId, clientSecret } = stack.google.client;
    const installed = { client_id: clientId, client_secret: clientSecret };
    await writeFile(join(folder, 'client.json'), JSON.stringify({ installed }));
    browser = await launchChromium(executable ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    ({ page, foreign } = await openTab(browser));
  });

  afterEach(async () => {
    await page.close();
    expect(foreign).toEqual([]);
  });

  const start = (...args: string[]): Running =>
    startMailroom(stack, ['connect', 'ops', '--address', OPS, '--no-browser', ...args]);
  const withClient = () => ['--client', join(folder, 'client.json')];
  const choose = async (account: string, button: 'Allow' | 'Cancel' = 'Allow', withMail = true) => {
    await page.getByRole('radio', { name: account }).check();
    await page.getByRole('checkbox').setChecked(withMail);
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(/\/page\/\d+$/);
  };
  const isReadable = async (heading: string, name: string) => {
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toContain(heading);
    expect(await violationsOf(page)).toEqual([]);
    await photograph(page, name);
  };

  it('shows a refusal, and stores nothing', async () => {
    const command = start(...withClient());
    await page.goto(await consentUrlOf(command));
    expect(await violationsOf(page)).toEqual([]);
    await photograph(page, 'consent');
    await choose(OPS, 'Cancel');
    await isReadable('you did not allow it', 'denied');
    const { exitCode, stderr } = await command.ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('CONSENT_DENIED')]);
    expect((await runMailroom(stack, ['mailboxes', '--json'])).json()).toEqual([]);
  });

  it('offers another try after the wrong account, which connects', async () => {
    const command = start(...withClient());
    await page.goto(await consentUrlOf(command));
    await choose(BOSS);
    await isReadable('another account was chosen', 'wrong-account');
    await page.getByRole('link', { name: `Choose ${OPS}` }).click();
    await choose(OPS);
    await isReadable('Connected', 'connected');
    // Neither the address bar nor the page before holds the code.
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/page\/\d+$/);
    expect((await command.ended).exitCode).toBe(0);
  });

  it('can do all of it by keyboard, a second time for the same mailbox', async () => {
    const command = start();
    await page.goto(await consentUrlOf(command));
    // The account that was asked for is chosen already: on to the box of the scope, and to the button.
    for (const key of ['Tab', 'Tab', 'Space', 'Tab', 'Enter']) await page.keyboard.press(key);
    await isReadable('Connected', 'connected-again');
    expect((await command.ended).exitCode).toBe(0);
  });

  it('leaves nothing behind when the tab is closed', async () => {
    const command = start('--timeout', '2');
    await page.goto(await consentUrlOf(command));
    await page.close();
    const { exitCode, stderr } = await command.ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('CONSENT_UNANSWERED')]);
  });

  it('says that access to mail was left out, and that a page has expired', async () => {
    const command = start('--timeout', '20');
    await page.goto(await consentUrlOf(command));
    await choose(OPS, 'Allow', false);
    await isReadable('access to mail was left out', 'left-out');
    const port = new URL(page.url()).port;
    await page.goto(`http://127.0.0.1:${port}/?state=old&code=old`);
    await isReadable('This link has expired', 'expired');
    command.interrupt();
    expect((await command.ended).exitCode).toBe(130);
  });

  it('connects again after disconnecting, then sends and receives the reply', async () => {
    const ended = await runMailroom(stack, ['disconnect', 'ops', '--yes', '--json']);
    expect(ended.json()).toEqual([expect.objectContaining({ kind: 'disconnected', revocation: { kind: 'revoked' } })]);
    const command = start();
    await page.goto(await consentUrlOf(command));
    await choose(OPS);
    expect((await command.ended).exitCode).toBe(0);
    const { outcome } = await stack.send({ mailbox: 'ops', idempotencyKey: 'browser-1' });
    expect(outcome).toMatchObject({ kind: 'sent' });
    const headers = `From: ${ADA}\r\nTo: ${OPS}\r\nSubject: Re: Hello\r\nMessage-ID: <browser-re@customer.example>`;
    stack.google.account(OPS).deliver(`${headers}\r\nIn-Reply-To: ${outcome?.messageId}\r\n\r\nYes, please.\r\n`);
    await stack.invoke('PollRepliesFunction', {});
    const [reply] = await stack.receive('RepliesUrl');
    expect(JSON.parse(reply?.Body ?? '{}')).toMatchObject({ mailbox: 'ops', text: 'Yes, please.' });
  });
});
