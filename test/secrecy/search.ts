// Looks through files of any size for secrets, a piece at a time: by native search for how they begin, then by a look at
// what stands there.
import { closeSync, openSync, readSync } from 'node:fs';
import { type Encoding, encodingsOf, kindOf, type Secret, WINDOW } from './encodings.ts';

/** Where a secret was found, told without it. */
export interface Leak {
  readonly file: string;
  /** In bytes from the beginning of the file. */
  readonly position: number;
  /** What the secret is. */
  readonly kind: string;
  readonly encoding: Encoding['name'];
}

const PIECE_BYTES = 4 * 1024 * 1024;
/** A few say where to mend; a thousand lines of the same would hide them. */
const MOST_PER_FILE = 10;

/** @param pieceBytes how much of a file is read at once */
export function searchFiles(
  files: readonly string[],
  secrets: readonly Secret[],
  pieceBytes = PIECE_BYTES,
): readonly Leak[] {
  const encodings = encodingsOf(secrets);
  return files.flatMap((file) => searchFile(file, encodings, pieceBytes));
}

function searchFile(file: string, encodings: readonly Encoding[], pieceBytes: number): Leak[] {
  const leaks: Leak[] = [];
  const descriptor = openSync(file, 'r');
  try {
    for (const { bytes, start, end } of piecesOf(descriptor, pieceBytes)) {
      for (const { at, ...leak } of searchBytes(bytes, encodings, end))
        leaks.push({ ...leak, file, position: start + at });
      if (leaks.length >= MOST_PER_FILE) break;
    }
  } finally {
    closeSync(descriptor);
  }
  return leaks.slice(0, MOST_PER_FILE);
}

interface Piece {
  /** Goes on a little beyond the end, where the next piece begins: what begins before it is whole. */
  readonly bytes: Buffer;
  /** In the file. */
  readonly start: number;
  /** In the bytes. */
  readonly end: number;
}

function* piecesOf(file: number, pieceBytes: number): Generator<Piece> {
  const buffer = Buffer.allocUnsafe(pieceBytes + WINDOW);
  let kept = 0;
  for (let start = 0; ; start += pieceBytes) {
    const bytes = buffer.subarray(0, kept + readSync(file, buffer, kept, buffer.length - kept, start + kept));
    if (bytes.length < buffer.length) return yield { bytes, start, end: bytes.length };
    yield { bytes, start, end: pieceBytes };
    kept = bytes.copy(buffer, 0, pieceBytes);
  }
}

type Found = Omit<Leak, 'file' | 'position'> & { readonly at: number };

function* searchBytes(bytes: Buffer, encodings: readonly Encoding[], end: number): Generator<Found> {
  for (const { needle, find, name } of encodings) {
    for (let at = bytes.indexOf(needle); at !== -1 && at < end; at = bytes.indexOf(needle, at + 1)) {
      const secret = find(bytes.toString('latin1', at, at + WINDOW));
      if (secret !== undefined) yield { at, kind: kindOf(secret), encoding: name };
    }
  }
}
