// A mail whose end nobody knows, swept over how late its copy comes and how late a search finds it. docs/settling.md holds
// the table that is measured here: npm test -- sweep -u
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, mailsWith, startTestStack, type TestStack } from '../functions/stack.ts';
import { withTables } from '../markdown-tables.ts';
import { startWorldClock, type WorldClock } from './world-clock.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/settling.md', import.meta.url));
const NEVER = 2 ** 40;
const LAGS = [0, 5, 120, 1_200, NEVER].map((seconds) => ({
  seconds,
  name: seconds === NEVER ? 'never' : `${seconds.toLocaleString('en')} s`,
}));

interface Case {
  readonly key: string;
  readonly copy: string;
  readonly index: string;
  readonly polled: boolean;
}

interface End {
  readonly how: string;
  readonly mails: number;
}

const rows: string[] = [];

describe.each([true, false])('a mail cut off after its final dot, with polls: %s', (polled) => {
  let stack: TestStack;
  let clock: WorldClock;

  beforeAll(async () => {
    clock = startWorldClock();
    stack = await startTestStack({ processEnvironment: clock.environment });
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
    clock?.stop();
  });

  it('arrives once where its copy comes within 15 minutes, however late a search finds it', async () => {
    const cases = await sendAll();
    for (let minute = 1; minute <= 40; minute += 1) {
      clock.advance(60_000);
      if (polled) await stack.invoke('PollRepliesFunction', {});
      await stack.invoke('ReleaseWaitingFunction', {});
      await stack.aws.idle();
    }
    const ends = await Promise.all(cases.map(async (one) => ({ ...one, ...(await endOf(one)) })));
    for (const lag of LAGS) {
      const same = ends.filter(({ copy }) => copy === lag.name);
      const [{ how, mails } = { how: '', mails: 0 }] = same;
      // The index may lag as it likes: the newest headers are read too.
      expect(same.map((end) => [end.how, end.mails])).toEqual(same.map(() => [how, mails]));
      expect(mails).toBe(lag.seconds < 900 ? 1 : 2);
      rows.push(`| ${lag.name} | any | ${polled ? 'yes' : 'no'} | ${how} | ${mails} |`);
    }
  }, 120_000);

  async function sendAll(): Promise<Case[]> {
    const cases: Case[] = [];
    for (const copy of LAGS) {
      for (const index of LAGS) {
        const key = `copy ${copy.name}, index ${index.name}`;
        stack.google.setSentCopyLag(copy.seconds * 1_000);
        stack.google.setSearchIndexLag(index.seconds * 1_000);
        stack.google.faults.smtp({ at: 'after-dot', do: 'cut' });
        const { outcome } = await stack.send({ idempotencyKey: key, text: `${key}.` });
        expect(outcome).toMatchObject({ kind: 'unknown', dueAt: expect.any(Number) });
        cases.push({ key, copy: copy.name, index: index.name, polled });
      }
    }
    return cases;
  }

  async function endOf({ key }: Case): Promise<End> {
    const item = await stack.item(key);
    expect(item).toMatchObject({ state: 'sent', outcome: { settledBy: expect.any(String) } });
    return { how: String(Object(item?.outcome).settledBy), mails: mailsWith(stack, ADA, `${key}.`).length };
  }
});

describe('docs/settling.md', () => {
  it('says what was measured', async () => {
    const head =
      '| copy in the mailbox after | search finds it after | polls | settled by | mails |\n| --- | --- | --- | --- | --- |';
    const document = withTables(readFileSync(DOCUMENT, 'utf8'), { sweep: `${head}\n${rows.join('\n')}` });
    await expect(document).toMatchFileSnapshot(DOCUMENT);
  });
});
