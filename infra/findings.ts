// Findings of the AWS Solutions rules that stand, each acknowledged where it is, for one resource, with its reason.
import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { MailFunction } from './mail-function.ts';
import type { MailState } from './mail-state.ts';
import type { Mailroom } from './mailroom.ts';

const LOGS_REASON =
  'Only Mailroom reads and writes this bucket; CloudTrail data events audit it better, at the choice of the account.';
const SECRETS_REASON =
  'Mailboxes are connected at run time: the secrets under this prefix are not known at deployment.';
const OBJECTS_REASON = 'A prefix of its own; the keys of its objects are made at run time.';

export function acknowledgeFindings({ state, tokens, sender, poller }: Mailroom): void {
  acknowledge(state.bucket, 'S1', LOGS_REASON);
  acknowledgeSecrets(tokens.function, state.grants);
  for (const user of [tokens.function, sender.sendMail, sender.drainOutbox, sender.releaseWaiting, poller.function]) {
    acknowledgeSecrets(user, state.accessTokens);
  }
  acknowledgeObjects(sender.sendMail, state, 'requests');
  acknowledgeObjects(sender.drainOutbox, state, 'requests');
  acknowledgeObjects(sender.releaseWaiting, state, 'requests');
  acknowledgeObjects(poller.function, state, 'raw');
  acknowledgeObjects(poller.function, state, 'requests');
}

function acknowledgeSecrets(user: MailFunction, prefix: string): void {
  const arn = `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}/*`;
  acknowledge(user.role ?? user, `IAM5[Resource::${arn}]`, SECRETS_REASON);
}

function acknowledgeObjects(user: MailFunction, state: MailState, prefix: string): void {
  const bucket = state.bucket.node.defaultChild;
  if (!CfnElement.isCfnElement(bucket)) throw new Error('the bucket Mail has no resource of its own');
  const logicalId: string = Stack.of(bucket).resolve(bucket.logicalId);
  acknowledge(user.role ?? user, `IAM5[Resource::<${logicalId}.Arn>/${prefix}/*]`, OBJECTS_REASON);
}

function acknowledge(where: IConstruct, finding: string, reason: string): void {
  Validations.of(where).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
}
