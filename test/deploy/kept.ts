// What there is of a stack, be the stack itself there or not.
import { readFile } from 'node:fs/promises';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseTemplate } from '../infra/upgrade.ts';
import { physicalIds } from './aws-call.ts';
import type { MiniStack } from './ministack.ts';
import { readResource } from './standing.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** What was made of the resources of a template. */
export async function resourcesOf(aws: MiniStack, stack: string, templateFile: string): Promise<StackResource[]> {
  const { Resources } = parseTemplate(JSON.parse(await readFile(templateFile, 'utf8')));
  const ids = await physicalIds(aws, stack);
  return Object.entries(Resources).map(([logicalId, { Type: type }]) => {
    const physicalId = ids.get(logicalId);
    if (physicalId === undefined) throw new Error(`${logicalId} was not deployed`);
    return { logicalId, type, physicalId };
  });
}

/** The logical ids of those that can be read. What only grants, such as a role, is not looked at. */
export async function findStanding(aws: MiniStack, resources: readonly StackResource[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { logicalId, type, physicalId } of resources) {
    // MiniStack takes the rules off a bucket that it retains, so its properties cannot be read all.
    const reading = type === 'AWS::S3::Bucket' ? headBucket(aws, physicalId) : readResource(aws, type, physicalId);
    const standing = await reading.catch(() => undefined);
    if (standing !== undefined) found.push(logicalId);
  }
  return found.sort();
}

async function headBucket({ region, endpoint, credentials }: MiniStack, Bucket: string): Promise<object> {
  const client = new S3Client({ region, endpoint, credentials: { ...credentials }, forcePathStyle: true });
  try {
    return await client.send(new HeadBucketCommand({ Bucket }));
  } finally {
    client.destroy();
  }
}

/** Those of a stack that are not marked for deletion. */
export async function secretNames(
  { region, endpoint, credentials }: MiniStack,
  stack: string,
): Promise<readonly string[]> {
  const client = new SecretsManagerClient({ region, endpoint, credentials: { ...credentials } });
  try {
    const { SecretList = [] } = await client.send(new ListSecretsCommand({ MaxResults: 100 }));
    return SecretList.flatMap(({ Name = '' }) => (Name.startsWith(`${stack}/`) ? [Name] : [])).sort();
  } finally {
    client.destroy();
  }
}
