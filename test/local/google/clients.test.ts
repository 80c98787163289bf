// Real clients at the local Gmail's doors: nodemailer on 465 and 587, imapflow, and Python's own libraries. What they
// need decides what the servers must speak.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { mail } from './raw-client.ts';

const google = useGoogle();
const ca = () => readFileSync(google().endpoints.ca);

describe('nodemailer', () => {
  const transport = async (door: 'smtps' | 'smtp', accessToken?: string) =>
    createTransport({
      ...google().endpoints[door],
      secure: door === 'smtps',
      requireTLS: door === 'smtp',
      tls: { ca: ca() },
      auth: { type: 'OAuth2', user: shop, accessToken: accessToken ?? (await google().account(shop).accessToken()) },
    });

  it.each(['smtps', 'smtp'] as const)('sends through %s and gets Gmail’s reply', async (door) => {
    const sender = await transport(door);
    const info = await sender.sendMail({
      from: shop,
      to: [cara, 'nobody@home.example'],
      bcc: 'secret@far.example',
      subject: `Grüße by ${door}`,
      text: '.\n..dots\n',
      attachments: [{ filename: 'ü.bin', content: Buffer.from([0, 255, 13, 10, 46]) }],
    });
    sender.close();
    expect(info.response).toMatch(/^250 2\.0\.0 OK {2}\d{10} \S+ - gsmtp$/);
    expect(info.rejected).toEqual(['nobody@home.example']);
    const arrived = await google()
      .account(cara)
      .waitForMessage((message) => message.raw.includes(info.messageId), 2000);
    expect(arrived.raw.toString()).not.toContain('secret@far.example');
  });

  it('sees a refused token as EAUTH with Gmail’s 535', async () => {
    const sender = await transport('smtps', 'ya29.nothing');
    const failure = await sender.sendMail({ from: shop, to: cara, subject: 'x', text: 'x' }).catch((error) => error);
    sender.close();
    expect(failure).toMatchObject({ code: 'EAUTH', responseCode: 535 });
    expect(failure.response).toContain('5.7.8 Username and Password not accepted');
  });
});

