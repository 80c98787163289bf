// What an invitation was answered with: an iTIP REPLY (RFC 5546 section 3.2.3) as calendars send it (RFC 6047).
import ICAL from 'ical.js';
import type { ReplyEvent } from '../core/reply.ts';
import { type MailPart, type ParsedMail, textOfPart } from './mail-parts.ts';

type CalendarAnswer = NonNullable<ReplyEvent['calendar']>;

/** An answer repeats one event; the parser takes its time over each line. */
const MAX_BYTES = 128 * 1024;

const STATUSES: Readonly<Record<string, CalendarAnswer['status']>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
};

export function readCalendar({ parts }: Pick<ParsedMail, 'parts'>): CalendarAnswer | undefined {
  // The same answer often hangs on the mail a second time, as invite.ics.
  const calendars = parts.filter(({ mimeType }) => mimeType === 'text/calendar' || mimeType === 'application/ics');
  for (const part of calendars.slice(0, 3)) {
    const answer = readAnswer(part);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function readAnswer(part: MailPart): CalendarAnswer | undefined {
  const calendar = parseCalendar(textOfPart(part, MAX_BYTES));
  const method = calendar?.getFirstPropertyValue('method') ?? part.method;
  if (typeof method !== 'string' || method.trim().toUpperCase() !== 'REPLY') return undefined;
  const item = calendar?.getFirstSubcomponent('vevent') ?? calendar?.getFirstSubcomponent('vtodo');
  const uid = item?.getFirstPropertyValue('uid');
  if (item === undefined || item === null || typeof uid !== 'string' || uid.trim() === '') return undefined;
  const attendees = item.getAllProperties('attendee');
  // One attendee answers; Exchange may list the others with them, who did not.
  const attendee = attendees.find((property) => statusOf(property) !== 'other') ?? attendees[0];
  return {
    uid: uid.trim(),
    status: attendee === undefined ? 'other' : statusOf(attendee),
    attendee: attendee === undefined ? null : addressOf(attendee),
  };
}

/** The parser throws over a line that it cannot read; no answer, then. */
function parseCalendar(text: string): InstanceType<typeof ICAL.Component> | undefined {
  try {
    const parsed: unknown = ICAL.parse(text.slice(Math.max(0, text.indexOf('BEGIN:VCALENDAR'))));
    // Several calendars in one part: an array of arrays. The first is meant.
    const [first] = Array.isArray(parsed) ? parsed : [];
    const jcal: unknown = Array.isArray(first) ? first : parsed;
    return Array.isArray(jcal) && jcal[0] === 'vcalendar' ? new ICAL.Component(jcal) : undefined;
  } catch {
    return undefined;
  }
}

function statusOf(attendee: InstanceType<typeof ICAL.Property>): CalendarAnswer['status'] {
  const status = attendee.getFirstParameter('partstat');
  return (typeof status === 'string' && STATUSES[status.toUpperCase()]) || 'other';
}

function addressOf(attendee: InstanceType<typeof ICAL.Property>): string | null {
  const value = attendee.getFirstValue();
  const address = typeof value === 'string' ? value.replace(/^mailto:/i, '').trim() : '';
  if (address.includes('@')) return address;
  const email = attendee.getFirstParameter('email');
  return typeof email === 'string' && email.includes('@') ? email : null;
}
