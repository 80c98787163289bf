// The desk as a newcomer uses it, in a real Chromium: sees the tour's mail, answers it as the customer, watches the event
// arrive with its context, cuts a connection at the worst moment, and sees one mail all the same.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../local/aws/http-server.ts';
import { type Desk, openDesk } from '../../local/desk/desk.ts';
import { FIRST_MAIL } from '../../local/first-mail.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, startTestStack, type TestStack } from '../functions/stack.ts';
import { findChromium, launchChromium, openTab, photograph, violationsOf } from './chromium.ts';

const executable = await findChromium();
if (executable === undefined)
  console.warn('skipped: no Chromium on the PATH (apt-get install chromium, or CHROMIUM=…)');

describe.skipIf(executable === undefined)('the desk', () => {
  let stack: TestStack;
  let desk: Desk;
  let browser: Browser;
  let page: Page;
  let foreign: string[];

  beforeAll(async () => {
    stack = await startTestStack({ google: { opensAccounts: true } });
    desk = await openDesk(stack.aws, stack.google);
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
    await stack.send({ idempotencyKey: 'first-mail', ...FIRST_MAIL });
    browser = await launchChromium(executable ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await desk?.close();
    await stack?.stop();
  });

  beforeEach(async () => {
    ({ page, foreign } = await openTab(browser));
    await page.goto(desk.url);
    await page.getByRole('heading', { name: 'Customers' }).waitFor();
  });

  afterEach(async () => {
    await page.close();
    expect(foreign).toEqual([]);
  });

  const customers = () => page.getByRole('region', { name: 'Customers' });
  const service = () => page.getByRole('region', { name: 'Your service' });
  const queues = () => page.getByRole('region', { name: 'Queues' });
  const mailbox = () => page.getByRole('article', { name: SUPPORT.id });
  const said = (text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const openMail = (subject: string) => customers().getByRole('button', { name: subject }).first().click();

  async function send(to: string, subject: string): Promise<void> {
    const form = service().locator('form');
    await form.getByLabel('To', { exact: true }).fill(to);
    await form.getByLabel('Subject').fill(subject);
    await form.getByLabel('Text', { exact: true }).fill(`The text of ${subject}`);
    await form.getByRole('button', { name: 'Send' }).click();
  }

  it("shows the tour's mail as its customer sees it, in every way a mail can be looked at", async () => {
    await openMail(FIRST_MAIL.subject);
    const mail = customers().getByRole('article', { name: FIRST_MAIL.subject });
    await mail.frameLocator('iframe').getByText('when should we deliver your order?').waitFor();
    await mail.getByRole('button', { name: 'Text' }).click();
    await mail.getByText('Dear Ada,').waitFor();
    await mail.getByRole('button', { name: 'Headers' }).click();
    await mail.getByText('Message-ID', { exact: true }).waitFor();
    await mail.getByRole('button', { name: 'Source' }).click();
    await mail.getByText('Content-Type: multipart/alternative').waitFor();
  });

  it('answers as the customer, and the event arrives with its context', async () => {
    await openMail(FIRST_MAIL.subject);
    await customers().getByLabel(`Answer as ${ADA}`).fill('Tomorrow would be fine.');
    await customers().getByRole('button', { name: 'Answer', exact: true }).click();
    await said(/Answered: 250/);
    await page.getByRole('button', { name: 'Poll now' }).click();
    await said(/1 routed/);
    const event = queues().getByRole('list', { name: 'Replies' }).getByRole('listitem').first();
    await event.getByText('Tomorrow would be fine.', { exact: true }).first().waitFor();
    expect(await event.textContent()).toContain(JSON.stringify(FIRST_MAIL.context));
    await photograph(page, 'desk');

    await event.getByRole('button', { name: 'Answer as your service' }).click();
    await service().getByLabel('Text', { exact: true }).fill('Then tomorrow it is.');
    await service().getByRole('button', { name: 'Send' }).click();
    await said(/Outcome: sent/);
    await customers()
      .getByRole('button', { name: `Re: ${FIRST_MAIL.subject}` })
      .first()
      .waitFor();
    const [answer = ''] = mailsWith(stack, ADA, 'Then tomorrow it is.');
    expect(answer).toMatch(/^In-Reply-To: </m);
  });

  it('sends once, however often its button is pressed meanwhile', async () => {
    const form = service().locator('form');
    await form.getByLabel('Subject').fill('Impatient');
    await form.getByLabel('Text', { exact: true }).fill('Once');
    await form.getByRole('button', { name: 'Send' }).dblclick();
    await said(/Outcome: sent/);
    await stack.aws.idle();
    await customers().getByRole('button', { name: 'Impatient' }).waitFor();
    expect(mailsWith(stack, ADA, 'Subject: Impatient')).toHaveLength(1);
  });

  it('announces what came of an action, though it is the same as before', async () => {
    const region = page.getByRole('status').nth(1);
    await page.getByRole('button', { name: 'Release what is due now' }).click();
    await said(/went back on the outbox/);
    const first = await region.locator('p').elementHandle();
    await page.getByRole('button', { name: 'Release what is due now' }).click();
    await expect.poll(() => first?.evaluate((notice) => Object(notice).isConnected)).toBe(false);
    await said(/went back on the outbox/);
  });

  it('is cut after DATA, and settles to exactly one mail', async () => {
    await mailbox().getByRole('button', { name: 'Cut after DATA' }).click();
    await said(/cut after the next mail/);
    await send(ADA, 'Cut off');
    await said(/Outcome: unknown/);
    const story = service().getByRole('list', { name: 'Its story' }).first();
    await expect.poll(() => story.textContent()).toMatch(/claimed.*transmitting.*unknown/s);
    await page.getByRole('button', { name: 'Poll now' }).click();
    await expect.poll(() => story.textContent()).toMatch(/unknown.*sent by own-copy/s);
    await stack.invoke('ReleaseWaitingFunction', {});
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, 'The text of Cut off')).toHaveLength(1);
  });

  it('shows why a mailbox sends nothing, and replaces a token that expired', async () => {
    await mailbox().getByRole('button', { name: 'Expire its token' }).click();
    await said(/refused from now on/);
    await send(ADA, 'With a new token');
    await said(/Outcome: sent/);
    await mailbox().getByRole('button', { name: 'At its limit' }).click();
    await said(/550 5.4.5/);
    await send(ADA, 'Over the limit');
    await said(/Outcome: held, QUOTA_EXCEEDED/);
    await mailbox().getByText('QUOTA_EXCEEDED').waitFor();
    await mailbox().getByText(`npx mailroom --local release ${SUPPORT.id}`).waitFor();
    await mailbox().getByRole('button', { name: 'At its limit' }).click();
    await stack.passTime();
  });

  it('opens an inbox for whoever is written to, and lets them write first', async () => {
    await send('bob@elsewhere.example', 'Hello Bob');
    await customers().getByRole('button', { name: 'bob@elsewhere.example' }).click();
    await customers().getByText('Hello Bob').waitFor();
    await customers().getByText('Write a new mail as bob@elsewhere.example').click();
    const form = customers().locator('details form');
    await form.getByLabel('Subject').fill('Out of the blue');
    await form.getByLabel('Text', { exact: true }).fill('Hello?');
    await form.getByRole('button', { name: 'Write' }).click();
    await said(/Written: 250/);
    expect(mailsWith(stack, SUPPORT.address, 'Subject: Out of the blue')).toHaveLength(1);
  });

  it('shows the pictures that came with a mail', async () => {
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const lines = [
      `From: eve@elsewhere.example\r\nTo: ${ADA}\r\nSubject: Pictured`,
      'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n',
      '--r\r\nContent-Type: text/html\r\n\r\n<img alt="A pixel" src="cid:pixel@shop">',
      '--r\r\nContent-Type: image/png\r\nContent-ID: <pixel@shop>\r\nContent-Transfer-Encoding: base64\r\n',
      `${pixel}\r\n--r--\r\n`,
    ];
    stack.google.account(ADA).deliver(lines.join('\r\n'));
    await openMail('Pictured');
    const picture = customers().frameLocator('iframe').getByAltText('A pixel');
    await expect.poll(() => picture.evaluate((image) => Object(image).naturalWidth)).toBe(1);
  });

  it('lets no mail run a script, ask elsewhere or leave its frame', async () => {
    const asked: string[] = [];
    const elsewhere = await startHttpServer(async (request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const html = `<p>Hostile</p><script>parent.document.title = 'taken'</script><img src="${elsewhere.url}/pixel" onerror="top.location='${elsewhere.url}/left'"><form action="${elsewhere.url}/posted"><button>Pay</button></form>`;
    const head = `From: eve@elsewhere.example\r\nTo: ${ADA}\r\nSubject: Hostile\r\nContent-Type: text/html`;
    stack.google.account(ADA).deliver(`${head}\r\n\r\n${html}\r\n`);
    await openMail('Hostile');
    await customers().frameLocator('iframe').getByRole('button', { name: 'Pay' }).click();
    await customers().getByRole('button', { name: 'Source' }).click();
    await customers().getByText('onerror').waitFor();
    expect([await page.title(), page.url()]).toEqual(['Mailroom desk', `${desk.url}/`]);
    expect(asked).toEqual([]);
    await elsewhere.close();
  });

  it('can be used by keyboard alone', async () => {
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
    await press('Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('Queues');
    const seen = new Set<string>();
    for (let step = 0; step < 80 && !seen.has('Poll now'); step += 1) {
      await press('Tab');
      seen.add(await focused());
    }
    expect([...seen]).toEqual(expect.arrayContaining(['Send', 'Poll now', 'Cut after DATA', 'Revoke its grant']));
    await customers().getByRole('button', { name: FIRST_MAIL.subject }).first().focus();
    await press('Enter');
    await customers().getByRole('article').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'keeps the rules of WCAG 2.2 AA, at the width of a phone too, in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await openMail(FIRST_MAIL.subject);
      await customers().getByRole('article').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 640 });
      expect(await violationsOf(page)).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
    },
  );

  it('revokes a grant, and says which command connects the mailbox again', async () => {
    await mailbox().getByRole('button', { name: 'Revoke its grant' }).click();
    await said(/Only connecting it again helps/);
    await stack.passPace();
    await send(ADA, 'Without a grant');
    await said(/Outcome: held/);
    await mailbox().getByText(`npx mailroom --local connect ${SUPPORT.id}`).waitFor();
    await photograph(page, 'desk-revoked');
  });

  it('says so when Mailroom has ended', async () => {
    await desk.close();
    await page.getByText('not connected').waitFor();
    await openMail(FIRST_MAIL.subject);
    await said(/npm run dev has ended/);
    await customers().getByText('Opening …').waitFor({ state: 'detached' });
  });
});
