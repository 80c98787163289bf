// What leaves a stack is captured, whichever way it goes: a secret that a function lets out is found in each of them.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsOptions, type LocalAws, startAws } from '../../local/aws/aws.ts';
import { captureSecret, captureTerminal } from '../../local/aws/capture.ts';
import { buildAssembly } from '../local/aws/assembly-builder.ts';
import { judge, teardown } from './whole-run.ts';

const TOKEN = 'ya29.not-a-token-of-anybody-but-of-this-test';
/** What is invoked with it does not hold the token itself. */
const REVERSED = [...TOKEN].reverse().join('');
const FUNCTIONS = Object.fromEntries(
  Object.entries({
    Silent: 'return {}',
    Logs: 'console.log(JSON.stringify({ token }))',
    Dies: 'process.stderr.write(token, () => process.exit(1)); await new Promise(() => {})',
    Throws: 'throw new Error(token)',
    Answers: 'return { user: Buffer.from(token).toString("base64") }',
  }).map(([id, act]) => [
    id,
    `exports.handler = async ({ reversed = '' }) => { const token = [...reversed].reverse().join(''); ${act} }`,
  ]),
);
const RESOURCES = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
};

let before: string | undefined;
let folder: string;

beforeEach(() => {
  before = process.env.MAILROOM_CAPTURE;
  folder = mkdtempSync(join(tmpdir(), 'mailroom-capture-test-'));
  process.env.MAILROOM_CAPTURE = folder;
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env.MAILROOM_CAPTURE;
  else process.env.MAILROOM_CAPTURE = before;
});

interface Run {
  readonly aws: LocalAws;
  readonly access: { readonly region: string; readonly credentials: { accessKeyId: string; secretAccessKey: string } };
}

/** @returns where a stack that keeps a token as a secret has let it out */
async function leaksOf(act: (run: Run) => Promise<unknown>, options: Partial<AwsOptions> = {}): Promise<string[]> {
  const assembly = buildAssembly(FUNCTIONS, RESOURCES);
  const aws = await startAws({ assembly: assembly.folder, ...options });
  const access = { region: aws.region, credentials: { ...aws.credentials } };
  const secrets = new SecretsManagerClient({ ...access, endpoint: aws.endpoints.secretsmanager });
  await secrets.send(new CreateSecretCommand({ Name: 'S', SecretString: JSON.stringify({ accessToken: TOKEN }) }));
  secrets.destroy();
  await act({ aws, access });
  await aws.stop();
  assembly.remove();
  const { leaks } = judge(folder);
  for (const { kind } of leaks) expect(kind).toBe('access token');
  return [...new Set(leaks.map(({ file }) => basename(file).split('.')[0] ?? ''))].sort();
}

async function invoke({ aws, access }: Run, logicalId: string): Promise<void> {
  const lambda = new LambdaClient({ ...access, endpoint: aws.endpoints.lambda });
  const FunctionName = aws.resources[logicalId]?.physicalId;
  await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify({ reversed: REVERSED }) }));
  lambda.destroy();
}

describe('a secret is found', () => {
  it.each([
    ['Silent', []],
    ['Logs', ['function-output']],
    ['Dies', ['function-output']],
    ['Throws', ['function-output', 'invocation', 'lambda']],
    ['Answers', ['invocation', 'lambda']],
  ])('in what a function that %s leaves: %j', async (logicalId, expected) => {
    expect(await leaksOf((run) => invoke(run, logicalId))).toEqual(expected);
  });

  it('in the environment of a function', async () => {
    const processEnvironment = { TOKEN };
    expect(await leaksOf(async () => undefined, { processEnvironment })).toEqual(['function-environment']);
  });

  it('in the body of a queue message', async () => {
    const leaks = await leaksOf(async ({ aws, access }) => {
      const sqs = new SQSClient({ ...access, endpoint: aws.endpoints.sqs });
      const MessageBody = Buffer.from(`auth=Bearer ${TOKEN}`).toString('base64');
      await sqs.send(new SendMessageCommand({ QueueUrl: aws.resources.Queue?.physicalId, MessageBody }));
      sqs.destroy();
    });
    expect(leaks).toEqual(['sqs']);
  });

  it('in an item of a table', async () => {
    const leaks = await leaksOf(async ({ aws, access }) => {
      const db = new DynamoDBClient({ ...access, endpoint: aws.endpoints.dynamodb });
      const Item = { key: { S: 'a' }, note: { B: Buffer.from(`x${TOKEN}`) } };
      await db.send(new PutItemCommand({ TableName: aws.resources.Table?.physicalId, Item }));
      db.destroy();
    });
    expect(leaks).toEqual(['dynamodb']);
  });

  it('in an object of a bucket', async () => {
    const leaks = await leaksOf(async ({ aws, access }) => {
      const s3 = new S3Client({ ...access, endpoint: aws.endpoints.s3 });
      await s3.send(new PutObjectCommand({ Bucket: aws.resources.Bucket?.physicalId, Key: 'raw/a', Body: TOKEN }));
      s3.destroy();
    });
    expect(leaks).toEqual(['s3']);
  });

  it('in an event on the bus', async () => {
    const leaks = await leaksOf(async ({ aws, access }) => {
      const bus = new EventBridgeClient({ ...access, endpoint: aws.endpoints.events });
      const Detail = JSON.stringify({ why: `refused: ${encodeURIComponent(TOKEN)}` });
      await bus.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'test', Detail }] }));
      bus.destroy();
    });
    expect(leaks).toEqual(['events']);
  });

  it('on the terminal', async () => {
    expect(await leaksOf(async () => captureTerminal(`saved ${TOKEN}\n`))).toEqual(['terminal']);
  });
});

describe('the end of a run', () => {
  it('is an error that names what was found where, and not what it is; the folder is kept', () => {
    captureSecret('refresh token', '1//0-of-this-test-and-no-other');
    captureTerminal('code=1%2F%2F0-of-this-test-and-no-other');
    expect(teardown).toThrow(
      /^secrets were written where none may be:\n {2}refresh token, in URL encoding, in what was captured of terminal: at byte 5 of \S+\nMend/,
    );
    expect(existsSync(folder)).toBe(true);
  });

  it('leaves nothing behind where nothing was found', () => {
    captureSecret('refresh token', '1//0-of-this-test-and-no-other');
    captureTerminal('connected');
    expect(judge(folder).report).toBe('secrecy: terminal 0.0 MB searched for 1 secrets, none found');
    teardown();
    expect(existsSync(folder)).toBe(false);
  });
});
