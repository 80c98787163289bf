// What becomes of an accepted mail: the sender's copy, the recipients' copies, and the header fields that Gmail keeps,
// rewrites, adds and takes away.
import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../local/google/google.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { mail } from './raw-client.ts';
import { submit } from './submit.ts';

const clock = { now: Date.UTC(2026, 10, 20, 12) };
const google = useGoogle({ now: () => clock.now });
let sent = 0;

function fields(more: Record<string, string> = {}): Record<string, string> {
  sent += 1;
  const base = { From: shop, To: cara, Subject: `Mail ${sent}`, 'Message-ID': `<m${sent}@shop.example>` };
  return { ...base, Date: 'Fri, 20 Nov 2026 12:00:00 +0000', ...more };
}

function withId(address: string, id: string | undefined, label?: string): StoredMessage[] {
  return google()
    .account(address)
    .messages(label)
    .filter((message) => message.raw.includes(`Message-ID: ${id}\r\n`));
}

const lines = (message: StoredMessage | undefined) => message?.raw.toString().split('\r\n') ?? [];

describe('the copies', () => {
  it('files one in the sender’s Sent and All Mail, seen, and one in the recipient’s INBOX and All Mail, unseen', async () => {
    const made = fields();
    await submit(google(), shop, [cara], mail(made));
    const [own] = withId(shop, made['Message-ID']);
    expect([...(own?.labels ?? [])]).toEqual(['\\Sent']);
    expect([...(own?.flags ?? [])]).toEqual(['\\Seen']);
    expect([...(own?.uids.keys() ?? [])].sort()).toEqual(['[Gmail]/All Mail', '[Gmail]/Sent Mail']);
    const [theirs] = withId(cara, made['Message-ID']);
    expect([...(theirs?.uids.keys() ?? [])].sort()).toEqual(['INBOX', '[Gmail]/All Mail']);
    expect([...(theirs?.flags ?? [])]).toEqual([]);
    expect(own?.msgid).not.toBe(theirs?.msgid);
  });

  it('files our own copy only after the lag, by the injected clock', async () => {
    google().setSentCopyLag(20 * 60_000);
    const made = fields();
    await submit(google(), shop, [cara], mail(made));
    google().setSentCopyLag(0);
    expect(withId(cara, made['Message-ID'])).toHaveLength(1);
    expect(withId(shop, made['Message-ID'])).toHaveLength(0);
    clock.now += 20 * 60_000 - 1;
    expect(withId(shop, made['Message-ID'])).toHaveLength(0);
    clock.now += 1;
    expect(withId(shop, made['Message-ID'], '\\Sent')).toHaveLength(1);
  });

  it('never files it when the lag has no end', async () => {
    google().setSentCopyLag(Number.POSITIVE_INFINITY);
    const made = fields();
    await submit(google(), shop, [cara], mail(made));
    google().setSentCopyLag(0);
    clock.now += 365 * 24 * 3600_000;
    expect(withId(shop, made['Message-ID'])).toHaveLength(0);
  });

  it('keeps one copy in Sent for the same Message-ID and Date, two when the Date differs; the recipient gets each', async () => {
    const made = fields();
    await submit(google(), shop, [cara], mail(made));
    await submit(google(), shop, [cara], mail(made));
    expect(withId(shop, made['Message-ID'])).toHaveLength(1);
    expect(withId(cara, made['Message-ID'])).toHaveLength(2);
    await submit(google(), shop, [cara], mail({ ...made, Date: 'Fri, 20 Nov 2026 13:00:00 +0000' }));
    expect(withId(shop, made['Message-ID'])).toHaveLength(2);
  });

  it('gives a recipient named twice, or by address and alias, one copy', async () => {
    const made = fields({ From: cara });
    await submit(google(), cara, [shop, 'hello@shop.example', 'support+tag@shop.example'], mail(made));
    expect(withId(shop, made['Message-ID'])).toHaveLength(1);
  });

  it('keeps mail from a mailbox to itself as one message, in Sent and INBOX', async () => {
    const made = fields();
    await submit(google(), shop, [shop], mail(made));
    expect(withId(shop, made['Message-ID']).map((own) => [...own.labels])).toEqual([['\\Sent', '\\Inbox']]);
  });

  it('drops mail to other domains into the remote list', async () => {
    const made = fields();
    await submit(google(), shop, ['anna@far.example'], mail(made));
    expect(google().remote.at(-1)).toMatchObject({ from: shop, to: 'anna@far.example' });
    expect(google().remote.at(-1)?.raw.toString()).toContain(`Message-ID: ${made['Message-ID']}`);
  });
});

