// Invitations answered, as Google Calendar, Outlook, Apple and others send it.
import { type KindCase, mail, multipart, plainPart } from './build.ts';

const event = (attendee: string, method = 'REPLY', more = ''): string =>
  `BEGIN:VCALENDAR\nPRODID:-//Calendar//EN\nVERSION:2.0\nMETHOD:${method}\nBEGIN:VEVENT\nDTSTART:20261109T100000Z\nDTEND:20261109T110000Z\nDTSTAMP:20261102T230500Z\nORGANIZER;CN=Shop:mailto:support@shop.example\nUID:visit-7@shop.example\n${attendee}\n${more}SEQUENCE:0\nSUMMARY:Visit\nEND:VEVENT\nEND:VCALENDAR`;
const ada = (status: string): string =>
  `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${status};CN=Ada:mailto:ada@customer.example`;
const part = (ics: string, type = 'text/calendar; charset=utf-8; method=REPLY'): string =>
  `Content-Type: ${type}\n\n${ics}`;
const answer = (
  name: string,
  subject: string,
  parts: readonly string[],
  calendar: string,
  header?: string,
): KindCase => ({
  ...multipart('reply', name, {
    subject,
    contentType: 'multipart/alternative',
    parts,
    ...(header !== undefined && { header }),
  }),
  calendar,
});
const folded = (ics: string): string => ics.replace('mailto:ada@', 'mail\n to:ada@');

export const CALENDAR_ANSWERS: readonly KindCase[] = [
  answer(
    'Google: yes',
    'Accepted: Visit @ Mon Nov 9, 2026',
    [plainPart('Ada has accepted.'), part(event(ada('ACCEPTED')))],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  answer(
    'Google: no',
    'Declined: Visit',
    [plainPart('Ada has declined.'), part(event(ada('DECLINED')))],
    'visit-7@shop.example declined ada@customer.example',
  ),
  answer(
    'Outlook: perhaps, with Exchange headers',
    'Tentative: Visit',
    [plainPart(''), part(event(ada('TENTATIVE')))],
    'visit-7@shop.example tentative ada@customer.example',
    'X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: x\nAuto-Submitted: auto-generated',
  ),
  answer(
    'Outlook in German',
    'Zugesagt: Besuch',
    [plainPart('Gerne!'), part(event(ada('ACCEPTED')))],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  answer(
    'delegated',
    'Delegated: Visit',
    [plainPart('Bob will come.'), part(event(ada('DELEGATED')))],
    'visit-7@shop.example other ada@customer.example',
  ),
  answer(
    'a folded attendee',
    'Accepted: Visit',
    [plainPart('Yes.'), part(folded(event(ada('ACCEPTED'))))],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  answer(
    'lower case',
    'Accepted: Visit',
    [part(event('attendee;partstat=accepted:MAILTO:ada@customer.example'))],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  answer(
    'application/ics only',
    'Accepted: Visit',
    [
      plainPart('Yes.'),
      `Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\nContent-Transfer-Encoding: base64\n\n${Buffer.from(event(ada('ACCEPTED'))).toString('base64')}`,
    ],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  answer(
    'with a time zone',
    'Accepted: Visit',
    [
      part(
        event(ada('ACCEPTED')).replace(
          'BEGIN:VEVENT',
          'BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT',
        ),
      ),
    ],
    'visit-7@shop.example accepted ada@customer.example',
  ),
  {
    ...mail('reply', 'the calendar is the whole mail', { subject: 'Accepted: Visit' }),
    raw: `From: ada@customer.example\r\nSubject: Accepted: Visit\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n${event(ada('ACCEPTED')).replaceAll('\n', '\r\n')}\r\n`,
    calendar: 'visit-7@shop.example accepted ada@customer.example',
  },
  multipart('reply', 'an invitation is no answer to one', {
    subject: 'Invitation: Visit',
    contentType: 'multipart/alternative',
    parts: [plainPart('Come.'), part(event(ada('NEEDS-ACTION'), 'REQUEST'), 'text/calendar; method=REQUEST')],
  }),
  multipart('reply', 'a calendar that is broken', {
    subject: 'Accepted: Visit',
    contentType: 'multipart/alternative',
    parts: [plainPart('Yes.'), part('BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEV')],
  }),
];
