// Queues, tables, buckets and secrets of a template, made in the emulators by the calls that a person would make.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { Provisioned, ResourceRequest } from './resource.ts';

export interface Messaging {
  readonly sqs: SQSClient;
  readonly db: DynamoDBClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
}

export interface Endpoints {
  readonly lambda: string;
  readonly sqs: string;
  readonly s3: string;
  readonly dynamodb: string;
  readonly secretsmanager: string;
  readonly cloudformation: string;
  readonly events: string;
}

export function createMessaging(
  endpoints: Endpoints,
  access: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } },
): Messaging {
  return {
    sqs: new SQSClient({ ...access, endpoint: endpoints.sqs }),
    db: new DynamoDBClient({ ...access, endpoint: endpoints.dynamodb }),
    s3: new S3Client({ ...access, endpoint: endpoints.s3 }),
    secrets: new SecretsManagerClient({ ...access, endpoint: endpoints.secretsmanager }),
  };
}

export function destroyMessaging(messaging: Messaging): void {
  for (const client of Object.values(messaging)) client.destroy();
}

const QUEUE_ATTRIBUTES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'MaximumMessageSize',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
] as const;

/** SqsManagedSseEnabled changes nothing here; an attribute that would is in the list above or refused. */
const QueueSchema = v.strictObject({
  ...v.entriesFromList(QUEUE_ATTRIBUTES, v.optional(v.union([v.string(), v.number(), v.boolean()]))),
  QueueName: v.optional(v.string()),
  SqsManagedSseEnabled: v.optional(v.boolean()),
  RedrivePolicy: v.optional(v.record(v.string(), v.unknown())),
  Tags: v.optional(v.unknown()),
});

export async function provisionQueue(
  { sqs }: Messaging,
  { properties, physicalName }: ResourceRequest,
): Promise<Provisioned> {
  const queue = v.parse(QueueSchema, properties);
  const given = QUEUE_ATTRIBUTES.flatMap((name) =>
    queue[name] === undefined ? [] : [[name, String(queue[name])] as const],
  );
  const redrive = queue.RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(queue.RedrivePolicy) };
  const name = queue.QueueName ?? `${physicalName.slice(0, 70)}${queue.FifoQueue === true ? '.fifo' : ''}`;
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { ...Object.fromEntries(given), ...redrive } }),
  );
  const QueueUrl = created.QueueUrl ?? '';
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return {
    physicalId: QueueUrl,
    attributes: { Arn: Attributes.QueueArn ?? '', QueueName: name, QueueUrl },
    properties,
  };
}

const TextSchema = v.string();
const KeysSchema = v.array(v.object({ AttributeName: TextSchema, KeyType: v.picklist(['HASH', 'RANGE']) }));
const ProjectionSchema = v.object({
  ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: v.optional(v.array(TextSchema)),
});

/** Left out here: point-in-time recovery, encryption and expiry by TTL, none of which a run of minutes sees. */
const TableSchema = v.object({
  TableName: v.optional(TextSchema),
  KeySchema: KeysSchema,
  AttributeDefinitions: v.array(v.object({ AttributeName: TextSchema, AttributeType: v.picklist(['S', 'N', 'B']) })),
  BillingMode: v.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: v.optional(
    v.array(v.object({ IndexName: TextSchema, KeySchema: KeysSchema, Projection: ProjectionSchema })),
  ),
});

export async function provisionTable(
  { db }: Messaging,
  { properties, physicalName }: ResourceRequest,
): Promise<Provisioned> {
  const { GlobalSecondaryIndexes, ...table } = v.parse(TableSchema, properties);
  const TableName = table.TableName ?? physicalName;
  const indexes =
    GlobalSecondaryIndexes === undefined
      ? {}
      : { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(withoutUndefined) };
  const { TableDescription } = await db.send(new CreateTableCommand({ ...table, ...indexes, TableName }));
  return { physicalId: TableName, attributes: { Arn: TableDescription?.TableArn ?? '' }, properties };
}

type Index = NonNullable<v.InferOutput<typeof TableSchema>['GlobalSecondaryIndexes']>[number];

function withoutUndefined({ Projection: { ProjectionType, NonKeyAttributes }, ...index }: Index) {
  return { ...index, Projection: { ProjectionType, ...(NonKeyAttributes !== undefined && { NonKeyAttributes }) } };
}

export async function provisionBucket(
  { s3 }: Messaging,
  { properties, physicalName }: ResourceRequest,
): Promise<Provisioned> {
  const { BucketName } = v.parse(v.object({ BucketName: v.optional(TextSchema) }), properties);
  const Bucket = BucketName ?? physicalName.toLowerCase().slice(0, 63);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { physicalId: Bucket, attributes: { Arn: `arn:aws:s3:::${Bucket}` }, properties };
}

const SecretSchema = v.strictObject({
  Name: v.optional(TextSchema),
  SecretString: v.optional(TextSchema),
  Description: v.optional(TextSchema),
});

export async function provisionSecret(
  { secrets }: Messaging,
  { properties, physicalName }: ResourceRequest,
): Promise<Provisioned> {
  const { Name = physicalName, ...secret } = v.parse(SecretSchema, properties);
  const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name, ...secret }));
  return { physicalId: ARN, attributes: { Id: ARN }, properties };
}
