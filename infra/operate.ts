// What someone who runs `npx mailroom` needs, and no more: mailboxes are connected, watched and mended without ever
// reading a grant.
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Capabilities } from './capabilities.ts';
import { BY_DUE, BY_MESSAGE_ID, PROFILES } from './mail-state.ts';
import { keysEndingIn } from './mailbox-access.ts';

type Conditions = Record<string, Record<string, string[]>>;
type Allow = (actions: string[], resources: string[], conditions?: Conditions) => void;

export function grantOperate(grantee: IGrantable, mailroom: Capabilities): void {
  const allow: Allow = (actions, resources, conditions) => {
    const statement = { actions, resources, ...(conditions !== undefined && { conditions }) };
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
  };
  // A stack is found by its outputs among all stacks: DescribeStacks without a name asks for both actions on every
  // stack, the second since 2023 (https://github.com/mattclay/aws-terminator/pull/262).
  allow(['cloudformation:DescribeStacks', 'cloudformation:ListStacks'], ['*']);
  allowSecrets(allow, mailroom);
  allowMailboxes(allow, mailroom);
  allowMessages(allow, mailroom);
  allowQueues(allow, mailroom);
  const { tokens, sender, poller } = mailroom;
  const functions = [tokens.function, sender.sendMail, sender.releaseWaiting, poller.function, poller.audit];
  allow(
    ['lambda:InvokeFunction'],
    functions.map(({ functionArn }) => functionArn),
  );
}

/** A grant is written and never read: who reads it has the mailbox for as long as Google lets the grant live. */
function allowSecrets(allow: Allow, { state }: Capabilities): void {
  allow(
    [
      'secretsmanager:CreateSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:DescribeSecret',
      'secretsmanager:DeleteSecret',
      'secretsmanager:RestoreSecret',
    ],
    [state.secretsArn(state.grants)],
  );
  allow(
    ['secretsmanager:GetSecretValue', 'secretsmanager:DeleteSecret', 'secretsmanager:RestoreSecret'],
    [state.secretsArn(state.accessTokens)],
  );
  allow(
    [
      'secretsmanager:GetSecretValue',
      'secretsmanager:CreateSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:RestoreSecret',
    ],
    state.oauthClientArns,
  );
}

/** Connecting and disconnecting write the profile and the health of the grant; holds and cursors are mended. */
function allowMailboxes(allow: Allow, { state: { mailboxes } }: Capabilities): void {
  allow(['dynamodb:GetItem'], [mailboxes.tableArn]);
  allow(['dynamodb:Query'], [`${mailboxes.tableArn}/index/${PROFILES}`]);
  allow(['dynamodb:PutItem'], [mailboxes.tableArn], keysEndingIn('profile', 'sending'));
  allow(['dynamodb:UpdateItem'], [mailboxes.tableArn], keysEndingIn('grant', 'reading'));
  allow(['dynamodb:DeleteItem'], [mailboxes.tableArn], keysEndingIn('profile', 'grant'));
}

/** A message's story is looked up by its key, its Message-ID or its mailbox; a person is forgotten by a scan. */
function allowMessages(allow: Allow, { state: { messages, bucket } }: Capabilities): void {
  allow(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Scan'], [messages.tableArn]);
  const indexes = [BY_MESSAGE_ID, BY_DUE];
  allow(
    ['dynamodb:Query'],
    indexes.map((index) => `${messages.tableArn}/index/${index}`),
  );
  allow(['s3:GetObject', 's3:PutObject'], [bucket.arnForObjects('requests/*')]);
  allow(['s3:GetObject', 's3:DeleteObject'], [bucket.arnForObjects('raw/*')]);
  allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': ['raw/*'] } });
}

/** All are counted; dead letters are shown, and put back on the queue that they came from. */
function allowQueues(allow: Allow, { sender: { outbox }, poller: { replies } }: Capabilities): void {
  const live = [outbox.queue.queueArn, replies.queue.queueArn];
  const dead = [outbox.dead.queueArn, replies.dead.queueArn];
  allow(['sqs:GetQueueAttributes'], [...live, ...dead]);
  allow(['sqs:SendMessage'], live);
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'], dead);
}
