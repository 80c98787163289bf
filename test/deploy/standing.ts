// What stands after a deployment, resource by resource, in the words of the template: to be held against it.
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { call, get } from './aws-call.ts';
import type { MiniStack } from './ministack.ts';

type Properties = Readonly<Record<string, unknown>>;

/** The properties of a resource that do not name other resources. Undefined for types that only grant. */
export async function readResource(aws: MiniStack, type: string, id: string): Promise<Properties | undefined> {
  return READERS[type]?.(aws, id);
}

const READERS: Readonly<Record<string, (aws: MiniStack, id: string) => Promise<Properties>>> = {
  'AWS::SQS::Queue': readQueue,
  'AWS::DynamoDB::Table': readTable,
  'AWS::Lambda::Function': readFunction,
  'AWS::Lambda::EventSourceMapping': readMapping,
  'AWS::Lambda::EventInvokeConfig': readInvokeConfig,
  'AWS::S3::Bucket': readBucket,
  'AWS::Scheduler::Schedule': readSchedule,
  'AWS::CloudWatch::Alarm': readAlarm,
  'AWS::Logs::LogGroup': readLogGroup,
};

const options = ({ region, endpoint, credentials }: MiniStack) => ({
  region,
  endpoint,
  credentials: { ...credentials },
});

async function readQueue(aws: MiniStack, QueueUrl: string): Promise<Properties> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await new SQSClient(options(aws)).send(command);
  return {
    FifoQueue: Attributes.FifoQueue === 'true',
    MessageRetentionPeriod: Number(Attributes.MessageRetentionPeriod),
    VisibilityTimeout: Number(Attributes.VisibilityTimeout),
    SqsManagedSseEnabled: Attributes.SqsManagedSseEnabled === 'true',
    'RedrivePolicy.maxReceiveCount': Number(JSON.parse(Attributes.RedrivePolicy ?? '{}').maxReceiveCount),
  };
}

async function readTable(aws: MiniStack, TableName: string): Promise<Properties> {
  const db = new DynamoDBClient(options(aws));
  const { Table = {} } = await db.send(new DescribeTableCommand({ TableName }));
  const { TimeToLiveDescription = {} } = await db.send(new DescribeTimeToLiveCommand({ TableName }));
  const { AttributeName, TimeToLiveStatus } = TimeToLiveDescription;
  return {
    KeySchema: Table.KeySchema,
    BillingMode: Table.BillingModeSummary?.BillingMode,
    GlobalSecondaryIndexes: Table.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    TimeToLiveSpecification: TimeToLiveStatus === 'ENABLED' ? { AttributeName, Enabled: true } : undefined,
  };
}

async function readFunction(aws: MiniStack, FunctionName: string): Promise<Properties> {
  const found = await new LambdaClient(options(aws)).send(new GetFunctionConfigurationCommand({ FunctionName }));
  return {
    Architectures: found.Architectures,
    Description: found.Description,
    Handler: found.Handler,
    MemorySize: found.MemorySize,
    Runtime: found.Runtime,
    Timeout: found.Timeout,
    'Environment.Variables': Object.keys(found.Environment?.Variables ?? {}).sort(),
  };
}

async function readMapping(aws: MiniStack, UUID: string): Promise<Properties> {
  const found = await new LambdaClient(options(aws)).send(new GetEventSourceMappingCommand({ UUID }));
  return { BatchSize: found.BatchSize, FunctionResponseTypes: found.FunctionResponseTypes };
}

async function readInvokeConfig(aws: MiniStack, id: string): Promise<Properties> {
  const [FunctionName = '', Qualifier = ''] = id.split('|');
  const command = new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier });
  const found = await new LambdaClient(options(aws)).send(command);
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = found;
  return { MaximumEventAgeInSeconds, MaximumRetryAttempts };
}

async function readBucket(aws: MiniStack, Bucket: string): Promise<Properties> {
  const s3 = new S3Client({ ...options(aws), forcePathStyle: true });
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const access = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  return {
    'LifecycleConfiguration.Rules': Rules?.map(({ AbortIncompleteMultipartUpload, Expiration, Status }) => ({
      AbortIncompleteMultipartUpload,
      ExpirationInDays: Expiration?.Days,
      Status,
    })),
    PublicAccessBlockConfiguration: access.PublicAccessBlockConfiguration,
    'BucketEncryption.ServerSideEncryptionConfiguration': encryption.ServerSideEncryptionConfiguration?.Rules,
  };
}

async function readSchedule(aws: MiniStack, name: string): Promise<Properties> {
  const found = Object(await get(aws, 'scheduler', `/schedules/${name}`));
  const { ScheduleExpression, State, FlexibleTimeWindow, Target } = found;
  return { ScheduleExpression, State, FlexibleTimeWindow, 'Target.RetryPolicy': Target.RetryPolicy };
}

async function readAlarm(aws: MiniStack, name: string): Promise<Properties> {
  const target = 'GraniteServiceVersion20100801.DescribeAlarms';
  const { MetricAlarms } = Object(await call(aws, 'monitoring', target, { AlarmNames: [name] }));
  const { AlarmDescription, ComparisonOperator, EvaluationPeriods, MetricName } = MetricAlarms[0];
  const { Namespace, Period, Statistic, Threshold, TreatMissingData } = MetricAlarms[0];
  return {
    AlarmDescription,
    ComparisonOperator,
    EvaluationPeriods,
    MetricName,
    Namespace,
    Period,
    Statistic,
    Threshold,
    TreatMissingData,
  };
}

async function readLogGroup(aws: MiniStack, name: string): Promise<Properties> {
  const target = 'Logs_20140328.DescribeLogGroups';
  const { logGroups } = Object(await call(aws, 'logs', target, { logGroupNamePrefix: name }));
  return { RetentionInDays: logGroups[0].retentionInDays };
}
