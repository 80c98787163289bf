// The body after DATA (RFC 5321 4.5.2): up to the line that is a lone dot, stuffed dots removed. Only CRLF.CRLF ends it,
// wherever segments are cut: a bare LF must not, or one mail could smuggle in another.
import { TooLong, type Wire } from './wire.ts';

const crlf = Buffer.from('\r\n');
const lastLine = Buffer.from('\r\n.\r\n');
const stuffedDot = Buffer.from('\r\n..');

/** `onFirst` runs when the first of the body has come. Too long a body is read to its end, then thrown as TooLong. */
export async function readDottedBody(wire: Wire, maxBytes: number, onFirst: () => Promise<void>): Promise<Buffer> {
  // The line end of the DATA command is the one before the body's first line.
  const parts: Buffer[] = [crlf];
  let size = 0;
  let tail: Buffer = crlf;
  for (;;) {
    const came = await wire.readSome();
    if (size === 0) await onFirst();
    const window = Buffer.concat([tail, came]);
    const end = window.indexOf(lastLine);
    const used = end < 0 ? came.length : end + lastLine.length - tail.length;
    size += used;
    if (size <= maxBytes + 3) parts.push(came.subarray(0, used));
    else parts.length = 0;
    if (end >= 0) {
      wire.putBack(came.subarray(used));
      break;
    }
    tail = window.subarray(-4);
  }
  if (size > maxBytes + 3) throw new TooLong();
  return unstuff(Buffer.concat(parts).subarray(0, size - 1)).subarray(crlf.length);
}

/** `body` starts with the line end before it, so that its first line is like every other. */
function unstuff(body: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = body.indexOf(stuffedDot); at >= 0; at = body.indexOf(stuffedDot, from)) {
    kept.push(body.subarray(from, at + 3));
    from = at + 4;
  }
  return kept.length === 0 ? body : Buffer.concat([...kept, body.subarray(from)]);
}
