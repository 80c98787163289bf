// Mailroom deployed to MiniStack by the CDK, with the local Gmail before it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalAws } from '../../local/aws/aws.ts';
import { connectMailbox } from '../../local/connect.ts';
import { type LocalGoogle, startGoogle } from '../../local/google/google.ts';
import { SUPPORT, stackParameters } from '../../local/mailroom.ts';
import { Cdk, type Deployment } from './cdk.ts';
import { type MiniStack, startMiniStack } from './ministack.ts';

export const CUSTOMER = 'ada@customer.example';

export interface Deployed {
  readonly aws: MiniStack;
  readonly google: LocalGoogle;
  readonly first: Deployment;
  deployAgain(): Promise<Deployment>;
  connect(): Promise<void>;
  destroy(): Promise<string>;
  stop(): Promise<void>;
}

/** @param stage makes the assembly that is deployed first, in a folder of its own; default: what is synthesised now */
export async function deploy(stage?: (folder: string) => Promise<string>): Promise<Deployed> {
  const google = await startGoogle();
  for (const address of [SUPPORT.address, CUSTOMER]) google.addAccount({ address });
  const aws = await startMiniStack({ NODE_EXTRA_CA_CERTS: google.endpoints.ca });
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-deploy-'));
  const stop = async (): Promise<void> => {
    await aws.stop();
    await google.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const cdk = new Cdk(aws, folder);
    const parameters = stackParameters(google.endpoints, 'implicit');
    await cdk.bootstrap();
    const first = await cdk.deploy(parameters, await stage?.(folder));
    return {
      aws,
      google,
      first,
      deployAgain: () => cdk.deploy(parameters),
      destroy: () => cdk.destroy(),
      connect: () => connectMailbox(google, asLocalAws(aws, first), SUPPORT),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** By which every SDK, and the AWS CLI, finds the emulator. */
export function environmentOf({ region, endpoint, credentials }: MiniStack): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

function asLocalAws(
  { region, endpoint, credentials }: MiniStack,
  { outputs }: Deployment,
): Pick<LocalAws, 'region' | 'credentials' | 'endpoints' | 'stackName' | 'outputs'> {
  const endpoints = {
    lambda: endpoint,
    sqs: endpoint,
    s3: endpoint,
    dynamodb: endpoint,
    secretsmanager: endpoint,
    cloudformation: endpoint,
    events: endpoint,
  };
  return { region, credentials, endpoints, stackName: 'Mailroom', outputs };
}
