// Gmail's IMAP dialogue, byte by byte: login and its refusals, folders, views, flags, labels, and what one session hears
// of another's changes.
import { afterEach, describe, expect, it } from 'vitest';
import { germanNames } from '../../../local/google/google.ts';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { dialTls, imapLoggedIn, mail, oauthbearer, type RawClient, xoauth2 } from './raw-client.ts';

const clock = { now: Date.UTC(2026, 10, 20, 12) };
const google = useGoogle({ now: () => clock.now });
const open: RawClient[] = [];
let people = 0;

async function dial(): Promise<RawClient> {
  const client = await dialTls(google(), 'imap');
  open.push(client);
  await client.until(/^\* OK Gimap ready for requests from .*\r\n/);
  return client;
}

async function login(address: string): Promise<RawClient> {
  const client = await imapLoggedIn(google(), address);
  open.push(client);
  return client;
}

/** A mailbox of its own with so many messages, and a session on it. */
async function mailbox(count: number): Promise<{ address: string; client: RawClient }> {
  people += 1;
  const address = `person${people}@many.example`;
  const account = google().addAccount({ address });
  for (let n = 1; n <= count; n += 1) account.deliver(message(n), { asIs: true });
  return { address, client: await login(address) };
}

const message = (n: number) =>
  mail(
    { From: `Ann <ann${n}@far.example>`, To: shop, Subject: `Number ${n}`, 'Message-ID': `<n${n}@far.example>` },
    `Body ${n}\r\n`,
  );

afterEach(() => {
  for (const client of open.splice(0)) client.end();
});

