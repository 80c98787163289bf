// The bucket Mail: requests and replies that are too big for a queue. Most messages fit a table's item, and the client
// takes 30 ms to load: it is loaded when the first object is read or written.

import { once } from '../core/once.ts';
import type { ObjectStore } from '../core/ports.ts';
import { CLIENT_OPTIONS } from './clients.ts';

export function createObjectStore(bucket: string): ObjectStore {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-s3');
    return { sdk, s3: new sdk.S3Client(CLIENT_OPTIONS) };
  });
  return {
    bucket,

    async read(key) {
      const { sdk, s3 } = await load();
      try {
        const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    },

    async write(key, content) {
      const { sdk, s3 } = await load();
      await s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },

    async remove(key) {
      const { sdk, s3 } = await load();
      await s3.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