describe('the header', () => {
  const arrive = async (made: Record<string, string>, to = [cara], body?: string) => {
    await submit(google(), shop, to, mail(made, body));
    return google()
      .account(to[0] ?? '')
      .messages()
      .at(-1);
  };

  it('removes Bcc everywhere, and its address is nowhere in anybody’s copy', async () => {
    const made = fields({ Bcc: 'Secret <secret@far.example>,\r\n other@far.example' });
    const theirs = await arrive(made, [cara, 'secret@far.example', 'other@far.example']);
    const [own] = withId(shop, made['Message-ID']);
    for (const raw of [theirs?.raw, own?.raw, google().remote.at(-1)?.raw]) {
      expect(raw?.toString()).toContain(`Subject: ${made.Subject}`);
      expect(raw?.toString()).not.toMatch(/bcc|secret|other@/i);
    }
  });

  it('keeps a valid Message-ID and replaces a malformed one, showing the original', async () => {
    const kept = await arrive(fields());
    expect(kept?.raw.toString()).not.toContain('X-Google-Original-Message-ID');
    const replaced = lines(await arrive(fields({ 'Message-ID': 'no brackets' })));
    expect(replaced).toContain('X-Google-Original-Message-ID: no brackets');
    expect(replaced.filter((line) => /^Message-ID: <[^@\s]+@mx\.google\.com>$/.test(line))).toHaveLength(1);
  });

  it('rewrites a From that is not ours and keeps its name; an alias stays', async () => {
    const foreign = lines(await arrive(fields({ From: '"The Boss" <boss@bank.example>' })));
    expect(foreign).toContain(`From: "The Boss" <${shop}>`);
    expect(foreign).toContain('X-Google-Original-From: "The Boss" <boss@bank.example>');
    const alias = lines(await arrive(fields({ From: 'Hello <hello@shop.example>' })));
    expect(alias).toContain('From: Hello <hello@shop.example>');
  });

  it('adds From, Date and Message-ID where they are missing', async () => {
    const message = await arrive({ To: cara, Subject: 'bare' });
    expect(lines(message)).toContain(`From: ${shop}`);
    expect(message?.raw.toString()).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r$/m);
    expect(message?.raw.toString()).toMatch(/^Message-ID: <\S+@mx\.google\.com>\r$/m);
  });

  it('puts Gmail’s own verdict directly below its Received line, above all that came with the mail', async () => {
    const forged = 'mx.google.com; dmarc=pass header.from=bank.example';
    const message = await arrive(fields({ 'Authentication-Results': forged }));
    const names = lines(message)
      .filter((line) => /^[A-Z]/.test(line) && line.includes(':'))
      .map((line) => line.slice(0, line.indexOf(':')));
    expect(names.slice(0, 9)).toEqual([
      'Delivered-To',
      'Received',
      'X-Received',
      'ARC-Authentication-Results',
      'Return-Path',
      'Received',
      'Received-SPF',
      'Authentication-Results',
      'Received',
    ]);
    expect(message?.raw.toString()).toMatch(
      /Received: from \[?client\.example\]? .*\r\n\s+by smtp\.gmail\.com with ESMTPSA/,
    );
    expect(message?.raw.toString().match(/dmarc=pass \(p=NONE/g)).toHaveLength(2);
  });

  it('writes the verdict a test asks for, or files the bytes untouched', () => {
    const account = google().account(shop);
    const raw = mail({ From: 'x@bank.example', Subject: 'phish' });
    const failed = account.deliver(raw, { authentication: 'fail', labels: ['\\Junk'] });
    expect(failed.raw.toString()).toContain('dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=bank.example');
    expect([...failed.uids.keys()]).toEqual(['[Gmail]/Spam']);
    expect(account.deliver(raw, { asIs: true }).raw.toString()).toBe(raw);
  });

  it('delivers the body byte for byte: dots, raw UTF-8, trailing blanks, long lines', async () => {
    const body = `.\r\n..\r\n.x\r\nGrüße 😀  \r\n${'y'.repeat(5000)}\r\n\r\n\r\n`;
    const message = await arrive(fields(), [cara], body);
    expect(message?.raw.toString().endsWith(`\r\n\r\n${body}`)).toBe(true);
  });
});

describe('threads', () => {
  const deliver = (of: Record<string, string>) =>
    google()
      .account(shop)
      .deliver(mail({ From: cara, To: shop, ...of }));

  it('joins a reply by References and subject; not when the subject is another', () => {
    const first = deliver({ Subject: 'Order 17', 'Message-ID': '<t1@home.example>' });
    const reply = deliver({
      Subject: 'Re: Order 17',
      'Message-ID': '<t2@home.example>',
      References: '<t1@home.example>',
    });
    const answer = deliver({ Subject: 'AW: Re: Order 17', 'In-Reply-To': '<t2@home.example>' });
    const other = deliver({ Subject: 'Something else', References: '<t1@home.example>' });
    expect(first.thrid).toBe(first.msgid);
    expect([reply.thrid, answer.thrid]).toEqual([first.thrid, first.thrid]);
    expect(other.thrid).toBe(other.msgid);
  });

  it('joins mail without References by subject and people, within a week', () => {
    const first = deliver({ Subject: 'Invoice' });
    expect(deliver({ Subject: 'Re: invoice' }).thrid).toBe(first.thrid);
    expect(deliver({ Subject: 'Invoice', From: 'x@far.example', To: 'y@far.example' }).thrid).not.toBe(first.thrid);
    clock.now += 8 * 24 * 3600_000;
    expect(deliver({ Subject: 'Invoice' }).thrid).not.toBe(first.thrid);
  });
});

it('waits for a message that is still to come, and gives up with a reason', async () => {
  const account = google().account(cara);
  const coming = account.waitForMessage((message) => message.raw.includes('Subject: awaited'), 5000);
  await submit(google(), shop, [cara], mail(fields({ Subject: 'awaited' })));
  expect((await coming).raw.toString()).toContain('Subject: awaited');
  await expect(account.waitForMessage(() => false, 5)).rejects.toThrow('No such message');
});
