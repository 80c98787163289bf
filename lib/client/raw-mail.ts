// The mail behind a reply event, byte for byte, from the bucket Mail.
import { GetObjectCommand, NoSuchKey, type S3Client, waitUntilObjectExists } from '@aws-sdk/client-s3';
import { MailError } from '../core/errors.ts';
import type { ReplyEvent } from '../core/reply.ts';

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/** Longer than one poll has to copy a mail: after that the next one would have. */
const PENDING_SECONDS = 150;

export async function readRawMail(s3: S3Client, { raw }: Pick<ReplyEvent, 'raw'>): Promise<Uint8Array> {
  const place = { Bucket: raw.bucket, Key: raw.key };
  if (raw.pending === true) await waitUntilStored(s3, place);
  try {
    const { Body } = await s3.send(new GetObjectCommand(place));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    if (error instanceof NoSuchKey) throw missing(error);
    throw error;
  }
}

/** @throws MailError RAW_MISSING */
export async function waitUntilStored(client: S3Client, place: ObjectPlace): Promise<void> {
  try {
    await waitUntilObjectExists({ client, minDelay: 1, maxDelay: 5, maxWaitTime: PENDING_SECONDS }, { ...place });
  } catch (error) {
    throw missing(error);
  }
}

function missing(cause: unknown): MailError {
  return new MailError(
    'RAW_MISSING',
    'the raw mail of this reply is not in the bucket: it is kept for 30 days, and follows a large reply within seconds',
    { cause },
  );
}
