// What the template's policies do not allow, the local AWS refuses as AWS does: by action and resource.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { readApiCalls } from '../../../local/aws/api-call.ts';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { isAllowed, parsePolicy } from '../../../local/aws/policy.ts';
import { buildAssembly } from './assembly-builder.ts';

const allow = (Action: string | string[], Resource: string | string[], Condition = {}) =>
  parsePolicy({ Statement: [{ Effect: 'Allow', Action, Resource, Condition }] });
const TABLE = 'arn:aws:dynamodb:r:1:table/T';

describe('a policy', () => {
  const read = { action: 'dynamodb:GetItem', resource: TABLE, keys: { 'dynamodb:LeadingKeys': ['a#grant'] } };

  it.each([
    ['the action and the resource', allow('dynamodb:GetItem', TABLE), true],
    ['wildcards', allow('dynamodb:Get*', 'arn:aws:dynamodb:*:table/?'), true],
    ['another action', allow('dynamodb:PutItem', TABLE), false],
    ['an index only', allow('dynamodb:GetItem', `${TABLE}/index/x`), false],
    ['nothing', [], false],
    ['its leading keys', allow('*', '*', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': '*#grant' } }), true],
    [
      'other leading keys',
      allow('*', '*', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': '*#profile' } }),
      false,
    ],
    [
      'all but what is denied',
      [...allow('*', '*'), ...parsePolicy({ Statement: [{ Effect: 'Deny', Action: '*', Resource: TABLE }] })],
      false,
    ],
  ])('that names %s', (_name, statements, expected) => {
    expect(isAllowed(statements, read)).toBe(expected);
  });

  it('is refused where it uses what is not evaluated here', () => {
    expect(() => parsePolicy({ Statement: [{ Effect: 'Allow', NotAction: '*', Resource: '*' }] })).toThrow();
    const odd = allow('*', '*', { NumericLessThan: { a: '1' } });
    expect(() => isAllowed(odd, read)).toThrow('NumericLessThan');
  });
});

describe('a request', () => {
  const place = { region: 'r', accountId: '1' };
  const post = { method: 'POST', url: '/', target: '', body: '{}' };

  it.each([
    [
      'dynamodb',
      { ...post, target: 'DynamoDB_20120810.Query', body: '{"TableName":"T","IndexName":"x"}' },
      'dynamodb:Query',
      `${TABLE}/index/x`,
    ],
    [
      'sqs',
      { ...post, target: 'AmazonSQS.DeleteMessageBatch', body: '{"QueueUrl":"http://h/1/q.fifo"}' },
      'sqs:DeleteMessage',
      'arn:aws:sqs:r:1:q.fifo',
    ],
    [
      'sqs',
      { ...post, target: 'AmazonSQS.ChangeMessageVisibilityBatch', body: '{"QueueUrl":"http://h/1/q.fifo"}' },
      'sqs:ChangeMessageVisibility',
      'arn:aws:sqs:r:1:q.fifo',
    ],
    [
      'sqs',
      { ...post, target: 'AmazonSQS.GetQueueAttributes', body: '{"QueueUrl":"http://h/1/q.fifo"}' },
      'sqs:GetQueueAttributes',
      'arn:aws:sqs:r:1:q.fifo',
    ],
    ['s3', { ...post, method: 'PUT', url: '/b' }, 's3:CreateBucket', 'arn:aws:s3:::b'],
    ['s3', { ...post, method: 'PUT', url: '/b/raw/a%20b?x-id=PutObject' }, 's3:PutObject', 'arn:aws:s3:::b/raw/a b'],
    [
      'secretsmanager',
      { ...post, target: 'secretsmanager.CreateSecret', body: '{"Name":"S/x"}' },
      'secretsmanager:CreateSecret',
      'arn:aws:secretsmanager:r:1:secret:S/x-AbCdEf',
    ],
    [
      'lambda',
      { ...post, url: '/2015-03-31/functions/f/invocations' },
      'lambda:InvokeFunction',
      'arn:aws:lambda:r:1:function:f',
    ],
    [
      'events',
      { ...post, target: 'AWSEvents.PutEvents', body: '{"Entries":[{"Source":"mailroom"}]}' },
      'events:PutEvents',
      'arn:aws:events:r:1:event-bus/default',
    ],
  ] as const)('of %s is read as IAM names it', (service, request, action, resource) => {
    expect(readApiCalls(service, request, place)).toMatchObject([{ action, resource }]);
  });

  it('that lists objects carries the prefix that it asks for', () => {
    const list = { ...post, method: 'GET', url: '/b/?list-type=2&prefix=raw%2Fa' };
    const key = { 's3:prefix': ['raw/a'] };
    expect(readApiCalls('s3', list, place)).toEqual([
      { action: 's3:ListBucket', resource: 'arn:aws:s3:::b', keys: key },
    ]);
    const [call] = readApiCalls('s3', { ...list, url: '/b?list-type=2' }, place) ?? [];
    const [statement] = allow('s3:ListBucket', 'arn:aws:s3:::b', { StringLike: { 's3:prefix': 'raw/*' } });
    expect(call && statement && isAllowed([statement], call)).toBe(false);
  });

  it('for all stacks needs both rights to them, for one stack the one', () => {
    const stacks = 'arn:aws:cloudformation:r:1:stack';
    const describeStacks = (rest: string) => ({ ...post, body: `Action=DescribeStacks&Version=2010-05-15${rest}` });
    expect(readApiCalls('cloudformation', describeStacks(''), place)).toEqual([
      { action: 'cloudformation:DescribeStacks', resource: `${stacks}/*/*`, keys: {} },
      { action: 'cloudformation:ListStacks', resource: `${stacks}/*/*`, keys: {} },
    ]);
    expect(readApiCalls('cloudformation', describeStacks('&StackName=Shop'), place)).toEqual([
      { action: 'cloudformation:DescribeStacks', resource: `${stacks}/Shop/*`, keys: {} },
    ]);
  });

  it.each([
    ['lambda', { ...post, method: 'GET', url: '/2015-03-31/functions/f/configuration' }],
    ['lambda', { ...post, url: '/2015-03-31/functions/f/invocations-of-another-kind' }],
    ['s3', { ...post, url: '/b?delete' }],
    ['s3', { ...post, method: 'GET', url: '/' }],
    ['cloudformation', { ...post, body: 'Action=DeleteStack&StackName=Shop' }],
  ] as const)('of %s that is not known here is none: %j', (service, request) => {
    expect(readApiCalls(service, request, place)).toBeUndefined();
  });
});

describe('putting events', () => {
  it('is allowed by source where the policy says so', () => {
    const statements = allow('events:PutEvents', '*', { StringEquals: { 'events:source': 'mailroom' } });
    const put = (Source: string) => {
      const body = JSON.stringify({ Entries: [{ Source }] });
      const request = { method: 'POST', url: '/', target: 'AWSEvents.PutEvents', body };
      const calls = readApiCalls('events', request, { region: 'r', accountId: '1' }) ?? [];
      return calls.length > 0 && calls.every((call) => isAllowed(statements, call));
    };
    expect([put('mailroom'), put('other')]).toEqual([true, false]);
  });
});

describe('the local AWS', () => {
  const CALLER = `exports.handler = async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/r/sqs/aws4_request';
    const headers = { authorization, 'x-amz-target': 'AmazonSQS.SendMessage', 'content-type': 'application/x-amz-json-1.0' };
    const answer = await fetch(process.env.AWS_ENDPOINT_URL_SQS, { method: 'POST', headers, body: JSON.stringify({ QueueUrl: process.env.QUEUE, MessageBody: 'x' }) });
    return { status: answer.status, body: await answer.text() };
  }`;
  const Queue = { Type: 'AWS::SQS::Queue', Properties: {} };

  async function call(Statement: object[]): Promise<{ status: number; body: string }> {
    const Role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement } }] } };
    const assembly = buildAssembly(
      { Caller: CALLER },
      { Queue, Role },
      { Outputs: { Name: { Value: { Ref: 'Caller' } } } },
    );
    const aws = await startAws({
      assembly: assembly.folder,
      transformTemplate: (template) => ({
        ...template,
        Resources: JSON.parse(
          JSON.stringify(template.Resources).replace('"Variables":{', '"Variables":{"QUEUE":{"Ref":"Queue"},'),
        ),
      }),
    });
    const answer = await invoke(aws);
    await aws.stop();
    assembly.remove();
    return answer;
  }

  it('lets a function do what its role allows, and names what it does not', async () => {
    const Resource = { 'Fn::GetAtt': ['Queue', 'Arn'] };
    expect(await call([{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource }])).toMatchObject({ status: 200 });
    const { status, body } = await call([{ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource }]);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringMatching(
        /assumed-role\/.* is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:.*Queue/,
      ),
    });
  });

  it('refuses credentials that are nobody’s, and a mapping whose role may not receive', async () => {
    const assembly = buildAssembly({}, { Queue });
    const aws = await startAws({ assembly: assembly.folder });
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
    const sqs = new SQSClient({ region: aws.region, credentials, endpoint: aws.endpoints.sqs });
    const QueueUrl = aws.resources.Queue?.physicalId;
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toThrow(
      /not authorized to perform: sqs:ReceiveMessage/,
    );
    sqs.destroy();
    await aws.stop();
    assembly.remove();

    const Role = { Type: 'AWS::IAM::Role', Properties: {} };
    const EventSourceArn = { 'Fn::GetAtt': ['Queue', 'Arn'] };
    const Mapping = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn, FunctionName: { Ref: 'Caller' } },
    };
    const mapped = buildAssembly({ Caller: CALLER }, { Queue, Role, Mapping });
    await expect(startAws({ assembly: mapped.folder })).rejects.toThrow(/may not sqs:ReceiveMessage on arn:aws:sqs/);
    mapped.remove();
  });
});

async function invoke(aws: LocalAws): Promise<{ status: number; body: string }> {
  const lambda = new LambdaClient({
    region: aws.region,
    credentials: { ...aws.credentials },
    endpoint: aws.endpoints.lambda,
  });
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: aws.outputs.Name }));
  lambda.destroy();
  return JSON.parse(Payload?.transformToString() ?? '');
}
