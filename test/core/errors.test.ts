// The one error type, and what is done about each code.
import { describe, expect, it } from 'vitest';
import { codeOf, dispositionOf, isErrorCode, MailError } from '../../lib/core/errors.ts';

describe('a MailError', () => {
  it('bears its code as its name, which Lambda reports as the type of the error', () => {
    const error = new MailError('GRANT_DEAD', 'why', { details: { status: 400 } });
    expect(error).toMatchObject({ name: 'GRANT_DEAD', code: 'GRANT_DEAD', message: 'why', details: { status: 400 } });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('GRANT_DEAD: why');
  });

  it('has a cause only where one was given', () => {
    expect(new MailError('SERVER_BUSY', 'why')).not.toHaveProperty('cause');
    const cause = new Error('first');
    expect(new MailError('SERVER_BUSY', 'why', { cause }).cause).toBe(cause);
  });
});

describe('an error code', () => {
  it('is known by its own name only', () => {
    expect(isErrorCode('QUOTA_EXCEEDED')).toBe(true);
    for (const other of ['toString', '__proto__', 'constructor', 'quota_exceeded', '', 7, null, undefined]) {
      expect(isErrorCode(other)).toBe(false);
    }
  });

  it('is what is recorded of an error; a fault of our own has none', () => {
    expect(codeOf(new MailError('LEASE_LOST', 'why'))).toBe('LEASE_LOST');
    expect(codeOf(Object.assign(new Error('x'), { code: 'LEASE_LOST' }))).toBeUndefined();
    expect(codeOf(undefined)).toBeUndefined();
  });

  it.each([
    ['REQUEST_INVALID', 'refuse'],
    ['RECIPIENT_REFUSED', 'refuse'],
    ['SMTP_UNREACHABLE', 'retry'],
    ['QUOTA_EXCEEDED', 'wait-for-mailbox'],
    ['GRANT_DEAD', 'wait-for-mailbox'],
    ['CONNECTION_INSECURE', 'wait-for-mailbox'],
    ['READING_DISABLED', 'wait-for-mailbox'],
    ['SECRET_MALFORMED', 'operator'],
  ] as const)('%s: %s', (code, disposition) => {
    expect(dispositionOf(code)).toBe(disposition);
  });

  it('says what it says in ASCII: the runtime of Lambda cannot report anything else', () => {
    expect(new MailError('REQUEST_INVALID', 'headers.日\r\n\ud800: é').message).toBe(
      'headers.\\u65e5\\u000d\\u000a\\ud800: \\u00e9',
    );
  });
});
