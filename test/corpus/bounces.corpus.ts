// Whole bounces, read by Mailroom and by a plain reader of RFC 3464: every recipient with status and type, the kind, and
// our Message-ID in what was given back.
import { afterAll, describe, expect, it } from 'vitest';
import { readMail } from '../../lib/mime/mail-content.ts';
import { BROKEN } from './bounces/broken.ts';
import { type BounceCase, OUR_ID } from './bounces/build.ts';
import { CLOUDS } from './bounces/clouds.ts';
import { GOOGLE } from './bounces/google.ts';
import { POSTFIX_REPORTS } from './bounces/postfix.ts';
import { PROSE_GROUPWARE } from './bounces/prose-groupware.ts';
import { PROSE_ODD } from './bounces/prose-odd.ts';
import { PROSE_PROVIDERS } from './bounces/prose-providers.ts';
import { PROSE_UNIX } from './bounces/prose-unix.ts';
import { UNIX_SERVERS } from './bounces/unix-servers.ts';
import { UNSEEN } from './bounces/unseen.ts';
import { readReport } from './report-reader.ts';

const SETS: Readonly<Record<string, readonly BounceCase[]>> = {
  'reports of Postfix': POSTFIX_REPORTS,
  'reports of other UNIX servers': UNIX_SERVERS,
  'reports of Google': GOOGLE,
  'reports of large providers': CLOUDS,
  'broken reports': BROKEN,
  'prose of UNIX servers': PROSE_UNIX,
  'prose of groupware': PROSE_GROUPWARE,
  'prose of providers': PROSE_PROVIDERS,
  'prose of odd shapes': PROSE_ODD,
  unseen: UNSEEN,
};

const format = (of: { address: string; status: string | null; type: string; action: string }): string =>
  `${of.address} ${of.status ?? '-'} ${of.type}${of.action === 'failed' ? '' : ` ${of.action}`}`;

const table: Record<string, { cases: number; mailroom: number; rival: number }> = {};

describe.each(Object.entries(SETS))('%s', (set, cases) => {
  const row = { cases: cases.length, mailroom: 0, rival: 0 };
  table[set] = row;

  it.each(cases)('$name', async ({ raw, expect: expected, givesBack = true }) => {
    const rival = await readReport(raw);
    if (rival.isBounce && String(rival.recipients.map(format)) === String(expected)) row.rival += 1;
    const { kind, deliveryStatus } = await readMail(Buffer.from(raw));
    expect(kind).toBe('bounce');
    expect(deliveryStatus?.recipients.map(format)).toEqual(expected);
    expect(deliveryStatus?.messageIds).toEqual(givesBack ? [OUR_ID] : []);
    row.mailroom += 1;
  });

  it('are read no worse than by RFC 3464 alone', () => {
    expect(row.mailroom).toBeGreaterThanOrEqual(row.rival);
  });
});

afterAll(() => {
  console.table(table);
});
