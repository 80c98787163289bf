// A deployed Mailroom as the command line sees it: what its stack says of itself in its outputs, and clients for its parts.
import { CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { findStack } from './find-stack.ts';
import { type Outputs, parseOutputs } from './outputs.ts';

export interface Deployment {
  readonly stackName: string;
  readonly outputs: Outputs;
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
  const stack = await findStack(cloudformation, name);
  const clients = {
    cloudformation,
    lambda: new LambdaClient(LAMBDA_OPTIONS),
    s3: new S3Client(OPTIONS),
    secrets: new SecretsManagerClient(OPTIONS),
    sqs: new SQSClient(OPTIONS),
    db: DynamoDBDocumentClient.from(new DynamoDBClient(OPTIONS), { marshallOptions: { removeUndefinedValues: true } }),
  };
  return {
    stackName: nameOf(stack),
    outputs: parseOutputs(stack),
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function nameOf({ StackName = '' }: Stack): string {
  return StackName;
}
