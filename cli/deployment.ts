// A deployed Mailroom as the command line sees it: what its stack says of itself in its outputs, and clients for its parts.
import { CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { watchClock } from './clock-skew.ts';
import { findStack } from './find-stack.ts';
import { type Outputs, parseOutputs } from './outputs.ts';

export interface Deployment {
  readonly stackName: string;
  readonly outputs: Outputs;
  /** How far this machine's clock is ahead of AWS's; undefined where AWS did not say. */
  readonly clockSkewMs: number | undefined;
  readonly cloudformation: CloudFormationClient;
  readonly db: DynamoDBDocumentClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly sqs: SQSClient;
  close(): void;
}

const OPTIONS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};
/** Asked first of all: within ten seconds it is known whether AWS answers. */
const FIRST_OPTIONS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 4_500, throwOnRequestTimeout: true },
};
/** A run of a function may take its 55 seconds. */
const LAMBDA_OPTIONS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 70_000, throwOnRequestTimeout: true },
};

/** @throws Problem STACK_NOT_FOUND, STACK_AMBIGUOUS, STACK_OUTDATED */
export async function openDeployment(name: string | undefined): Promise<Deployment> {
  const cloudformation = new CloudFormationClient(FIRST_OPTIONS);
  const clockSkewMs = watchClock(cloudformation);
  const stack = await findStack(cloudformation, name);
  // What the first client learned of the clock: without it each signs its first call wrongly, and one has no second.
  const { systemClockOffset } = cloudformation.config;
  const options = { ...OPTIONS, systemClockOffset };
  const clients = {
    cloudformation,
    lambda: new LambdaClient({ ...LAMBDA_OPTIONS, systemClockOffset }),
    s3: new S3Client(options),
    secrets: new SecretsManagerClient(options),
    sqs: new SQSClient(options),
    db: DynamoDBDocumentClient.from(new DynamoDBClient(options), { marshallOptions: { removeUndefinedValues: true } }),
  };
  return {
    stackName: nameOf(stack),
    outputs: parseOutputs(stack),
    clockSkewMs: clockSkewMs(),
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function nameOf({ StackName = '' }: Stack): string {
  return StackName;
}
