// CloudFormation of the local AWS, as the real SDK sees it: stacks by their outputs, for who may look at them.
import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { type BuiltAssembly, buildAssembly } from './assembly-builder.ts';

const REST = {
  Parameters: { Host: { Type: 'String', Default: 'smtp.gmail.com' }, Port: { Type: 'Number', Default: 465 } },
  Outputs: {
    Queue: { Value: { Ref: 'Queue' }, Description: 'Where <mail> & "more" waits' },
    Host: { Value: { Ref: 'Host' } },
  },
};

let assembly: BuiltAssembly;
let aws: LocalAws;

beforeAll(async () => {
  assembly = buildAssembly({}, { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } }, REST);
  aws = await startAws({ assembly: assembly.folder, parameters: { Port: '587' } });
});

afterAll(async () => {
  await aws?.stop();
  assembly?.remove();
});

async function withClient<T>(
  { accessKeyId, secretAccessKey }: LocalAws['credentials'],
  use: (client: CloudFormationClient) => Promise<T>,
): Promise<T> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new CloudFormationClient({ region: aws.region, credentials, endpoint: aws.endpoints.cloudformation });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const describeStacks = (StackName?: string, credentials = aws.credentials) =>
  withClient(credentials, async (client) => {
    const { Stacks = [], NextToken } = await client.send(new DescribeStacksCommand(StackName ? { StackName } : {}));
    expect(NextToken).toBeUndefined();
    return Stacks;
  });

it('tells what the stack is, by its name, by its id and among all', async () => {
  const [stack] = await describeStacks('Test');
  expect(stack).toMatchObject({
    StackName: 'Test',
    StackStatus: 'CREATE_COMPLETE',
    Parameters: [
      { ParameterKey: 'Host', ParameterValue: 'smtp.gmail.com' },
      { ParameterKey: 'Port', ParameterValue: '587' },
    ],
  });
  expect(stack?.CreationTime).toBeInstanceOf(Date);
  expect(stack?.Outputs).toEqual([
    { OutputKey: 'Queue', OutputValue: aws.outputs.Queue, Description: 'Where <mail> & "more" waits' },
    { OutputKey: 'Host', OutputValue: 'smtp.gmail.com' },
  ]);
  expect(await describeStacks(stack?.StackId)).toEqual([stack]);
  expect(await describeStacks()).toContainEqual(stack);
});

it('lists what a test puts beside it', async () => {
  aws.addStack({ name: 'Other', outputs: { MailboxesTable: 'Other-Mailboxes' } });
  expect((await describeStacks()).map(({ StackName }) => StackName)).toEqual(['Test', 'Other']);
  const [other] = await describeStacks('Other');
  expect(other?.Outputs).toEqual([{ OutputKey: 'MailboxesTable', OutputValue: 'Other-Mailboxes' }]);
  expect(() => aws.addStack({ name: 'Test', outputs: {} })).toThrow('already exists');
});

it('refuses a stack that is not there as CloudFormation does', async () => {
  await expect(describeStacks('Nobody')).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Nobody does not exist',
    $metadata: { httpStatusCode: 400 },
  });
});

it('lists only to who may list too, and refuses by action and resource', async () => {
  const Action = 'cloudformation:DescribeStacks';
  const describer = aws.createIdentity('describer', [{ Effect: 'Allow', Action, Resource: '*' }]);
  expect(await describeStacks('Test', describer)).toHaveLength(1);
  await expect(describeStacks(undefined, describer)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(
      /^User: arn:aws:iam::\d+:user\/describer is not authorized to perform: cloudformation:ListStacks on resource: arn:aws:cloudformation:\S+:stack\/\*\/\* because/,
    ),
    $metadata: { httpStatusCode: 403 },
  });
  await expect(describeStacks('Test', aws.createIdentity('nobody'))).rejects.toMatchObject({ name: 'AccessDenied' });
});

it('lets nobody do what is not known here', async () => {
  const deleting = withClient(aws.credentials, (client) => client.send(new DeleteStackCommand({ StackName: 'Test' })));
  await expect(deleting).rejects.toMatchObject({ name: 'UnknownOperation' });
});
