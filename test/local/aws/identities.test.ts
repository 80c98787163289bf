// Who is not a function signs too: the operator has the template's managed policies, and a test makes whom it needs. A
// refusal is what the SDK makes of AWS's, in each protocol.
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startAws } from '../../../local/aws/aws.ts';
import { createMessaging, destroyMessaging, type Messaging } from '../../../local/aws/provision-storage.ts';
import { ASSEMBLY } from '../../synthesise.ts';

let aws: LocalAws;

beforeAll(async () => {
  aws = await startAws({ assembly: ASSEMBLY });
});

afterAll(() => aws?.stop());

interface Clients extends Messaging {
  readonly lambda: LambdaClient;
}

async function as<T>(credentials: LocalAws['credentials'], use: (clients: Clients) => Promise<T>): Promise<T> {
  const access = { region: aws.region, credentials: { ...credentials } };
  const lambda = new LambdaClient({ ...access, endpoint: aws.endpoints.lambda });
  const clients = { ...createMessaging(aws.endpoints, access), lambda };
  try {
    return await use(clients);
  } finally {
    destroyMessaging(clients);
    lambda.destroy();
  }
}

describe('somebody without rights', () => {
  const calls: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
    'sqs:ReceiveMessage': ({ sqs }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: aws.outputs.OutboxDeadUrl })),
    'dynamodb:GetItem': ({ db }) =>
      db.send(new GetItemCommand({ TableName: aws.outputs.MailboxesTable, Key: { key: { S: 'a#profile' } } })),
    's3:GetObject': ({ s3 }) => s3.send(new GetObjectCommand({ Bucket: aws.outputs.MailBucket, Key: 'raw/a' })),
    'secretsmanager:GetSecretValue': ({ secrets }) =>
      secrets.send(new GetSecretValueCommand({ SecretId: 'Mailroom/grants/a' })),
    'lambda:InvokeFunction': ({ lambda }) =>
      lambda.send(new InvokeCommand({ FunctionName: aws.outputs.SendMailFunction })),
  };

  it.each(Object.entries(calls))('is refused %s', async (action, call) => {
    const nobody = aws.createIdentity('nobody');
    await expect(as(nobody, call)).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied(Exception)?$/),
      message: expect.stringMatching(
        new RegExp(`^User: arn:aws:iam::0{12}:user/nobody is not authorized to perform: ${action} on resource: arn:`),
      ),
    });
  });

  it('is given exactly what a test says', async () => {
    const Resource = '*';
    const receiver = aws.createIdentity('receiver', [{ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource }]);
    const QueueUrl = aws.outputs.OutboxDeadUrl;
    const MessageBody = 'x';
    await as(receiver, async ({ sqs }) => {
      expect(await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).toMatchObject({ $metadata: {} });
      await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    });
  });
});

describe('the operator', () => {
  it('writes a grant and cannot read it', async () => {
    const SecretId = 'Mailroom/grants/support';
    await as(aws.credentials, ({ secrets }) =>
      secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'one' })),
    );
    await as(aws.operator, async ({ secrets }) => {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'two' }));
      await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    });
  });

  it('lists raw mail, and no more of the bucket', async () => {
    const Bucket = aws.outputs.MailBucket;
    await as(aws.credentials, ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key: 'raw/support/1', Body: 'x' })));
    await as(aws.operator, async ({ s3 }) => {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'raw/support/' }));
      expect(Contents?.map(({ Key }) => Key)).toEqual(['raw/support/1']);
      for (const prefix of [{}, { Prefix: 'requests/' }, { Prefix: '' }]) {
        await expect(s3.send(new ListObjectsV2Command({ Bucket, ...prefix }))).rejects.toMatchObject({
          name: 'AccessDenied',
        });
      }
    });
  });
});
