// A mail from the options of the command line; what it may say is for the client to check.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Mail } from '../../lib/client/mailroom.ts';
import type { EpochMs } from '../../lib/core/time.ts';
import { parseMoment } from '../moment.ts';
import { Problem } from '../problem.ts';

export interface MailOptions {
  readonly to?: string[] | undefined;
  readonly cc?: string[] | undefined;
  readonly bcc?: string[] | undefined;
  readonly subject: string;
  readonly text?: string | undefined;
  readonly textFile?: string | undefined;
  readonly htmlFile?: string | undefined;
  readonly attach?: string[] | undefined;
  readonly context?: string | undefined;
  readonly sendAt?: string | undefined;
  readonly automatic?: boolean | undefined;
}

/** @throws Problem USAGE where a file cannot be read, or an option is not what it should be */
export async function composeMail(options: MailOptions, now: EpochMs): Promise<Mail> {
  const { to, cc, bcc, subject, context, sendAt } = options;
  const text = options.textFile === undefined ? options.text : await readText(options.textFile, '--text-file');
  const html = options.htmlFile === undefined ? undefined : await readText(options.htmlFile, '--html-file');
  const attachments = await Promise.all((options.attach ?? []).map(attach));
  return {
    subject,
    ...(to && { to }),
    ...(cc && { cc }),
    ...(bcc && { bcc }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    ...(attachments.length > 0 && { attachments }),
    ...(context !== undefined && { context: parseContext(context) }),
    ...(sendAt !== undefined && { sendAt: parseMoment(sendAt, now, 'ahead', '--send-at') }),
    ...(options.automatic === true && { automatic: true }),
  };
}

async function attach(path: string): Promise<{ filename: string; content: string }> {
  const bytes = await readInput(path, '--attach');
  return { filename: basename(path), content: bytes.toString('base64') };
}

async function readText(path: string, option: string): Promise<string> {
  return path === '-' ? readAll(process.stdin) : (await readInput(path, option)).toString('utf8');
}

async function readInput(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Problem('USAGE', `${option}: ${path} cannot be read`, 'name a file that is there', { cause: error });
  }
}

function parseContext(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Problem('USAGE', '--context: is not JSON', `give JSON, such as '{"order": 4711}'`, { cause: error });
  }
}
