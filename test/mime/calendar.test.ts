// An invitation's answer, as calendars write it; what is none, or broken, is no answer and harms nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../lib/mime/calendar.ts';
import { readMail } from '../../lib/mime/mail-content.ts';
import { processorMs } from '../processor-time.ts';

const ics = (...lines: string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'METHOD:REPLY',
    'BEGIN:VEVENT',
    'UID:u@shop.example',
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');
const read = (content: string, method?: string) =>
  readCalendar({ parts: [{ mimeType: 'text/calendar', content, method }] });
const ADA = 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@customer.example';

describe('a calendar answer', () => {
  it.each([
    ['ACCEPTED', 'accepted'],
    ['Declined', 'declined'],
    ['TENTATIVE', 'tentative'],
    ['DELEGATED', 'other'],
    ['NEEDS-ACTION', 'other'],
    ['X-ODD', 'other'],
  ])('of %s is %s', (partstat, status) => {
    expect(read(ics(`ATTENDEE;PARTSTAT=${partstat}:mailto:ada@customer.example`))).toEqual({
      uid: 'u@shop.example',
      status,
      attendee: 'ada@customer.example',
    });
  });

  it('is that of the attendee who answered', () => {
    expect(read(ics('ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@customer.example', ADA))?.attendee).toBe(
      'ada@customer.example',
    );
  });

  it.each([
    [[], null],
    [['ATTENDEE;PARTSTAT=ACCEPTED:urn:x'], null],
    [['ATTENDEE;EMAIL=ada@customer.example;PARTSTAT=ACCEPTED:/principals/1/'], 'ada@customer.example'],
    [['ATTENDEE;PARTSTAT=ACCEPTED;CN="A: (b); c":MAILTO:ada@customer.example'], 'ada@customer.example'],
    [['ATTENDEE;PARTSTAT=ACCEPTED:mail\r\n to:ada@customer.example'], 'ada@customer.example'],
  ])('with %j is by %s', (lines, attendee) => {
    expect(read(ics(...lines))?.attendee).toBe(attendee);
  });

  it('may stand within other bytes, name its method in the header only, or answer a task', () => {
    expect(read(`\ufeff${ics(ADA)}\r\n`)?.status).toBe('accepted');
    expect(read(ics(ADA).replace('METHOD:REPLY\r\n', ''), 'REPLY')?.status).toBe('accepted');
    expect(read(ics(ADA).replaceAll('VEVENT', 'VTODO'))?.status).toBe('accepted');
    expect(read(`${ics(ADA)}\r\n${ics(ADA)}`)?.status).toBe('accepted');
  });

  it.each([
    ['an invitation', ics(ADA).replace('REPLY', 'REQUEST')],
    ['without a method', ics(ADA).replace('METHOD:REPLY\r\n', '')],
    ['without a uid', ics(ADA).replace('UID:u@shop.example\r\n', '')],
    ['cut short', ics(ADA).slice(0, 60)],
    ['empty', ''],
    ['nested', 'BEGIN:VCALENDAR\n'.repeat(2_000)],
    ['not a calendar', '{"method":"REPLY"}'],
  ])('is none where it is %s', (_what, content) => {
    expect(read(content)).toBeUndefined();
  });

  it('that is broken leaves the mail readable', async () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(
          'BEGIN:VCALENDAR',
          'METHOD:REPLY',
          'BEGIN:VEVENT',
          'END:VEVENT',
          'UID:x',
          ADA,
          'DTSTART:x',
          ':',
          ';',
        ),
        fc.string({ unit: 'binary', maxLength: 40 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(noise, async (lines) => {
        const mail = await readMail(
          Buffer.from(`From: a@b.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n${lines.join('\r\n')}`),
        );
        expect(mail.kind).toBe('reply');
      }),
    );
  });

  it.each(['(', ';', '"', ':', 'A;B=', 'BEGIN:VEVENT\n', 'ATTENDEE:x\n', ' ', '\n ', '\\', ','])(
    'a megabyte of %j takes bounded time',
    (unit) => {
      const noise = unit.repeat(Math.ceil(1_000_000 / unit.length));
      const spent = processorMs(() => {
        read(noise);
        read(ics(noise));
        read(ics(`ATTENDEE;CN=${noise}`));
      });
      expect(spent).toBeLessThan(3_000);
    },
  );
});