describe('the login', () => {
  it('shows other capabilities before and after', async () => {
    const client = await dial();
    expect(await client.imap('CAPABILITY')).toBe(
      '* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER\r\na OK Thats all she wrote!\r\n',
    );
    const said = await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(shop, await google().account(shop).accessToken())}`);
    expect(said).toMatch(
      /^\* CAPABILITY IMAP4rev1 .*UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT/,
    );
    expect(said).toContain(`a OK ${shop} authenticated (Success)`);
    expect(said).not.toMatch(/QRESYNC|LITERAL\+/);
  });

  it('takes OAUTHBEARER, and either mechanism as a continuation', async () => {
    const token = await google().account(shop).accessToken();
    for (const [name, response] of [
      ['XOAUTH2', xoauth2(shop, token)],
      ['OAUTHBEARER', oauthbearer(shop, token)],
    ]) {
      const client = await dial();
      client.send(`a AUTHENTICATE ${name}\r\n`);
      expect(await client.until(/\+ \r\n/)).toBe('+ \r\n');
      client.send(`${response}\r\n`);
      expect(await client.until(/a \w+ .*\r\n/)).toContain('a OK');
    }
  });

  it('refuses a bad token with a challenge first, and the session can try again', async () => {
    const client = await dial();
    client.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(shop, 'ya29.x')}\r\n`);
    const challenge = await client.until(/\+ .*\r\n/);
    expect(Buffer.from(challenge.slice(2), 'base64').toString()).toBe(
      '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}',
    );
    client.send('\r\n');
    expect(await client.until(/a .*\r\n/)).toBe('a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n');
    expect(
      await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(shop, await google().account(shop).accessToken())}`),
    ).toContain('a OK');
  });

  it('refuses passwords, and every command that needs a login', async () => {
    const client = await dial();
    expect(await client.imap('LOGIN me secret')).toBe('a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n');
    for (const command of ['SELECT INBOX', 'LIST "" "*"', 'FETCH 1 FLAGS', 'IDLE']) {
      expect(await client.imap(command)).toMatch(/^a BAD Unknown command/);
    }
  });

  it('refuses the 16th connection of an account, and takes one again when one has gone', async () => {
    const { address } = await mailbox(0);
    const clients: RawClient[] = [];
    for (let n = 0; n < 14; n += 1) clients.push(await login(address));
    await expect(login(address)).rejects.toThrow('a NO [ALERT] Too many simultaneous connections. (Failure)');
    await clients[0]?.imap('LOGOUT');
    await clients[0]?.closed();
    expect(await (await login(address)).imap('NOOP')).toBe('a OK Success\r\n');
  });

  it('says goodbye', async () => {
    const client = await login(shop);
    expect(await client.imap('LOGOUT')).toBe('* BYE LOGOUT Requested\r\na OK 73 good day (Success)\r\n');
    await client.closed();
  });
});

describe('folders', () => {
  it('lists Gmail’s folders with their special uses', async () => {
    const { client } = await mailbox(0);
    expect(await client.imap('LIST "" "*"')).toBe(
      [
        '* LIST (\\HasNoChildren) "/" "INBOX"',
        '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
        '* LIST (\\HasNoChildren \\All) "/" "[Gmail]/All Mail"',
        '* LIST (\\HasNoChildren \\Drafts) "/" "[Gmail]/Drafts"',
        '* LIST (\\HasNoChildren \\Important) "/" "[Gmail]/Important"',
        '* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"',
        '* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"',
        '* LIST (\\HasNoChildren \\Flagged) "/" "[Gmail]/Starred"',
        '* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"',
        'a OK Success\r\n',
      ].join('\r\n'),
    );
    expect(await client.imap('LIST "" "%"')).not.toContain('All Mail');
    expect(await client.imap('LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)')).not.toContain('INBOX');
    expect(await client.imap('LIST "" "INBOX" RETURN (STATUS (MESSAGES UIDNEXT))')).toContain(
      '* STATUS "INBOX" (MESSAGES 0 UIDNEXT 1)',
    );
    expect(await client.imap('LIST "" ""')).toContain('(\\Noselect) "/" "/"');
  });

  it('names them in the user’s language, in modified UTF-7 unless UTF8=ACCEPT is on', async () => {
    google().addAccount({ address: 'uli@de.example', folderNames: germanNames });
    const client = await login('uli@de.example');
    const listed = await client.imap('LIST "" "*"');
    expect(listed).toContain('(\\HasNoChildren \\All) "/" "[Gmail]/Alle Nachrichten"');
    expect(listed).toContain('(\\HasNoChildren \\Drafts) "/" "[Gmail]/Entw&APw-rfe"');
    expect(await client.imap('SELECT "[Gmail]/Entw&APw-rfe"')).toContain('a OK [READ-WRITE]');
    expect(await client.imap('ENABLE UTF8=ACCEPT')).toContain('* ENABLED UTF8=ACCEPT');
    expect(await client.imap('LIST "" "*"')).toContain('"[Gmail]/Entwürfe"');
  });

  it('opens one with all that a client must know, read-only by EXAMINE', async () => {
    const { client } = await mailbox(3);
    const said = await client.imap('SELECT INBOX');
    for (const line of [
      /\* 3 EXISTS/,
      /\[UIDVALIDITY \d+\]/,
      /\[UIDNEXT 4\]/,
      /\[HIGHESTMODSEQ \d+\]/,
      /a OK \[READ-WRITE\] INBOX selected/,
    ]) {
      expect(said).toMatch(line);
    }
    const examined = await client.imap('EXAMINE INBOX');
    expect(examined).toContain('[PERMANENTFLAGS ()]');
    expect(examined).toContain('a OK [READ-ONLY]');
    expect(await client.imap('STORE 1 +FLAGS (\\Seen)')).toMatch(/^a NO \[READ-ONLY\]/);
    expect(await client.imap('FETCH 1 BODY[]')).not.toContain('\\Seen');
    expect(await client.imap('FETCH 1 FLAGS')).toContain('FLAGS ()');
  });

  it('gives a folder that does not exist a NO, and leaves nothing selected', async () => {
    const { client } = await mailbox(1);
    await client.imap('SELECT INBOX');
    expect(await client.imap('SELECT Nowhere')).toBe('a NO [NONEXISTENT] Unknown Mailbox: Nowhere (Failure)\r\n');
    expect(await client.imap('FETCH 1 FLAGS')).toMatch(/^a BAD/);
    expect(await client.imap('STATUS INBOX (MESSAGES UNSEEN)')).toContain('* STATUS "INBOX" (MESSAGES 1 UNSEEN 1)');
  });

  it('makes, renames and deletes labels, with a new UIDVALIDITY each time', async () => {
    const { client } = await mailbox(1);
    expect(await client.imap('CREATE Support/Open')).toContain('a OK');
    expect(await client.imap('CREATE Support/Open')).toContain('[ALREADYEXISTS]');
    expect(await client.imap('CREATE "[Gmail]/Mine"')).toContain('[CANNOT]');
    const first = /UIDVALIDITY (\d+)/.exec(await client.imap('SELECT Support/Open'))?.[1];
    expect(await client.imap('RENAME Support/Open Done')).toContain('a OK');
    expect(await client.imap('DELETE Done')).toContain('a OK');
    await client.imap('CREATE Support/Open');
    expect(/UIDVALIDITY (\d+)/.exec(await client.imap('SELECT Support/Open'))?.[1]).not.toBe(first);
  });
});

describe('FETCH', () => {
  it('gives Gmail’s ids, beyond what a double can hold, and the labels but the folder’s own', async () => {
    const { client, address } = await mailbox(1);
    const [stored] = google().account(address).messages();
    await client.imap('EXAMINE INBOX');
    const said = await client.imap('UID FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)');
    expect(said).toContain(`* 1 FETCH (UID 1 X-GM-MSGID ${stored?.msgid} X-GM-THRID ${stored?.thrid} X-GM-LABELS ())`);
    expect(BigInt(stored?.msgid ?? 0)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    await client.imap('EXAMINE "[Gmail]/All Mail"');
    expect(await client.imap('FETCH 1 X-GM-LABELS')).toContain('X-GM-LABELS ("\\\\Inbox")');
  });

  it('marks as read for BODY[] but not for BODY.PEEK[]', async () => {
    const { client } = await mailbox(1);
    await client.imap('SELECT INBOX');
    expect(await client.imap('FETCH 1 BODY.PEEK[]')).not.toContain('\\Seen');
    expect(await client.imap('FETCH 1 BODY[TEXT]')).toBe(
      '* 1 FETCH (BODY[TEXT] {8}\r\nBody 1\r\n FLAGS (\\Seen))\r\na OK Success\r\n',
    );
    expect(await client.imap('NOOP')).toBe('a OK Success\r\n');
  });

  it('cuts out sections, header fields and parts of the bytes', async () => {
    const { client } = await mailbox(2);
    await client.imap('EXAMINE INBOX');
    expect(await client.imap('FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT "from")]')).toContain(
      'BODY[HEADER.FIELDS (SUBJECT "FROM")] {51}\r\nFrom: Ann <ann1@far.example>\r\nSubject: Number 1\r\n\r\n)',
    );
    expect(await client.imap('FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (From To Subject)]')).toContain(
      '{32}\r\nMessage-ID: <n1@far.example>\r\n\r\n)',
    );
    expect(await client.imap('FETCH 1 BODY.PEEK[]<0.4>')).toContain('BODY[]<0> {4}\r\nFrom)');
    expect(await client.imap('FETCH 1 BODY.PEEK[]<9999.4>')).toContain('BODY[]<9999> {0}\r\n)');
    expect(await client.imap('FETCH 1 (RFC822.SIZE BODY.PEEK[1] BODY.PEEK[2] BODY.PEEK[1.MIME])')).toMatch(
      /RFC822\.SIZE \d+ BODY\[1\] \{8\}\r\nBody 1\r\n BODY\[2\] NIL BODY\[1\.MIME\] \{\d+\}\r\nFrom/,
    );
  });

  it('describes a nested mail as RFC 9051 has it', async () => {
    const { client, address } = await mailbox(0);
    const inner = mail({ From: 'i@far.example', Subject: 'Inner' }, 'in\r\n');
    const raw = [
      'Content-Type: multipart/mixed; boundary="b b"\r\n\r\npreamble\r\n--b b\r\nContent-Type: text/html; charset="utf-8"\r\n',
      'Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b b\r\nContent-Type: message/rfc822\r\n\r\n',
      inner,
      '\r\n--b b\r\nContent-Type: application/pdf; name="ü.pdf"\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\nPDF\r\n--b b--\r\nepilogue',
    ].join('');
    google().account(address).deliver(raw, { asIs: true });
    await client.imap('EXAMINE INBOX');
    const said = await client.imap(
      'FETCH 1 (BODYSTRUCTURE BODY.PEEK[1] BODY.PEEK[2.HEADER] BODY.PEEK[2.1] BODY.PEEK[3])',
    );
    expect(said).toContain('BODYSTRUCTURE (("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "BASE64" 4 0 NIL NIL NIL NIL)');
    expect(said).toContain('("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 43 (NIL "Inner" ((NIL NIL "i" "far.example"))');
    expect(said).toContain(
      '("APPLICATION" "PDF" ("NAME" {6}\r\nü.pdf) NIL NIL "7BIT" 3 NIL ("ATTACHMENT" ("FILENAME" "x.pdf")) NIL NIL)',
    );
    expect(said).toContain('"MIXED" ("BOUNDARY" "b b") NIL NIL NIL)');
    expect(said).toMatch(
      /BODY\[1\] \{4\}\r\naGk= BODY\[2\.HEADER\] \{39\}\r\nFrom: i@far\.example\r\nSubject: Inner\r\n\r\n BODY\[2\.1\] \{4\}\r\nin\r\n BODY\[3\] \{3\}\r\nPDF\)/,
    );
  });

  it('gives the last message for n:* even when its UID is below n; nothing in an empty folder', async () => {
    const { client } = await mailbox(3);
    await client.imap('EXAMINE INBOX');
    expect(await client.imap('UID FETCH 900:* FLAGS')).toBe('* 3 FETCH (UID 3 FLAGS ())\r\na OK Success\r\n');
    expect(await client.imap('UID FETCH 900:901 FLAGS')).toBe('a OK Success\r\n');
    expect(await client.imap('FETCH 7 FLAGS')).toMatch(/^a BAD/);
    await client.imap('EXAMINE "[Gmail]/Drafts"');
    expect(await client.imap('FETCH 1:* FLAGS')).toBe('a OK Success\r\n');
    expect(await client.imap('UID FETCH 1:* FLAGS')).toBe('a OK Success\r\n');
  });

  it('gives what changed since a mod-sequence', async () => {
    const { client } = await mailbox(3);
    const modseq = /HIGHESTMODSEQ (\d+)/.exec(await client.imap('SELECT INBOX'))?.[1];
    await client.imap('STORE 2 +FLAGS.SILENT (\\Flagged)');
    const said = await client.imap(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${modseq})`);
    expect(said).toMatch(/^\* 2 FETCH \(UID 2 FLAGS \(\\Flagged\) MODSEQ \(\d+\)\)\r\na OK/);
    expect(await client.imap('STORE 2 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)')).toContain('a OK [MODIFIED 2]');
  });
});

