// A customer's mail at the desk: read right, whatever it is made of, and shown so that it can do nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerMail } from '../../../local/desk/mail-pages.ts';
import { type LocalGoogle, startGoogle } from '../../../local/google/google.ts';

const CARA = 'cara@home.example';
const ORIGIN = 'http://127.0.0.1:1';

const MAIL = `From: =?utf-8?Q?J=C3=B6rg?= <jorg@shop.example>
To: Team: ${CARA}, dan@home.example;
Subject: =?utf-8?B?R3LDvMOfZQ==?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=mixed

--mixed
Content-Type: multipart/related; boundary=related

--related
Content-Type: text/html; charset=utf-8

<!DOCTYPE html><p>Hallo</p><img src="cid:logo@shop"><img src="cid:logo%40shop"><img src="cid:missing"><img src="cid:100%">
--related
Content-Type: image/png; name="logo.png"
Content-ID: <logo@shop>
Content-Disposition: inline; filename="logo.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--related--
--mixed
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="page.html"

<script>alert(1)</script>
--mixed--
`;

describe("a customer's mail", () => {
  let google: LocalGoogle;
  let id: string;

  beforeAll(async () => {
    google = await startGoogle();
    google.addAccount({ address: CARA });
    id = google.account(CARA).deliver(MAIL.replaceAll('\n', '\r\n')).msgid;
  });

  afterAll(() => google?.stop());

  const ask = (...path: string[]) => answerMail(google, [CARA, id, ...path], ORIGIN);

  it('is read as its sender wrote it', async () => {
    const view = JSON.parse(String((await ask()).body));
    expect(view).toMatchObject({ from: 'Jörg <jorg@shop.example>', subject: 'Grüße', hasHtml: true });
    expect(view.to).toBe(`${CARA}, dan@home.example`);
    expect(view.attachments).toMatchObject([
      { filename: 'logo.png', contentType: 'image/png', bytes: 8 },
      { filename: 'page.html', contentType: 'text/html' },
    ]);
    expect(view.source).toMatchObject({ isWhole: true, text: expect.stringContaining('boundary=related') });
  });

  it('shows its HTML in a sandbox without scripts, with the pictures that came with it', async () => {
    const { type, body, headers } = await ask('html');
    expect(type).toBe('text/html');
    const picture = '<img src="data:image/png;base64,iVBORw0KGgo=">';
    expect(String(body)).toContain(`${picture}${picture}<img src="cid:missing"><img src="cid:100%">`);
    const policy = headers?.['content-security-policy'] ?? '';
    expect(policy).toMatch(/^sandbox (?!.*allow-scripts)(?!.*allow-same-origin).*default-src 'none'/);
  });

  it('gives an attachment to be saved only', async () => {
    expect((await ask('attachments', '0')).body).toHaveLength(8);
    const page = await ask('attachments', '1');
    expect(page.type).toBe('application/octet-stream');
    expect(page.headers?.['content-disposition']).toBe("attachment; filename*=UTF-8''page.html");
    for (const path of ['7', '-1', 'x']) expect((await ask('attachments', path)).status).toBe(404);
  });

  it('is shown, however broken its bytes are', async () => {
    const account = google.account(CARA);
    for (const raw of [
      '',
      '\r\n\r\n',
      'Subject',
      Buffer.from([0xff, 0x00, 0x0a, 0x0a]),
      `From: ,;<>\r\n\r\n${'x'.repeat(300_000)}`,
      nested(300),
      `X: ${'x'.repeat(3 * 1024 * 1024)}\r\n\r\n`,
    ]) {
      const { msgid } = account.deliver(raw);
      const { body, status } = await answerMail(google, [CARA, msgid], ORIGIN);
      expect([status, JSON.parse(String(body)).id]).toEqual([undefined, msgid]);
    }
  });
});

/** Multiparts within multiparts. */
function nested(depth: number): string {
  const parts = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}`,
  );
  return `${parts.join('\r\n')}\r\n\r\nDeep\r\n`;
}