describe('imapflow', () => {
  const connect = async (address: string, accessToken?: string) => {
    const token = accessToken ?? (await google().account(address).accessToken());
    return new ImapFlow({
      ...google().endpoints.imap,
      secure: true,
      tls: { ca: ca() },
      auth: { user: address, accessToken: token },
      logger: false,
    });
  };

  it('finds the folders by use, reads, searches, flags, moves, appends and idles, compressed', async () => {
    const account = google().addAccount({ address: 'flow@many.example' });
    account.deliver(mail({ From: cara, Subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=', 'Message-ID': '<f1@home.example>' }));
    account.deliver(mail({ From: cara, Subject: 'second', 'Message-ID': '<f2@home.example>' }));
    const client = await connect('flow@many.example');
    await client.connect();
    expect(client.capabilities.has('COMPRESS=DEFLATE')).toBe(true);
    const folders = await client.list();
    expect(folders.find((folder) => folder.specialUse === '\\All')?.path).toBe('[Gmail]/All Mail');
    await client.mailboxOpen('INBOX');
    const first = await client.fetchOne(
      '1',
      { envelope: true, bodyStructure: true, threadId: true, labels: true, bodyParts: ['1'] },
      { uid: true },
    );
    expect(first).toMatchObject({
      uid: 1,
      envelope: { subject: 'Grüße', messageId: '<f1@home.example>' },
      emailId: account.messages()[0]?.msgid,
    });
    const text = first ? first.bodyParts?.get('1')?.toString() : undefined;
    expect(text).toBe('Hello\r\n');
    expect(await client.search({ gmraw: 'rfc822msgid:f2@home.example' }, { uid: true })).toEqual([2]);
    expect(await client.search({ header: { 'message-id': '<f2@home.example>' } }, { uid: true })).toEqual([2]);
    await client.messageFlagsAdd('1', ['\\Seen'], { uid: true });
    await client.messageMove('1', '[Gmail]/Trash', { uid: true });
    await client.append('[Gmail]/Drafts', mail({ Subject: 'draft' }), ['\\Draft']);
    expect(account.messages().map((message) => [...message.labels])).toEqual([['\\Trash'], ['\\Inbox'], ['\\Draft']]);
    const news = new Promise<number>((resolve) => client.once('exists', ({ count }) => resolve(count)));
    const idling = client.idle();
    account.deliver(mail({ Subject: 'third' }));
    expect(await news).toBe(2);
    await client.noop();
    await idling;
    await client.logout();
  });

  it('tells a refused token from too many connections', async () => {
    const refused = await connect(shop, 'ya29.nothing');
    const failure = await refused.connect().catch((error) => error);
    expect(failure).toMatchObject({ authenticationFailed: true, serverResponseCode: 'AUTHENTICATIONFAILED' });
    google().addAccount({ address: 'busy@many.example' });
    const clients = await Promise.all(Array.from({ length: 16 }, () => connect('busy@many.example')));
    const ends = await Promise.allSettled(clients.map((client) => client.connect()));
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ authenticationFailed: true, serverResponseCode: 'ALERT' });
    for (const client of clients) client.close();
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
const without = python ? '' : ' (skipped: there is no python3 on this machine)';

describe.skipIf(!python)(`Python’s smtplib, imaplib and poplib${without}`, () => {
  const script = `
import base64, imaplib, json, poplib, smtplib, ssl, sys
ca, smtps, smtp, imap, pop3, user, token, to = sys.argv[1:9]
context = ssl.create_default_context(cafile=ca)
auth = 'user=%s\\x01auth=Bearer %s\\x01\\x01' % (user, token)
said = {}
for name, port in (('smtps', smtps), ('smtp', smtp)):
    if name == 'smtps':
        s = smtplib.SMTP_SSL('127.0.0.1', int(port), context=context, timeout=10)
    else:
        s = smtplib.SMTP('127.0.0.1', int(port), timeout=10)
        s.starttls(context=context)
    s.ehlo()
    said[name] = s.auth('XOAUTH2', lambda challenge=None: auth, initial_response_ok=(name == 'smtps'))[0]
    raw = b'From: %b\\r\\nTo: %b\\r\\nSubject: from python %b\\r\\n\\r\\n.dot\\r\\n' % (user.encode(), to.encode(), name.encode())
    said[name + '-refused'] = s.sendmail(user, [to], raw)
    s.quit()
m = imaplib.IMAP4_SSL('127.0.0.1', int(imap), ssl_context=context, timeout=10)
m.authenticate('XOAUTH2', lambda challenge: auth.encode())
said['list'] = [line.decode() for line in m.list()[1]]
said['select'] = m.select('"[Gmail]/Sent Mail"', readonly=True)[0]
said['search'] = m.uid('SEARCH', 'SUBJECT', '"from python"')[1][0].decode()
said['fetch'] = m.fetch('1', '(BODY.PEEK[TEXT])')[1][0][1].decode()
said['append'] = m.append('INBOX', r'(\\Seen)', None, b'Subject: appended\\r\\n\\r\\nx')[0]
m.select('INBOX')
said['store'] = m.store('1', '+X-GM-LABELS', '(Python)')[0]
said['status'] = m.status('Python', '(MESSAGES)')[1][0].decode()
m.logout()
p = poplib.POP3_SSL('127.0.0.1', int(pop3), context=context, timeout=10)
said['capa'] = sorted(p.capa())
p._shortcmd('AUTH XOAUTH2')
p._shortcmd(base64.b64encode(auth.encode()).decode())
said['uidl'] = len(p.uidl()[1])
said['retr'] = [line.decode() for line in p.retr(1)[1]]
said['quit'] = p.quit().decode()
print(json.dumps(said))
`;

  it('log in with XOAUTH2, send on both ports, read by both protocols, label and append', async () => {
    const account = google().addAccount({ address: 'py@many.example' });
    const { ca: file, smtps, smtp, imap, pop3 } = google().endpoints;
    const ports = [smtps, smtp, imap, pop3].map(({ port }) => String(port));
    const child = spawn('python3', ['-c', script, file, ...ports, account.address, await account.accessToken(), cara]);
    const [out, problem] = [child.stdout, child.stderr].map(async (stream) => {
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part);
      return Buffer.concat(parts).toString();
    });
    expect(await problem).toBe('');
    expect(JSON.parse((await out) ?? '')).toEqual({
      smtps: 235,
      'smtps-refused': {},
      smtp: 235,
      'smtp-refused': {},
      list: expect.arrayContaining(['(\\HasNoChildren \\All) "/" "[Gmail]/All Mail"']),
      select: 'OK',
      search: '1 2',
      fetch: '.dot\r\n',
      append: 'OK',
      store: 'OK',
      status: '"Python" (MESSAGES 1)',
      capa: ['EXPIRE', 'LOGIN-DELAY', 'RESP-CODES', 'SASL', 'TOP', 'UIDL', 'USER', 'X-GOOGLE-RICO'],
      uidl: 1,
      retr: ['Subject: appended', '', 'x'],
      quit: '+OK Farewell.',
    });
  });
});
