// Findings of the AWS Solutions rules that stand, each acknowledged where it is, for one resource, with its reason.
import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { MailFunction } from './mail-function.ts';
import type { MailState } from './mail-state.ts';
import type { MailroomStack } from './mailroom-stack.ts';

const LOGS_REASON =
  'Only Mailroom reads and writes this bucket; CloudTrail data events audit it better, at the choice of the account.';
const SECRETS_REASON =
  'Mailboxes are connected at run time: the secrets under this prefix are not known at deployment.';
const STACKS_REASON =
  'The command line finds a stack by its outputs: CloudFormation lists stacks to who may list all of them only.';
const OBJECTS_REASON = 'A prefix of its own; the keys of its objects are made at run time.';

export function acknowledgeFindings({ mailroom, operate }: MailroomStack): void {
  const { state, tokens, sender, poller } = mailroom;
  acknowledge(state.bucket, 'S1', LOGS_REASON);
  acknowledgeSecrets(roleOf(tokens.function), state.grants);
  for (const user of [tokens.function, sender.sendMail, sender.drainOutbox, sender.releaseWaiting, poller.function]) {
    acknowledgeSecrets(roleOf(user), state.accessTokens);
  }
  acknowledgeObjects(roleOf(sender.sendMail), state, 'requests');
  acknowledgeObjects(roleOf(sender.drainOutbox), state, 'requests');
  acknowledgeObjects(roleOf(sender.releaseWaiting), state, 'requests');
  acknowledgeObjects(roleOf(poller.function), state, 'raw');
  acknowledgeObjects(roleOf(poller.function), state, 'requests');
  acknowledge(operate, 'IAM5[Resource::*]', STACKS_REASON);
  acknowledgeSecrets(operate, state.grants);
  acknowledgeSecrets(operate, state.accessTokens);
  acknowledgeObjects(operate, state, 'requests');
  acknowledgeObjects(operate, state, 'raw');
}

function roleOf(user: MailFunction): IConstruct {
  return user.role ?? user;
}

function acknowledgeSecrets(where: IConstruct, prefix: string): void {
  const arn = `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}/*`;
  acknowledge(where, `IAM5[Resource::${arn}]`, SECRETS_REASON);
}

function acknowledgeObjects(where: IConstruct, state: MailState, prefix: string): void {
  const bucket = state.bucket.node.defaultChild;
  if (!CfnElement.isCfnElement(bucket)) throw new Error('the bucket Mail has no resource of its own');
  const logicalId: string = Stack.of(bucket).resolve(bucket.logicalId);
  acknowledge(where, `IAM5[Resource::<${logicalId}.Arn>/${prefix}/*]`, OBJECTS_REASON);
}

function acknowledge(where: IConstruct, finding: string, reason: string): void {
  Validations.of(where).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
}
