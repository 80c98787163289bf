// Gmail's replies, word for word, and what each means: the enhanced code decides, then the text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionOf, isErrorCode } from '../../lib/core/errors.ts';
import { classifyReply } from '../../lib/core/smtp-reply.ts';

describe('classifyReply', () => {
  it.each([
    ['421 4.3.0 Temporary System Problem.  Try again later (1). - gsmtp', 'SERVER_BUSY', 'retry'],
    ['421 4.4.5 Server busy, try again later. - gsmtp', 'SERVER_BUSY', 'retry'],
    ['451 4.3.0 Mail server temporarily rejected message. - gsmtp', 'SERVER_BUSY', 'retry'],
    ['451 4.4.2 Timeout - closing connection. - gsmtp', 'SERVER_BUSY', 'retry'],
    [
      '421-4.7.0 Our system has detected an unusual rate of\n421 4.7.0 mail. - gsmtp',
      'MAILBOX_THROTTLED',
      'wait-for-mailbox',
    ],
    [
      '450-4.2.1 The user you are trying to contact is receiving mail at a rate\n450 4.2.1 that',
      'RECIPIENT_BUSY',
      'retry',
    ],
    ['454 4.7.0 Too many login attempts, please try again later. - gsmtp', 'MAILBOX_THROTTLED', 'wait-for-mailbox'],
    ['452 4.2.2 The email account that you tried to reach is over quota. - gsmtp', 'RECIPIENT_BUSY', 'retry'],
    ['552 5.2.2 The email account that you tried to reach is over quota. - gsmtp', 'RECIPIENT_BUSY', 'retry'],
    ['452 4.5.3 Your message has too many recipients. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    [
      '535-5.7.8 Username and Password not accepted.\n535 5.7.8  https://support.google.com - gsmtp',
      'AUTHENTICATION_REFUSED',
      'wait-for-mailbox',
    ],
    ['535 5.7.1 Username and Password not accepted. - gsmtp', 'AUTHENTICATION_REFUSED', 'wait-for-mailbox'],
    [
      '534 5.7.9 Please log in with your web browser and then try again. - gsmtp',
      'AUTHENTICATION_REFUSED',
      'wait-for-mailbox',
    ],
    [
      '534-5.7.14 <https://accounts.google.com> Please log in via\n534 5.7.14 - gsmtp',
      'AUTHENTICATION_REFUSED',
      'wait-for-mailbox',
    ],
    [
      '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 - gsmtp',
      'RECIPIENT_REFUSED',
      'refuse',
    ],
    ["553 5.1.2 We weren't able to find the recipient domain. - gsmtp", 'RECIPIENT_REFUSED', 'refuse'],
    ['550 5.2.1 The email account that you tried to reach is disabled. - gsmtp', 'RECIPIENT_REFUSED', 'refuse'],
    ['550 5.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp', 'RECIPIENT_BUSY', 'retry'],
    ['550 5.4.5 Daily user sending limit exceeded. - gsmtp', 'QUOTA_EXCEEDED', 'wait-for-mailbox'],
    ['550-5.7.1 Daily sending quota exceeded.\n550 5.7.1 - gsmtp', 'QUOTA_EXCEEDED', 'wait-for-mailbox'],
    ['550 5.7.0 Mail relay denied. - gsmtp', 'POLICY_REFUSED', 'refuse'],
    [
      '550-5.7.1 Our system has detected that this message is likely unsolicited mail.\n550 5.7.1',
      'POLICY_REFUSED',
      'refuse',
    ],
    ["552 5.2.3 Your message exceeded Google's message size limits. - gsmtp", 'MESSAGE_TOO_LARGE', 'refuse'],
    ['552-5.3.4 Your message exceeded our size limits.\n552 5.3.4 - gsmtp', 'MESSAGE_TOO_LARGE', 'refuse'],
    ['451 4.5.0 SMTP protocol violation, see RFC 2821. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    ['502 5.5.1 Unrecognized command. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    ['503 5.5.1 Bad sequence of commands. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    ['555 5.5.2 Syntax error, goodbye. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    ['554 5.6.0 Mail message is malformed. Not accepted. - gsmtp', 'PROTOCOL_REFUSED', 'refuse'],
    ['471 4.9.9 nobody knows', 'SERVER_BUSY', 'retry'],
    ['571 5.9.9 nobody knows', 'POLICY_REFUSED', 'refuse'],
  ] as const)('%s', (reply, code, disposition) => {
    expect(classifyReply(reply)).toBe(code);
    expect(dispositionOf(code)).toBe(disposition);
  });

  it('reads the enhanced code of the first line only where it belongs to the reply', () => {
    expect(classifyReply('550 no 5.4.5 here')).toBe('POLICY_REFUSED');
    expect(classifyReply('550-5.1.1 first\n550 5.4.5 second')).toBe('RECIPIENT_REFUSED');
    expect(classifyReply('535 Incorrect authentication data')).toBe('AUTHENTICATION_REFUSED');
    expect(classifyReply('530 5.7.0 Authentication Required. - gsmtp')).toBe('AUTHENTICATION_REFUSED');
    expect(classifyReply('504 5.7.4 Unrecognized Authentication Type - gsmtp')).toBe('PROTOCOL_REFUSED');
    expect(classifyReply('421 Service not available')).toBe('SERVER_BUSY');
  });

  it('knows a code for any text, and never loses a mail to a 4xx that it does not know', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer({ min: 400, max: 599 }).map(String)), fc.string(), (start, rest) => {
        const code = classifyReply(`${start} ${rest}`);
        if (/^4\d\d$/.test(start) && !/^\d\.\d/.test(rest)) expect(dispositionOf(code)).toBe('retry');
        expect(isErrorCode(code)).toBe(true);
      }),
    );
  });
});
