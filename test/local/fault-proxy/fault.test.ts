// How a fault is written: what can be written is read, and what cannot is refused with how it can.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultScript, parseFault } from '../../../local/fault-proxy/fault.ts';

describe('a fault as text', () => {
  it.each([
    ['smtp/after-dot=cut', { server: 'smtp', at: 'after-dot', action: { kind: 'cut' } }],
    ['smtp/body@1000=stall', { server: 'smtp', at: 'body', byte: 1000, action: { kind: 'stall' } }],
    ['imap/FETCH=delay 2000 x3', { server: 'imap', at: 'FETCH', action: { kind: 'delay', ms: 2000 }, times: 3 }],
    ['oauth/response=corrupt x*', { server: 'oauth', at: 'response', action: { kind: 'corrupt' }, times: Infinity }],
    [
      'smtp/MAIL=421 4.7.0 Try again later x2',
      { server: 'smtp', at: 'MAIL', action: { kind: 'reply', text: '421 4.7.0 Try again later' }, times: 2 },
    ],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  it.each(['', 'smtp', 'smtp/MAIL', 'pop3/RETR=cut', 'smtp/MAIL=ctu', 'smtp/MAIL@x=cut', 'smtp/MAIL=delay soon'])(
    'refuses %s, and says how it is written',
    (text) => {
      expect(() => parseFault(text)).toThrow(/not a fault: .*such as smtp\/after-dot=cut/s);
    },
  );

  it('is read or refused, whatever is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseFault(text).server).toMatch(/^(?:smtp|imap|oauth)$/);
        } catch (error) {
          expect(String(error)).toContain('not a fault');
        }
      }),
    );
  });

  it('happens as often as it says, at its point of its server', () => {
    const script = new FaultScript();
    script.add(parseFault('smtp/MAIL=cut x2'));
    expect(script.take('imap', 'MAIL')).toBeUndefined();
    expect(script.take('smtp', 'RCPT')).toBeUndefined();
    expect([1, 2, 3].map(() => script.take('smtp', 'MAIL')?.action.kind)).toEqual(['cut', 'cut', undefined]);
  });
});
