// The consent page in a real Chromium: a person gets through it by keyboard alone, and axe finds no fault in it, in
// light and in dark.
import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cara, shop, useGoogle } from '../local/google/google-fixture.ts';
import { mailScope } from '../local/google/oauth-requests.ts';
import { findChromium, launchChromium, violationsOf } from './chromium.ts';

const executable = await findChromium();
const google = useGoogle();
let browser: Browser;
let program: Server;
let page: Page;

beforeAll(async () => {
  if (executable === undefined) return;
  browser = await launchChromium(executable);
  program = createServer((_, response) => response.end('back'));
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
});
afterEach(() => page?.close());
afterAll(async () => {
  await browser?.close();
  program?.close();
});

async function open(more: Record<string, string> = {}, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  const address = program.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const query = {
    client_id: google().client.clientId,
    redirect_uri: `http://127.0.0.1:${port}/`,
    response_type: 'code',
    scope: `${mailScope} openid email`,
    state: 'st',
    ...more,
  };
  page = await browser.newPage({ colorScheme });
  await page.goto(`${google().endpoints.oauth}/o/oauth2/v2/auth?${new URLSearchParams(query)}`);
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** What the program got back. */
async function back(): Promise<URLSearchParams> {
  await page.waitForURL(({ pathname }) => pathname === '/');
  return new URL(page.url()).searchParams;
}

const focused = () => page.evaluate('document.activeElement.value');

describe.skipIf(executable === undefined)('by keyboard alone', () => {
  it('a person chooses the account, ticks what is asked, and allows', async () => {
    await open();
    await press('Tab');
    expect(await focused()).toBe(shop);
    await press('ArrowDown', 'Tab', 'Space', 'Tab');
    expect(await focused()).toBe('allow');
    await press('Enter');
    const got = await back();
    expect(got.get('scope')).toBe(`${mailScope} openid email`);
    const form = new URLSearchParams({
      ...{
        grant_type: 'authorization_code',
        code: got.get('code') ?? '',
        redirect_uri: page.url().split('?')[0] ?? '',
      },
      ...{ client_id: google().client.clientId, client_secret: google().client.clientSecret },
    });
    const answer = await fetch(`${google().endpoints.oauth}/token`, { method: 'POST', body: form });
    const tokens: unknown = await answer.json();
    const token = typeof tokens === 'object' && tokens !== null && 'access_token' in tokens ? tokens.access_token : '';
    const info = await fetch(`${google().endpoints.oauth}/tokeninfo?access_token=${token}`);
    expect(await info.json()).toMatchObject({ email: cara });
  });

  it('the hinted account is chosen already, and what is left unticked is not granted', async () => {
    await open({ login_hint: cara });
    await press('Tab');
    expect(await focused()).toBe(cara);
    expect(await page.getByRole('radio', { name: cara }).isChecked()).toBe(true);
    await press('Tab', 'Tab', 'Enter');
    expect((await back()).get('scope')).toBe('openid email');
  });

  it('cancelling comes back with access_denied', async () => {
    await open();
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    expect((await back()).get('error')).toBe('access_denied');
  });

  it('allowing without an account says what is missing, and keeps what was ticked', async () => {
    await open();
    await press('Tab', 'Tab', 'Space', 'Tab', 'Enter');
    await page.getByText('Choose the account to continue with.').waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
    await press('Tab', 'Space', 'Enter');
    expect((await back()).get('scope')).toBe(`${mailScope} openid email`);
  });
});

describe.skipIf(executable === undefined)('for everybody', () => {
  it.each(['light', 'dark'] as const)(
    'axe finds nothing in the page, its error, and a refusal, in %s',
    async (scheme) => {
      await open({}, scheme);
      expect(await violationsOf(page)).toEqual([]);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByText('Choose the account to continue with.').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.close();
      await open({ response_type: 'token' }, scheme);
      await page.getByRole('heading', { name: 'Access blocked' }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
    },
  );

  it('focus can be seen, and nothing is fetched from elsewhere', async () => {
    await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    expect(asked).toEqual([page.url()]);
    for (const value of [shop, mailScope, 'allow', 'deny']) {
      await press('Tab');
      expect(await focused()).toBe(value);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outline')).toMatch(/ solid 3px$/);
    }
  });
});
