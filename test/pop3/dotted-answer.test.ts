// The decoder of dotted answers: what was stuffed comes out, and only a lone dot between line ends is the end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DottedAnswer } from '../../lib/pop3/dotted-answer.ts';

const LINES = fc.array(
  fc
    .array(fc.constantFrom('.', '..', '\r', '\n', '\0', '\xe9', 'x', '. '), { maxLength: 6 })
    .map((parts) => parts.join('').replace(/\r(?=\n|$)/g, 'r')),
  { maxLength: 12 },
);

function decode(pieces: readonly Buffer[]): { data: string; rest: string | undefined } {
  const dotted = new DottedAnswer();
  let data = '';
  for (const [index, piece] of pieces.entries()) {
    const { data: came, rest } = dotted.decode(piece);
    data += came.toString('latin1');
    if (rest !== undefined) return { data, rest: Buffer.concat([rest, ...pieces.slice(index + 1)]).toString('latin1') };
  }
  return { data, rest: undefined };
}

describe('a dotted answer', () => {
  it('is the lines that were stuffed, cut at any two places, and what follows is left alone', () => {
    fc.assert(
      fc.property(LINES, (lines) => {
        const stuffed = lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('');
        const wire = Buffer.from(`${stuffed}.\r\n+OK next\r\n`, 'latin1');
        const expected = { data: lines.map((line) => `${line}\r\n`).join(''), rest: '+OK next\r\n' };
        for (let one = 0; one <= wire.length; one += 1) {
          const other = Math.min(wire.length, one + 1 + (one % 4));
          const pieces = [wire.subarray(0, one), wire.subarray(one, other), wire.subarray(other)];
          expect(decode(pieces.filter(({ length }) => length > 0))).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has no end before it came', () => {
    for (const wire of ['', '.', '.\r', 'x\r\n', 'x\n.\n', 'x\r\n.\n', '.x\r\n', '\r.\r\n', '..\r\n', 'x.\r\n']) {
      expect(decode([...wire].map((byte) => Buffer.from(byte))).rest).toBeUndefined();
    }
    expect(decode([Buffer.from('.\r\n')])).toEqual({ data: '', rest: '' });
  });
});
