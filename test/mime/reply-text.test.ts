// The new text apart from what a reply quotes; the corpus of whole mails has its own rung. No text, however hostile,
// costs more than its length.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replyTextOf } from '../../lib/mime/reply-text.ts';

const newTextOf = (text: string) => replyTextOf({ text }).newText;

describe('the new text', () => {
  it('is what stands above an attribution and the lines it quotes', () => {
    const text = 'Yes.\n\nOn 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n\n> Shall we?\n';
    expect(replyTextOf({ text })).toEqual({ newText: 'Yes.', fullText: text });
  });

  it('goes on below the quoted lines', () => {
    expect(newTextOf('Dear Shop,\n\nShop wrote:\n> Shall we?\n\nyes.\n')).toBe('Dear Shop,\n\nyes.');
  });

  it('ends above an attribution whose quote is not marked', () => {
    expect(newTextOf('Yes.\n\nOn 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n\nShall we?\n')).toBe(
      'Yes.',
    );
  });

  it.each([
    ['a sentence that ends in a colon', 'On Monday we said:\nno more than two.'],
    ['a date that ends in a colon', 'Tuesday, 3 November 2026:\nwe are closed.'],
    ['a place that somebody comes from', 'From: Berlin\nTo: Hamburg'],
    ['a comparison', 'We need\n> 5 items\nat least.'],
    ['a sign-off typed by hand', 'Yes.\n\nRegards,\nAda'],
    ['a text below a rule', 'The first question is this.\n\n---\n\nAnd is this the second one?'],
  ])('keeps %s', (_what, text) => {
    expect(newTextOf(text)).toBe(text);
  });

  it.each([
    ['a signature', 'Yes.\n\n-- \nAda\n'],
    ['the footer of a phone', 'Yes.\n\nSent from my iPhone\n'],
    ['a legal footer below a rule', 'Yes.\n\n____________\nThis message is confidential.\n'],
    ['a forwarded mail', 'Yes.\n\n---------- Forwarded message ---------\nFrom: Shop <support@shop.example>\n\nHi\n'],
    ["a ticket system's mail", 'Yes.\n\n##- Please type your reply above this line -##\n\nHi\n'],
  ])('leaves out %s', (_what, text) => {
    expect(newTextOf(text)).toBe('Yes.');
  });

  it('is empty where a mail only quotes', () => {
    expect(newTextOf('On 2 Nov 2026, at 15:04, Shop <support@shop.example> wrote:\n\n> Shall we?\n')).toBe('');
  });

  it('comes from HTML where the text is blank', () => {
    const html = '<div>Yes.</div><blockquote type="cite">Shall we?</blockquote>';
    expect(replyTextOf({ text: ' \r\n\u00a0\r\n', html })).toEqual({
      newText: 'Yes.',
      fullText: 'Yes.\n\n> Shall we?',
    });
    expect(replyTextOf({ text: 'Text.', html }).newText).toBe('Text.');
    expect(replyTextOf({})).toEqual({ newText: '', fullText: '' });
  });

  it('keeps what its writer set off in HTML', () => {
    const html = '<div>As agreed:<blockquote>first floor</blockquote>thanks</div>';
    expect(replyTextOf({ html }).newText).toBe('As agreed:\n\nfirst floor\n\nthanks');
  });

  it('is read in the first 50,000 characters', () => {
    const { newText, fullText } = replyTextOf({ text: `${'a\n'.repeat(25_000)}late` });
    expect(newText).not.toContain('late');
    expect(fullText).toContain('late');
  });
});

/** The least CPU time of some runs, in ms, on this thread: what else the machine does hardly adds to it. */
function leastMs(run: () => void, runs = 5): number {
  const each = Array.from({ length: runs }, () => {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...each);
}

/** Below some milliseconds the compiler and the collector decide; what is quadratic takes seconds. */
const NOISE_MS = 20;
const ratio = (whole: number, part: number) => (whole + NOISE_MS) / (part + NOISE_MS);

describe('hostile input', () => {
  const UNITS = ['>', '> x\n', '\n', ' \n', 'On ', 'On \n', ':\n', 'a@', 'wrote:\n', 'From: a\n', 'From: a@b\n\n', '-'];
  const MORE = ['--\n', '-- \n', '_', '<', '<http://', 'Sent from ', 'Sent from my iPhone\n', '1.', '1:11 2026 ', '\t'];

  it.each([...UNITS, ...MORE])('takes twice the time for twice as many of %j', (unit) => {
    const of = (length: number) => `Yes.\n\n${unit.repeat(length / unit.length + 1).slice(0, length - 10)}\na`;
    const [half, whole] = [of(25_000), of(50_000)];
    const once = leastMs(() => newTextOf(half));
    expect(
      ratio(
        leastMs(() => newTextOf(whole)),
        once,
      ),
    ).toBeLessThan(3);
  });

  it.each(['>', '\n', 'On ', '<div>', '<blockquote>', '<b>', '<'])(
    'of 1 MB of %j costs no more than its beginning',
    (unit) => {
      const of = (length: number) => unit.repeat(length / unit.length);
      const once = leastMs(() => replyTextOf({ text: of(60_000) }));
      expect(
        ratio(
          leastMs(() => replyTextOf({ text: of(1_000_000) })),
          once,
        ),
      ).toBeLessThan(3);
    },
  );

  it.each(['<div>', '<blockquote type=cite>', '<b>', '<div style="border-top:solid"><b>a:</b>'])(
    'of 1 MB of HTML made of %s costs no more than its first 256 KB',
    { timeout: 60_000 },
    (unit) => {
      const of = (length: number) => unit.repeat(length / unit.length + 1);
      const once = leastMs(() => replyTextOf({ html: of(300_000) }), 2);
      expect(
        ratio(
          leastMs(() => replyTextOf({ html: of(1_000_000) }), 2),
          once,
        ),
      ).toBeLessThan(3);
    },
  );

  it('is read, however deep its HTML is nested, without what lies deepest', () => {
    const { newText } = replyTextOf({ html: `<p>Yes.</p>${'<div>'.repeat(20_000)}deep` });
    expect(newText).toBe('Yes.');
  });

  it('of any lines gives new text that stands in it', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '> a',
        'On 2 Nov 2026 at 15:04 a@b.example wrote:',
        'From: a@b.example',
        'Subject: x',
        '-- ',
        '--',
        '',
      ),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const text = lines.join('\n');
        for (const kept of newTextOf(text).split('\n')) expect(text).toContain(kept);
      }),
      { numRuns: 500 },
    );
  });
});
