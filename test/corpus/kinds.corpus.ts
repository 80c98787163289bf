// Whole answers of people and machines: their kind, by Mailroom and by RFC 3834 alone, and what a calendar answered.
import PostalMime from 'postal-mime';
import { afterAll, describe, expect, it } from 'vitest';
import { readMail } from '../../lib/mime/mail-content.ts';
import { BY_THE_BOOK, RESPONDERS, SUBJECTS } from './kinds/auto-replies.ts';
import type { KindCase } from './kinds/build.ts';
import { CALENDAR_ANSWERS } from './kinds/calendar-answers.ts';
import { HUMAN_REPLIES } from './kinds/human-replies.ts';
import { RECEIPTS } from './kinds/receipts.ts';
import { UNSEEN } from './kinds/unseen.ts';

const SETS: Readonly<Record<string, readonly KindCase[]>> = {
  'Auto-Submitted': BY_THE_BOOK,
  responders: RESPONDERS,
  'subjects alone': SUBJECTS,
  receipts: RECEIPTS,
  'calendar answers': CALENDAR_ANSWERS,
  people: HUMAN_REPLIES,
  unseen: UNSEEN,
};

/** The rival: RFC 3834 section 5 and the report type, nothing else. */
async function kindByStandards(raw: string): Promise<KindCase['kind']> {
  const { headers } = await PostalMime.parse(raw);
  const field = (name: string): string => headers.find(({ key }) => key === name)?.value.toLowerCase() ?? '';
  if (/^multipart\/report.*report-type="?delivery-status/.test(field('content-type'))) return 'bounce';
  const keyword = /^[\w-]*/.exec(field('auto-submitted'))?.[0] ?? '';
  return keyword === '' || keyword === 'no' ? 'reply' : 'auto-reply';
}

const table: Record<string, { cases: number; mailroom: number; rival: number }> = {};

describe.each(Object.entries(SETS))('%s', (set, cases) => {
  const row = { cases: cases.length, mailroom: 0, rival: 0 };
  table[set] = row;

  it.each(cases)('$name', async ({ raw, kind, calendar }) => {
    if ((await kindByStandards(raw)) === kind) row.rival += 1;
    const mail = await readMail(Buffer.from(raw));
    expect(mail.kind).toBe(kind);
    const answered = mail.calendar;
    expect(answered && `${answered.uid} ${answered.status} ${answered.attendee}`).toBe(calendar);
    row.mailroom += 1;
  });

  it('are told apart no worse than by RFC 3834 alone', () => {
    expect(row.mailroom).toBeGreaterThanOrEqual(row.rival);
  });
});

afterAll(() => {
  console.table(table);
});
