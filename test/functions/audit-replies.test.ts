// The daily audit finds what polls have missed; a replay gives a consumer its events once more; and above fifty mailboxes
// runs share the work.
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import type { Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, startTestStack, type TestStack, until } from './stack.ts';

const HOUR_MS = 3_600_000;

describe('an audit', () => {
  let stack: TestStack;
  let question: string;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('PollRepliesFunction', {});
    question = String((await stack.send({ idempotencyKey: 'question', context: { order: 7 } })).outcome?.messageId);
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const audit = async (event: object = {}) => stack.invoke('AuditRepliesFunction', event);
  const texts = async () => (await stack.receive('RepliesUrl', 0)).map((message) => parseReply(message).text);

  it('routes what no poll has seen, says how much that was, and leaves what is younger to the polls', async () => {
    reply('missed', 2 * HOUR_MS);
    reply('missed in Spam', 50 * HOUR_MS, ['\\Junk']);
    reply('older than it looks', 80 * HOUR_MS);
    // As if a poll had passed over all of them.
    await skipReading();
    reply('young', 60_000);
    expect((await audit()).outcome).toMatchObject({ routed: 2, left: 0, failures: [] });
    expect((await texts()).sort()).toEqual(['missed', 'missed in Spam']);
    expect((await audit()).outcome).toMatchObject({ routed: 0, failures: [] });
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ routed: 1, failures: [] });
    expect(await texts()).toEqual(['young']);
    const metric = stack.log.find((line) => line.includes('"MissedReplies":2'));
    expect(metric).toContain('"Namespace":"Mailroom"');
  });

  it('replays the events since a time, each under its id', async () => {
    reply('to be replayed', 4 * 86_400_000);
    const first = await audit({ replay: { mailbox: 'support', since: Date.now() - 5 * 86_400_000 } });
    // The others were put on the queue within its deduplication interval.
    expect(first.outcome).toMatchObject({ failures: [] });
    expect(await texts()).toContain('to be replayed');
    expect((await audit({ replay: { mailbox: 'support', since: Date.now() - 1_000 } })).outcome).toMatchObject({
      routed: 0,
    });
  });

  it('refuses a replay that it does not understand, by the name of the field', async () => {
    expect(await audit({ replay: { mailbox: 'support', since: 'yesterday' } })).toMatchObject({
      errorType: 'EVENT_INVALID',
      errorMessage: expect.stringContaining('since'),
    });
    expect(await audit({ replay: { mailbox: 'nobody', since: 1 } })).toMatchObject({ errorType: 'MAILBOX_UNKNOWN' });
  });

  it('is not needed where more than fifty mailboxes are read: further runs read the others', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `a-box-${String(index).padStart(2, '0')}`);
    for (const id of ids) await putProfile(id);
    reply('behind sixty others', 0);
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ slices: 1, routed: 0 });
    await until('the other run', async () => (await texts()).includes('behind sixty others'));
    for (const id of ids) await removeProfile(id);
  });

  let count = 0;

  function reply(text: string, ageMs: number, labels = ['\\Inbox']): void {
    count += 1;
    const headers = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <a${count}@customer.example>\r\n`;
    const mail = `${headers}In-Reply-To: ${question}\r\nSubject: Re\r\n\r\n${text}\r\n`;
    stack.google.account(SUPPORT.address).deliver(mail, { labels, internalDate: Date.now() - ageMs });
  }

  /** The next poll starts behind everything that is there. */
  async function skipReading(): Promise<void> {
    await stack.forgetReading();
    await stack.invoke('PollRepliesFunction', {});
  }

  async function putProfile(id: string): Promise<void> {
    const Item = {
      key: `${id}#profile`,
      registry: 'profile',
      id,
      address: `${id}@shop.example`,
      plan: 'workspace',
      protocol: 'imap',
    };
    await stack.db.send(new PutCommand({ TableName: stack.output('MailboxesTable'), Item }));
  }

  async function removeProfile(id: string): Promise<void> {
    await stack.db.send(
      new DeleteCommand({ TableName: stack.output('MailboxesTable'), Key: { key: `${id}#profile` } }),
    );
  }
});

describe('a run that cannot start another', () => {
  it('reads its own mailboxes, and names those that nobody reads', async () => {
    const stack = await startTestStack({ transformTemplate: withoutSlices });
    try {
      const TableName = stack.output('MailboxesTable');
      const ids = Array.from({ length: 60 }, (_, index) => `z-box-${String(index).padStart(2, '0')}`);
      for (const id of ids) {
        const profile = { registry: 'profile', id, address: `${id}@shop.example`, plan: 'workspace', protocol: 'imap' };
        await stack.db.send(new PutCommand({ TableName, Item: { key: `${id}#profile`, ...profile } }));
      }
      const { outcome } = await stack.invoke('PollRepliesFunction', {});
      expect(outcome).toMatchObject({ slices: 0 });
      // The first fifty are support and z-box-00 to z-box-48; those without a grant fail by themselves.
      const failed: { mailbox: string; code: string }[] = Object(outcome).failures;
      const failures = new Map(failed.map(({ mailbox, code }) => [mailbox, code]));
      expect(failures.get('support')).toBeUndefined();
      expect(ids.slice(49).map((id) => failures.get(id))).toEqual(Array(11).fill('UNEXPECTED'));
    } finally {
      await stack.stop();
    }
  });
});

function withoutSlices(template: Template): unknown {
  const kept = Object.entries(template.Resources).filter(([id]) => !id.includes('PollRepliesRoleSlices'));
  return { ...template, Resources: Object.fromEntries(kept) };
}
