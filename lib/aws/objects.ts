// The bucket Mail: requests and replies that are too big for a queue. Most messages fit a table's item, and the client
// takes 30 ms to load: it is loaded when the first object is read or written.

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { once } from '../core/once.ts';
import type { ObjectStore } from '../core/ports.ts';
import { OBJECT_OPTIONS } from './clients.ts';

export function createObjectStore(bucket: string): ObjectStore {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-s3');
    return { sdk, s3: new sdk.S3Client(OBJECT_OPTIONS) };
  });
  return {
    bucket,

    async read(key) {
      const { sdk, s3 } = await load();
      try {
        const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
        // Decoded as it arrives: the SDK's own way holds a large object three times.
        return Body instanceof Readable ? await text(Body) : '';
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    },

    async write(key, content) {
      const { sdk, s3 } = await load();
      await s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },

    async writeStream(key, pieces) {
      await writeParts(await load(), { Bucket: bucket, Key: key }, pieces);
    },

    async remove(key) {
      const { sdk, s3 } = await load();
      await s3.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

/** The least that S3 takes for a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

type Loaded = { readonly sdk: typeof import('@aws-sdk/client-s3'); readonly s3: S3Client };
type Place = { readonly Bucket: string; readonly Key: string };

/** A multipart upload: one part is held in memory at a time. One that ends amid its parts leaves no object, and a rule of the bucket removes them. */
async function writeParts({ sdk, s3 }: Loaded, place: Place, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const { UploadId } = await s3.send(new sdk.CreateMultipartUploadCommand(place));
  const Parts: CompletedPart[] = [];
  const upload = async (Body: Uint8Array): Promise<void> => {
    const PartNumber = Parts.length + 1;
    const { ETag } = await s3.send(new sdk.UploadPartCommand({ ...place, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  };
  const part = Buffer.allocUnsafe(PART_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const taken = piece.subarray(from, from + PART_BYTES - filled);
      part.set(taken, filled);
      from += taken.length;
      filled += taken.length;
      if (filled < PART_BYTES) continue;
      await upload(part);
      filled = 0;
    }
  }
  if (filled > 0 || Parts.length === 0) await upload(part.subarray(0, filled));
  await s3.send(new sdk.CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
}
