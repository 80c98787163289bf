// Writes down what leaves the parts of the local AWS, so that a test run can be searched for secrets at its end. Does
// nothing unless MAILROOM_CAPTURE names a folder: one file for each kind and process, so that no two write into one.
import { openSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Service } from './api-call.ts';

export type CaptureKind =
  | Exclude<Service, 'secretsmanager'>
  | 'function-output'
  | 'function-environment'
  | 'invocation'
  | 'terminal';

type Bytes = string | Uint8Array;

const files = new Map<string, number>();

/** @param bytes one record, which nothing comes between */
export function capture(kind: CaptureKind, ...bytes: readonly Bytes[]): void {
  if (isCapturing()) append(`${kind}.captured`, bytes);
}

/** What a person sees of the command line. */
export function captureTerminal(bytes: Bytes): void {
  capture('terminal', bytes);
}

export function isCapturing(): boolean {
  return process.env.MAILROOM_CAPTURE !== undefined;
}

/** What a process writes, by whole lines: those of another must not come between the bytes of one. */
export function captureOutput(stream: Readable): void {
  if (!isCapturing()) return;
  let line: Buffer[] = [];
  const write = (): void => {
    if (line.length > 0) capture('function-output', ...line);
    line = [];
  };
  stream.on('data', (bytes: Buffer) => {
    const end = bytes.lastIndexOf('\n') + 1;
    line.push(bytes.subarray(0, end));
    if (end > 0) write();
    if (end < bytes.length) line.push(bytes.subarray(end));
  });
  stream.once('close', write);
}

/** What must be found in none of it. @param kind what it is, for who reads that it was found */
export function captureSecret(kind: string, value: string): void {
  if (isCapturing()) append('secrets', [JSON.stringify({ kind, value })]);
}

function append(name: string, bytes: readonly Bytes[]): void {
  const path = join(process.env.MAILROOM_CAPTURE ?? '', `${name}.${process.pid}`);
  const file = files.get(path) ?? openSync(path, 'a', 0o600);
  files.set(path, file);
  // At once, not by a stream: a worker of the test run may be killed when its tests have ended.
  writevSync(
    file,
    [...bytes, '\n'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  );
}