describe('SEARCH', () => {
  it.each([
    ['ALL', '1 2 3 4'],
    ['UNSEEN', '1 3 4'],
    ['SEEN', '2'],
    ['NOT SEEN SUBJECT "number 3"', '3'],
    ['OR FROM ann1@ FROM ann4@', '1 4'],
    ['OR (SEEN) (NOT UID 2:4)', '1 2'],
    ['2:3', '2 3'],
    ['UID 4:*', '4'],
    ['HEADER Message-ID <n2@far.example>', '2'],
    ['HEADER X-None ""', ''],
    ['SINCE 21-Nov-2026', '3 4'],
    ['BEFORE 21-Nov-2026', '1 2'],
    ['ON 22-Nov-2026', '4'],
    ['BODY "body 2"', '2'],
    ['X-GM-RAW "rfc822msgid:<n3@far.example>"', '3'],
    ['X-GM-RAW rfc822msgid:n3@far.example', '3'],
    ['X-GM-RAW "from:ann1 in:anywhere -subject:\\"number 2\\""', '1'],
    ['X-GM-LABELS \\Inbox', '1 2 3 4'],
    ['X-GM-LABELS "\\\\Inbox"', '1 2 3 4'],
    ['CHARSET UTF-8 SUBJECT number', '1 2 3 4'],
    ['LARGER 100000', ''],
  ])('finds by %s', async (keys, expected) => {
    clock.now = Date.UTC(2026, 10, 20, 12);
    const { client, address } = await mailbox(2);
    const account = google().account(address);
    account.deliver(message(3), { asIs: true, internalDate: Date.UTC(2026, 10, 21, 0) });
    account.deliver(message(4), { asIs: true, internalDate: Date.UTC(2026, 10, 22, 23) });
    await client.imap('SELECT INBOX');
    await client.imap('STORE 2 +FLAGS.SILENT (\\Seen)');
    expect(await client.imap(`SEARCH ${keys}`)).toBe(
      `* SEARCH${expected && ` ${expected}`}\r\na OK SEARCH completed (Success)\r\n`,
    );
    const [byUid] = (await client.imap(`UID SEARCH ${keys}`)).split('\r\n');
    expect(byUid).toBe(`* SEARCH${expected && ` ${expected}`}`);
  });

  it('answers RETURN in the extended form, and by X-GM-MSGID', async () => {
    const { client, address } = await mailbox(5);
    await client.imap('EXAMINE INBOX');
    expect(await client.imap('UID SEARCH RETURN (MIN MAX COUNT ALL) NOT 4')).toContain(
      '* ESEARCH (TAG "a") UID MIN 1 MAX 5 COUNT 4 ALL 1:3,5\r\n',
    );
    expect(await client.imap('SEARCH RETURN () ALL')).toContain('* ESEARCH (TAG "a") ALL 1:5\r\n');
    const msgid = google().account(address).messages()[1]?.msgid;
    expect(await client.imap(`SEARCH X-GM-MSGID ${msgid}`)).toContain('* SEARCH 2\r\n');
  });

  it.each(['FROB', 'SINCE yesterday', 'NOT', 'OR SEEN', '', 'UID x', 'LARGER -1', '__proto__', 'constructor'])(
    'refuses the key %j',
    async (keys) => {
      const { client } = await mailbox(1);
      await client.imap('EXAMINE INBOX');
      expect(await client.imap(`SEARCH ${keys}`)).toBe('a BAD Could not parse command\r\n');
    },
  );
});

