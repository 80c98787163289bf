// What is kept of a person: records of messages, and raw mails.

import type { MessageStory } from '../../lib/aws/message-story.ts';
import { findPerson } from '../../lib/aws/people-in-messages.ts';
import { listRawMails, type RawMail, readRawMail } from '../../lib/aws/raw-mails.ts';
import { createRegistry } from '../../lib/aws/registry.ts';
import { sameAddress } from '../../lib/core/address.ts';
import { codeOf } from '../../lib/core/errors.ts';
import type { MailContent } from '../../lib/core/mail-content.ts';
import { readMail } from '../../lib/mime/mail-content.ts';
import type { Context } from '../command.ts';
import type { Deployment } from '../deployment.ts';

export interface PersonalData {
  readonly settled: readonly MessageStory[];
  /** Not settled: they wait, are in work, or nobody knows whether they were sent. */
  readonly waiting: readonly MessageStory[];
  readonly mails: readonly RawMail[];
  /** Keys of records that cannot be read. */
  readonly malformed: readonly string[];
}

export async function findData(context: Context, deployment: Deployment, address: string): Promise<PersonalData> {
  const { terminal } = context;
  const { found, malformed } = await terminal.during('going through the messages', () =>
    findMessages(context, deployment, address),
  );
  const mails = await terminal.during('going through the raw mails', () => findMails(context, deployment, address));
  return {
    settled: found.filter(({ outcome }) => outcome !== undefined),
    waiting: found.filter(({ outcome }) => outcome === undefined),
    mails,
    malformed,
  };
}

async function findMessages({ signal }: Context, { db, outputs }: Deployment, address: string) {
  const found: MessageStory[] = [];
  const malformed: string[] = [];
  for await (const page of findPerson(db, outputs.MessagesTable, address)) {
    signal.throwIfAborted();
    found.push(...page.found);
    malformed.push(...page.malformed);
  }
  return { found, malformed };
}

async function findMails(
  { signal }: Context,
  { db, s3, outputs }: Deployment,
  address: string,
): Promise<readonly RawMail[]> {
  const { profiles } = await createRegistry(db, outputs.MailboxesTable).list();
  const own = profiles.map((profile) => profile.address);
  const found: RawMail[] = [];
  for await (const page of listRawMails(s3, outputs.MailBucket)) {
    for (const mail of page) {
      signal.throwIfAborted();
      const raw = await readRawMail(s3, outputs.MailBucket, mail);
      if (raw !== undefined && (await concerns(raw.bytes, address, own))) found.push(mail);
    }
  }
  return found;
}

/** From that person, a bounce about the address, or written to it by hand from a mailbox of ours. */
async function concerns(bytes: Uint8Array, address: string, own: readonly string[]): Promise<boolean> {
  const content = await readSafely(bytes);
  // It cannot be parsed: it is that person's where it names the address at all.
  if (content === undefined) return Buffer.from(bytes).toString('latin1').toLowerCase().includes(address.toLowerCase());
  const { from, replyTo = [], to, cc, deliveryStatus } = content;
  const isThem = (other: { readonly address: string }): boolean => sameAddress(other.address, address);
  const isOurs = from !== null && own.some((mailbox) => sameAddress(mailbox, from.address));
  const people = [...(from === null ? [] : [from]), ...replyTo, ...(deliveryStatus?.recipients ?? [])];
  return [...people, ...(isOurs ? [...to, ...cc] : [])].some(isThem);
}

async function readSafely(bytes: Uint8Array): Promise<MailContent | undefined> {
  try {
    return await readMail(bytes);
  } catch (error) {
    if (codeOf(error) !== 'REPLY_UNREADABLE') throw error;
    return undefined;
  }
}
