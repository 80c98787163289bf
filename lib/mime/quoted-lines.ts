// The new text in a mail's lines: what is neither quoted, nor above a quote as its attribution, nor a signature.
// One pass with a bounded look around each line, so that hostile text costs no more than its length.
import { type Attribution, attributionEndingAt } from './attribution.ts';
import { isBareBlock, quotedHeaderAt } from './quoted-header.ts';
import { withoutSignature } from './signature.ts';

/** Stands before lines that HTML sets off without saying that they are quoted: they are where an attribution precedes them. */
export const SET_OFF = '\u2060\u2502';

const QUOTED = /^\s{0,3}>/u;
const COMPARED = /^\s{0,3}>=?\s?[\d$€£¥]/u;
const RULE = /^\s*(?:[-_=*]{3,}|[—–]{1,3})\s*$/u;

/** Lines that precede a quote may be blank; more of them than this separate it from its attribution. */
const MAX_BLANKS = 4;

/** The new text, trimmed; blank lines within it are kept. */
export function newTextOf(text: string): string {
  const lines = text.split(/\r\n|\r|\n/u);
  const found = newLinesOf(lines, 0);
  if (found !== '') return found;
  return betweenHeaders(lines);
}

/** A mail may begin with the headers of another one, and say something between them and further ones. */
function betweenHeaders(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '' && !RULE.test(line));
  const end = first >= 0 && isBareBlock(lines, first) ? quotedHeaderAt(lines, first) : undefined;
  if (end === undefined) return '';
  const found = newLinesOf(lines, end);
  return found === lines.slice(end).join('\n').trim() ? '' : found;
}

interface Pass {
  readonly lines: readonly string[];
  /** Text between two quotes, line by line. */
  readonly segments: string[][];
  /** Whether an attribution stood above: then everything marked is quoted. */
  attributed: boolean;
}

function newLinesOf(lines: readonly string[], from: number): string {
  const pass: Pass = { lines, segments: [[]], attributed: false };
  let at = from;
  while (at < lines.length) at = step(pass, at);
  const kept = pass.segments.flatMap((segment) => withoutSignature(segment));
  return withoutRules(kept).map(unmarked).join('\n').trim();
}

/** Takes one line, or all that is quoted from it on; gives the next one to take. */
function step(pass: Pass, at: number): number {
  const line = pass.lines[at] ?? '';
  const segment = pass.segments.at(-1) ?? [];
  if (QUOTED.test(line) || isSetOff(line)) return takeMarked(pass, at);
  const below = quotedHeaderAt(pass.lines, at);
  if (below !== undefined) return startQuote(pass, below);
  const attribution = attributionEndingAt(pass.lines, at, isMarked(pass.lines[nextText(pass.lines, at + 1)]));
  if (attribution === undefined) {
    segment.push(line);
    return at + 1;
  }
  dropAttribution(segment, attribution, at);
  return startQuote(pass, at + 1);
}

/** Below an attribution or quoted headers: the marked lines where there are some, else all that follows. */
function startQuote(pass: Pass, at: number): number {
  const next = nextText(pass.lines, at);
  if (!isMarked(pass.lines[next])) return pass.lines.length;
  pass.attributed = true;
  return skipQuote(pass, next);
}

function dropAttribution(segment: string[], { firstLine, before }: Attribution, last: number): void {
  segment.length = Math.max(0, segment.length - (last - firstLine));
  if (before !== '') segment.push(before);
}

/** A run of marked lines: skipped where it is a quote, kept where a person compares ("> 5 items"). */
function takeMarked(pass: Pass, at: number): number {
  let end = at;
  while (end < pass.lines.length && isMarked(pass.lines[end])) end += 1;
  const run = pass.lines.slice(at, end);
  const isQuote = pass.attributed ? !run.every(isSetOff) : isUnannouncedQuote(pass, run, at, end);
  if (isQuote) return skipQuote(pass, at);
  pass.segments.at(-1)?.push(...run);
  return end;
}

function isUnannouncedQuote(pass: Pass, run: readonly string[], at: number, end: number): boolean {
  if (run.every(isSetOff)) return false;
  if (run.every((line) => COMPARED.test(line)) && run.length <= 3) return false;
  const isGlued = at > 0 && (pass.lines[at - 1] ?? '').trim() !== '';
  const goesOn = (pass.lines[end] ?? '').trim() !== '';
  return run.length > 1 || !isGlued || !goesOn;
}

/** Past marked lines, what a client broke off them, and the blank lines below. */
function skipQuote(pass: Pass, from: number): number {
  let at = from;
  while (at < pass.lines.length && (isMarked(pass.lines[at]) || isBrokenOff(pass.lines, at))) at += 1;
  while (at < pass.lines.length && (pass.lines[at] ?? '').trim() === '') at += 1;
  pass.segments.push([]);
  return at;
}

/** The rest of a link that was wrapped without a mark: it closes what the marked line above opens. */
function isBrokenOff(lines: readonly string[], at: number): boolean {
  const above = (lines[at - 1] ?? '').slice(-300);
  const line = (lines[at] ?? '').trim();
  if (!isMarked(lines[at + 1]) || line === '' || line.length > 300) return false;
  return /[(<]https?:\/\/[^\s)>]{0,300}$/u.test(above) ? /[)>]$/u.test(line) : /^[(<]https?:\/\/\S+\s?>?$/u.test(line);
}

function isMarked(line: string | undefined): boolean {
  return line !== undefined && (QUOTED.test(line) || isSetOff(line));
}

function isSetOff(line: string): boolean {
  return line.startsWith(SET_OFF);
}

function unmarked(line: string): string {
  return line.replaceAll(SET_OFF, '').replace(/^ (?=\S)/u, (space) => (line.startsWith(SET_OFF) ? '' : space));
}

function nextText(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && at - from < MAX_BLANKS && (lines[at] ?? '').trim() === '') at += 1;
  return at;
}

/** The line that clients draw above a quote says nothing once the quote is gone. */
function withoutRules(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && ((lines[end - 1] ?? '').trim() === '' || RULE.test(lines[end - 1] ?? ''))) end -= 1;
  return lines.slice(0, end);
}
