// The raw mails of replies, as people look through them: they lie under raw/MAILBOX/ in the bucket, named by hashes, each
// attachment in a folder of its mail's name (functions/poll-replies/route-reply.ts).
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type EpochMs, toEpochMs } from '../core/time.ts';

export interface RawMail {
  readonly key: string;
  readonly mailbox: string;
  readonly storedAt: EpochMs;
  readonly bytes: number;
}

export interface RawMailBytes {
  readonly bytes: Uint8Array;
  /** Whether the mail goes on beyond them. */
  readonly isCut: boolean;
}

/** Enough for its texts; what hangs on a larger one is not looked at. */
const MOST_BYTES = 1024 * 1024;
const RAW_MAIL = /^raw\/([^/]+)\/[^/]+\.eml$/;

/** Page by page, in no order of time. @param mailbox of all where it is not given */
export async function* listRawMails(
  s3: S3Client,
  Bucket: string,
  mailbox?: string,
): AsyncGenerator<readonly RawMail[]> {
  const Prefix = mailbox === undefined ? 'raw/' : `raw/${mailbox}/`;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    yield Contents.flatMap(({ Key: key = '', LastModified, Size: bytes = 0 }) => {
      const [, of] = RAW_MAIL.exec(key) ?? [];
      const storedAt = toEpochMs(LastModified?.getTime() ?? 0);
      return of === undefined ? [] : [{ key, mailbox: of, storedAt, bytes }];
    });
  }
}

/** Undefined where it is gone meanwhile. */
export async function readRawMail(
  s3: S3Client,
  Bucket: string,
  { key, bytes }: RawMail,
): Promise<RawMailBytes | undefined> {
  const isCut = bytes > MOST_BYTES;
  const range = isCut ? { Range: `bytes=0-${MOST_BYTES - 1}` } : {};
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, ...range }));
    return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), isCut };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** The attachments first: while the mail is there, what is left of it can be found. @returns how many objects */
export async function deleteRawMail(s3: S3Client, Bucket: string, { key }: RawMail): Promise<number> {
  const Prefix = `${key.replace(/\.eml$/, '')}/`;
  let deleted = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    for (const { Key } of Contents) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      deleted += 1;
    }
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
  return deleted + 1;
}