describe('changes', () => {
  it('moves a message by its labels: copied, moved, starred, archived, thrown away', async () => {
    const { client, address } = await mailbox(1);
    const [stored] = google().account(address).messages();
    const where = () => [...(google().account(address).messages()[0]?.uids.keys() ?? [])].sort();
    await client.imap('CREATE Done');
    await client.imap('SELECT INBOX');
    expect(await client.imap('UID COPY 1 Done')).toMatch(/^a OK \[COPYUID \d+ 1 1\] \(Success\)/);
    expect(await client.imap('UID COPY 1 Nowhere')).toContain('a NO [TRYCREATE]');
    await client.imap('STORE 1 +FLAGS (\\Flagged)');
    expect(where()).toEqual(['Done', 'INBOX', '[Gmail]/All Mail', '[Gmail]/Starred']);
    expect(await client.imap('UID MOVE 1 "[Gmail]/All Mail"')).toMatch(
      /^\* OK \[COPYUID \d+ 1 1\]\r\n\* 1 EXPUNGE\r\na OK/,
    );
    expect(where()).toEqual(['Done', '[Gmail]/All Mail', '[Gmail]/Starred']);
    await client.imap('SELECT Done');
    await client.imap('UID MOVE 1 "[Gmail]/Trash"');
    expect(where()).toEqual(['[Gmail]/Trash']);
    expect(google().account(address).messages()[0]?.msgid).toBe(stored?.msgid);
    await client.imap('SELECT "[Gmail]/Trash"');
    await client.imap('STORE 1 +FLAGS (\\Deleted)');
    expect(await client.imap('EXPUNGE')).toBe('* 1 EXPUNGE\r\na OK (Success)\r\n');
    expect(google().account(address).messages()).toEqual([]);
  });

  it('expunges from INBOX by taking the label away; the message stays in All Mail', async () => {
    const { client, address } = await mailbox(3);
    await client.imap('SELECT INBOX');
    await client.imap('UID STORE 1:2 +FLAGS.SILENT (\\Deleted)');
    expect(await client.imap('UID EXPUNGE 2:3')).toBe('* 2 EXPUNGE\r\na OK (Success)\r\n');
    expect(await client.imap('CLOSE')).toContain('a OK');
    expect(google().account(address).messages('INBOX')).toHaveLength(1);
    expect(google().account(address).messages('[Gmail]/All Mail')).toHaveLength(3);
  });

  it('gives a message that comes back into a folder a new UID', async () => {
    const { client } = await mailbox(2);
    await client.imap('SELECT INBOX');
    await client.imap('MOVE 1 "[Gmail]/Spam"');
    await client.imap('SELECT "[Gmail]/Spam"');
    expect(await client.imap('MOVE 1 INBOX')).toMatch(/COPYUID \d+ 1 3\]/);
  });

  it('changes labels by X-GM-LABELS, and makes their folders', async () => {
    const { client, address } = await mailbox(1);
    await client.imap('SELECT INBOX');
    expect(await client.imap('STORE 1 +X-GM-LABELS (Urgent "Very &APw-bel" \\Starred)')).toContain(
      'X-GM-LABELS (Urgent "Very &APw-bel" "\\\\Starred")',
    );
    expect([...(google().account(address).messages()[0]?.labels ?? [])]).toEqual(['\\Inbox', 'Urgent', 'Very übel']);
    expect(await client.imap('STORE 1 X-GM-LABELS (Other)')).toContain('X-GM-LABELS (Other "\\\\Starred")');
    expect(await client.imap('STORE 1 -X-GM-LABELS (\\Inbox)')).toContain('a OK');
    expect(await client.imap('NOOP')).toBe('* 1 EXPUNGE\r\na OK Success\r\n');
    expect(await client.imap('STATUS Other (MESSAGES)')).toContain('MESSAGES 1');
  });

  it('appends bytes as they are, with flags and date, without Gmail’s trace', async () => {
    const { client, address } = await mailbox(0);
    const raw = message(1);
    client.send(`a APPEND INBOX (\\Seen) "01-Feb-2026 10:00:00 +0100" {${raw.length}}\r\n`);
    expect(await client.until(/\+ .*\r\n/)).toBe('+ go ahead\r\n');
    client.send(`${raw}\r\n`);
    expect(await client.until(/a .*\r\n/)).toMatch(/^a OK \[APPENDUID \d+ 1\] \(Success\)/);
    const [stored] = google().account(address).messages('INBOX');
    expect(stored?.raw.toString()).toBe(raw);
    expect([...(stored?.flags ?? [])]).toEqual(['\\Seen']);
    expect(stored?.internalDate).toBe(Date.UTC(2026, 1, 1, 9));
  });

  it('tells other sessions of arrivals, flags and expunges, at the right time', async () => {
    const { client, address } = await mailbox(3);
    const other = await login(address);
    await client.imap('SELECT INBOX');
    await other.imap('SELECT INBOX');
    await other.imap('STORE 3 +FLAGS (\\Flagged)');
    await other.imap('MOVE 1 "[Gmail]/Trash"');
    google().account(address).deliver(message(9), { asIs: true });
    // Sequence numbers must not move under a FETCH by number (RFC 9051 7.5.1).
    const fetched = await client.imap('FETCH 3 UID');
    expect(fetched).toContain('* 3 FETCH (UID 3)');
    expect(fetched).not.toContain('EXPUNGE');
    const told = await client.imap('NOOP');
    expect(told).toContain('* 1 EXPUNGE');
    expect(fetched + told).toMatch(/\* [23] FETCH \(UID 3 FLAGS \(\\Flagged\)\)/);
    expect(fetched + told).toMatch(/\* \d EXISTS/);
    expect(await client.imap('UID FETCH 1:* FLAGS')).toBe(
      '* 1 FETCH (UID 2 FLAGS ())\r\n* 2 FETCH (UID 3 FLAGS (\\Flagged))\r\n* 3 FETCH (UID 4 FLAGS ())\r\na OK Success\r\n',
    );
    expect(await client.imap('NOOP')).toBe('a OK Success\r\n');
  });

  it('tells an idling session of new mail at once', async () => {
    const { client, address } = await mailbox(1);
    await client.imap('SELECT INBOX');
    client.send('a IDLE\r\n');
    expect(await client.until(/\+ idling\r\n/)).toBe('+ idling\r\n');
    google().account(address).deliver(message(2), { asIs: true });
    expect(await client.until(/EXISTS\r\n/)).toBe('* 2 EXISTS\r\n');
    client.send('DONE\r\n');
    expect(await client.until(/a .*\r\n/)).toBe('a OK IDLE terminated (Success)\r\n');
  });
});

it('counts an account’s logins and commands', async () => {
  const before = { ...google().account(cara).counters };
  const client = await login(cara);
  await client.imap('NOOP');
  await client.imap('SELECT INBOX');
  const { counters } = google().account(cara);
  expect(counters.imapLogins - before.imapLogins).toBe(1);
  expect(counters.imapCommands - before.imapCommands).toBe(2);
});
