// Who may do what: every statement of every function's role, as a table. One more or one less fails.
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { linesOf, synthesise } from './statement-lines.ts';

const template = synthesise('Mailroom');

const READ_TOKENS = 'secretsmanager:GetSecretValue on secret/access-tokens/*';
const ASK_REFRESH = 'lambda:InvokeFunction on RefreshTokens';
const READ_PROFILE = 'dynamodb:GetItem on Mailboxes where *#profile';
const LIST_PROFILES = 'dynamodb:Query on Mailboxes/index/profiles';
const SENDING_STATE = 'dynamodb:GetItem dynamodb:PutItem on Mailboxes where *#sending';
const SEND = [
  READ_TOKENS,
  ASK_REFRESH,
  READ_PROFILE,
  SENDING_STATE,
  'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on Messages',
  's3:DeleteObject s3:GetObject s3:PutObject on Mail/requests/*',
];
const DRAIN =
  'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage on OutboxQueue';

/** DESIGN.md's State table, as IAM says it. Writing to its own log group is every function's. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  RefreshTokens: [
    'secretsmanager:GetSecretValue secretsmanager:PutSecretValue on secret/grants/*',
    'secretsmanager:CreateSecret secretsmanager:PutSecretValue secretsmanager:RestoreSecret on secret/access-tokens/*',
    'events:PutEvents on event-bus/default where mailroom',
    READ_PROFILE,
    LIST_PROFILES,
    'dynamodb:GetItem on Mailboxes where *#grant',
    'dynamodb:UpdateItem on Mailboxes where *#grant',
  ],
  SendMail: SEND,
  DrainOutbox: [...SEND, 'sqs:SendMessage on OutboxDead', DRAIN],
  ReleaseWaiting: [
    'dynamodb:Query on Messages/index/byDue',
    'dynamodb:GetItem dynamodb:UpdateItem on Messages',
    'sqs:SendMessage on OutboxQueue',
    'sqs:SendMessage on OutboxDead',
    's3:DeleteObject on Mail/requests/*',
    READ_TOKENS,
    ASK_REFRESH,
    LIST_PROFILES,
    SENDING_STATE,
    'dynamodb:GetItem on Mailboxes where *#grant',
  ],
  PollReplies: [
    READ_TOKENS,
    ASK_REFRESH,
    LIST_PROFILES,
    READ_PROFILE,
    'dynamodb:UpdateItem on Mailboxes where *#reading',
    'dynamodb:GetItem on Mailboxes where *#reading',
    'lambda:InvokeFunction on PollReplies',
    SENDING_STATE,
    'dynamodb:Query on Messages/index/byMessageId',
    'dynamodb:Query on Messages/index/byDue',
    'dynamodb:GetItem dynamodb:UpdateItem on Messages',
    's3:DeleteObject on Mail/requests/*',
    'dynamodb:GetItem dynamodb:PutItem on Routed',
    's3:PutObject on Mail/raw/*',
    'sqs:SendMessage on RepliesDead',
    'sqs:SendMessage on RepliesQueue',
  ],
};

describe('the grants of the functions', () => {
  it.each(Object.entries(GRANTS))('%s may do this and nothing else', (name, expected) => {
    expect(statementsOf(template, name)).toEqual([...expected].sort());
  });

  it('are all of the functions there are', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    // AuditReplies does the work of PollReplies, in its role.
    expect(functions).toHaveLength(Object.keys(GRANTS).length + 1);
  });

  it('let only refresh-tokens touch a grant', () => {
    const readers = Object.keys(GRANTS).filter((name) =>
      statementsOf(template, name).some((line) => line.includes('secret/grants')),
    );
    expect(readers).toEqual(['RefreshTokens']);
  });

  it('name the secrets of their own stack, whatever it is called', () => {
    const grants = JSON.stringify(synthesise('Other').toJSON());
    expect(grants).toContain(':secret:Other/grants/*');
    expect(grants).not.toContain('Mailroom/grants');
  });
});

/** What the policies of a function's role say, without the logs. */
function statementsOf(from: Template, name: string): readonly string[] {
  const policies = Object.entries(from.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes(`${name}Role`));
  const statements = policies.flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
  return linesOf(statements).filter((line) => !line.startsWith('logs:'));
}
