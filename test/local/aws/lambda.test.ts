// Functions on the local AWS: what an invocation answers, however it ends, and what it leaves behind.
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { type BuiltAssembly, buildAssembly } from './assembly-builder.ts';
import { untilStopped } from './process-state.ts';

const FUNCTIONS = {
  Echo: 'exports.handler = async (event, context) => { console.log("seen"); return { event, left: context.getRemainingTimeInMillis(), env: process.env, cwd: process.cwd() } }',
  Throws: 'exports.handler = async () => { const error = new Error("no"); error.name = "ODD"; throw error }',
  Slow: { code: 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000))', timeoutSeconds: 1 },
  Dies: 'exports.handler = async () => process.exit(3)',
  Broken: 'throw new TypeError("at init")',
  Pid: 'exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 200)); return process.pid }',
};

describe('a function on the local AWS', () => {
  let assembly: BuiltAssembly;
  let aws: LocalAws;
  let lambda: LambdaClient;

  beforeAll(async () => {
    process.env.NOT_FOR_FUNCTIONS = 'the parent’s';
    assembly = buildAssembly(FUNCTIONS, {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    });
    aws = await startAws({ assembly: assembly.folder, processEnvironment: { FROM_PLATFORM: 'yes' } });
    lambda = new LambdaClient({
      region: aws.region,
      credentials: { ...aws.credentials },
      endpoint: aws.endpoints.lambda,
      maxAttempts: 1,
    });
  });

  afterAll(async () => {
    lambda?.destroy();
    await aws?.stop();
    assembly?.remove();
  });

  async function invoke(logicalId: string, options: Partial<InvokeCommandInput> = {}) {
    const FunctionName = aws.resources[logicalId]?.physicalId ?? logicalId;
    const { Payload, ...rest } = await lambda.send(new InvokeCommand({ FunctionName, ...options }));
    const text = Payload?.transformToString();
    return { ...rest, answer: text ? JSON.parse(text) : undefined };
  }

  it('sees its event, its time and an environment that holds Lambda’s variables and nothing of this process', async () => {
    const { answer } = await invoke('Echo', { Payload: '{"a":1}' });
    expect(answer.event).toEqual({ a: 1 });
    expect(answer.left).toBeGreaterThan(0);
    expect(answer.env).toMatchObject({
      STACK: 'Test',
      FROM_PLATFORM: 'yes',
      AWS_REGION: aws.region,
      AWS_LAMBDA_FUNCTION_NAME: aws.resources.Echo?.physicalId,
      AWS_ENDPOINT_URL_SQS: aws.endpoints.sqs,
      LAMBDA_TASK_ROOT: answer.cwd,
    });
    expect(answer.env).not.toHaveProperty('NOT_FOR_FUNCTIONS');
    expect(answer.env).not.toHaveProperty('HOME');
  });

  it.each([
    ['Throws', 'ODD', 'no'],
    ['Slow', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
    ['Dies', 'Runtime.ExitError', 'exit status 3'],
    ['Broken', 'TypeError', 'at init'],
  ])('%s answers as Lambda does', async (logicalId, errorType, message) => {
    const { answer, FunctionError, StatusCode } = await invoke(logicalId);
    expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
    expect(answer).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
  });

  it('works again after a timeout, in another process', async () => {
    await invoke('Slow');
    expect((await invoke('Slow')).answer).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  it('answers the caller when its process is killed', async () => {
    const slow = invoke('Slow');
    while (aws.processIds().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    aws.killFunction(aws.resources.Slow?.physicalId ?? '');
    expect((await slow).answer).toMatchObject({ errorType: expect.stringMatching(/ExitError|Timedout/) });
  });

  it('keeps Lambda’s contract of types, sizes, logs and names', async () => {
    expect((await invoke('Echo', { InvocationType: 'DryRun' })).StatusCode).toBe(204);
    expect((await invoke('Echo', { InvocationType: 'Event' })).StatusCode).toBe(202);
    const { LogResult = '' } = await invoke('Echo', { LogType: 'Tail' });
    expect(Buffer.from(LogResult, 'base64').toString()).toContain('seen');
    const large = JSON.stringify('x'.repeat(6 * 1024 * 1024));
    await expect(invoke('Echo', { Payload: large })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    await expect(invoke('Nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke('Echo', { Payload: '{no json' })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    expect((await invoke(aws.resources.Echo?.attributes.Arn ?? '')).StatusCode).toBe(200);
  });

  it('refuses a request that is not signed', async () => {
    const url = `${aws.endpoints.lambda}/2015-03-31/functions/${aws.resources.Echo?.physicalId}/invocations`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(403);
  });

  it('runs one process per invocation at once, reuses it warm, and stops it in between', async () => {
    const pids = (await Promise.all([invoke('Pid'), invoke('Pid'), invoke('Pid')])).map(({ answer }) => answer);
    expect(new Set(pids).size).toBe(3);
    const { answer: warm } = await invoke('Pid');
    expect(pids).toContain(warm);
    await untilStopped(warm);
  });

  it('stores objects of 30 MB', async () => {
    const s3 = new S3Client({ region: aws.region, credentials: { ...aws.credentials }, endpoint: aws.endpoints.s3 });
    const object = { Bucket: aws.resources.Bucket?.physicalId, Key: 'requests/big' };
    const Body = Buffer.alloc(30 * 1024 * 1024, 7);
    await s3.send(new PutObjectCommand({ ...object, Body }));
    const { Body: stored } = await s3.send(new GetObjectCommand(object));
    expect(Body.equals((await stored?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
    s3.destroy();
  });
});
