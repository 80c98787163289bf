// How each type of resource comes to be in the local AWS: in an emulator, as a process, or, where it changes nothing of
// what runs, only in name.

import { type Compute, provisionFunction, provisionMapping, provisionSchedule } from './provision-compute.ts';
import type { Messaging } from './provision-storage.ts';
import { provisionBucket, provisionQueue, provisionSecret, provisionTable } from './provision-storage.ts';
import type { Provisioned, Provisioner, ResourceRequest } from './resource.ts';

/** Types that hold nothing that runs here, each with why it may stand in name only. */
const INERT = {
  'AWS::SQS::QueuePolicy': 'denies requests without TLS; here everything is on 127.0.0.1',
  'AWS::S3::BucketPolicy': 'denies requests without TLS; here everything is on 127.0.0.1',
  'AWS::Lambda::EventInvokeConfig': 'sets asynchronous retries to 0, which is what happens here',
  'AWS::Lambda::Permission': 'only functions of the stack call each other, by their roles',
  'AWS::Logs::LogGroup': 'logs go to whoever started the stack',
  'AWS::CloudWatch::Alarm': 'there are no metrics here',
  'AWS::CDK::Metadata': 'says who made the template',
} as const;

export function createProvisioners(compute: Compute, messaging: Messaging): Readonly<Record<string, Provisioner>> {
  const inert = Object.keys(INERT).map((type) => [type, provisionInert] as const);
  return {
    ...Object.fromEntries(inert),
    'AWS::IAM::Role': compute.roles.provisionRole,
    'AWS::IAM::Policy': compute.roles.provisionPolicy,
    'AWS::IAM::ManagedPolicy': compute.roles.provisionManagedPolicy,
    'AWS::SQS::Queue': (request) => provisionQueue(messaging, request),
    'AWS::DynamoDB::Table': (request) => provisionTable(messaging, request),
    'AWS::S3::Bucket': (request) => provisionBucket(messaging, request),
    'AWS::SecretsManager::Secret': (request) => provisionSecret(messaging, request),
    'AWS::Lambda::Function': (request) => provisionFunction(compute, request),
    'AWS::Lambda::EventSourceMapping': (request) => provisionMapping(compute, messaging, request),
    'AWS::Scheduler::Schedule': (request) => provisionSchedule(compute, request),
  };
}

async function provisionInert({ physicalName, properties }: ResourceRequest): Promise<Provisioned> {
  return { physicalId: physicalName, attributes: { Arn: `arn:aws:local:::${physicalName}` }, properties };
}
