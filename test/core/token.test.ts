// Tokens and grants: read back as they were written, and shown to nobody.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailAddressSchema } from '../../lib/core/address.ts';
import { MailError } from '../../lib/core/errors.ts';
import { parse } from '../../lib/core/parse.ts';
import { Secret } from '../../lib/core/secret.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { formatAccessToken, formatGrant, isUsable, parseAccessToken, parseGrant } from '../../lib/core/token.ts';
import { initialResponse } from '../../lib/core/xoauth2.ts';

const GRANT = {
  type: 'oauth',
  address: 'a@b.example',
  clientId: 'id',
  clientSecret: 'hush client',
  refreshToken: 'hush refresh',
};
const shown = (value: unknown): string =>
  `${String(value)} ${JSON.stringify({ value })} ${inspect(value, { depth: 20, showHidden: true, getters: true })}`;
const refusal = (read: () => unknown): MailError => {
  try {
    read();
  } catch (error) {
    if (error instanceof MailError) return error;
  }
  throw new Error('it was not refused by a MailError');
};

describe('a secret', () => {
  it('shows nothing of itself when printed, inspected, spread or put into JSON', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const value = `hush${text}`;
        const secret = new Secret(value);
        expect(secret.reveal()).toBe(value);
        expect(`${shown(secret)} ${shown({ ...secret })} ${shown([secret])}`).not.toContain('hush');
      }),
    );
  });
});

describe('a grant', () => {
  it('is read back as it was written', () => {
    const text = JSON.stringify({ ...GRANT, grantedAt: 5 });
    expect(JSON.parse(formatGrant(parseGrant(text, 'x')))).toEqual(JSON.parse(text));
    expect(shown(parseGrant(text, 'x'))).not.toContain('hush');
  });

  it.each([
    ['type', { type: 'hush' }],
    ['address', { address: 'hush' }],
    ['clientId', { clientId: '' }],
    ['clientSecret', { clientSecret: ['hush'] }],
    ['refreshToken', { refreshToken: '' }],
    ['refreshToken', { refreshToken: undefined }],
    ['grantedAt', { grantedAt: 'hush' }],
    ['grantedAt', { grantedAt: 0.5 }],
  ])('is refused by the name of its secret and of %s, without any value', (field, change) => {
    const error = refusal(() => parseGrant(JSON.stringify({ ...GRANT, ...change }), 'Mailroom/grants/support'));
    expect(error).toMatchObject({ code: 'SECRET_MALFORMED', details: { field } });
    expect(error.message).toContain('Mailroom/grants/support');
    expect(shown(error)).not.toContain('hush');
  });

  it.each(['hush', '{"refreshToken": "hush"', '', '"hush"', 'null', '[]'])('is not %j, which is not shown', (text) => {
    const error = refusal(() => parseGrant(text, 'x'));
    expect(error.code).toBe('SECRET_MALFORMED');
    expect(shown(error)).not.toContain('hush');
  });
});

describe('an access token', () => {
  const text = '{"accessToken":"hush","expiresAt":500000,"address":"a@b.example"}';

  it('is read back as it was written, without its version', () => {
    const token = parseAccessToken(text, 'v1', 'x');
    expect(token.version).toBe('v1');
    expect(JSON.parse(formatAccessToken(token))).toEqual(JSON.parse(text));
    expect(shown(token)).not.toContain('hush');
  });

  it('is usable as long as more than a minute is left', () => {
    const token = parseAccessToken(text, 'v1', 'x');
    expect(isUsable(token, () => toEpochMs(439_999))).toBe(true);
    expect(isUsable(token, () => toEpochMs(440_000))).toBe(false);
    expect(isUsable(token, () => toEpochMs(900_000))).toBe(false);
  });

  it('goes onto the wire as XOAUTH2 asks, and is not shown on the way', () => {
    const user = parse(EmailAddressSchema, 'jörg@shop.example', 'EVENT_INVALID', 'test');
    const response = initialResponse(user, new Secret('hush'));
    expect(Buffer.from(response.reveal(), 'base64').toString()).toBe(
      'user=jörg@shop.example\x01auth=Bearer hush\x01\x01',
    );
    expect(shown(response)).not.toContain(response.reveal());
  });
});
