// What whoever runs `npx mailroom` may do: this and nothing else, and never read a grant.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { Mailroom } from '../../infra/mailroom.ts';
import { isAllowed, parsePolicy } from '../../local/aws/policy.ts';
import { linesOf, synthesise } from './statement-lines.ts';

const template = synthesise('Mailroom');
const [[operateId = '', operate] = []] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy'));

const ALLOWED = [
  'cloudformation:DescribeStacks cloudformation:ListStacks on "*"',
  'secretsmanager:CreateSecret secretsmanager:DeleteSecret secretsmanager:DescribeSecret secretsmanager:PutSecretValue secretsmanager:RestoreSecret on secret/grants/*',
  'secretsmanager:DeleteSecret secretsmanager:GetSecretValue secretsmanager:RestoreSecret on secret/access-tokens/*',
  ...['oauth-client-??????', 'oauth-client'].map(
    (name) =>
      `secretsmanager:CreateSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:RestoreSecret on secret/${name}`,
  ),
  'dynamodb:GetItem on Mailboxes',
  'dynamodb:Query on Mailboxes/index/profiles',
  'dynamodb:PutItem on Mailboxes where *#profile *#sending',
  'dynamodb:UpdateItem on Mailboxes where *#grant *#reading',
  'dynamodb:DeleteItem on Mailboxes where *#profile *#grant',
  'dynamodb:GetItem dynamodb:Scan dynamodb:UpdateItem on Messages',
  'dynamodb:Query on Messages/index/byMessageId',
  'dynamodb:Query on Messages/index/byDue',
  's3:GetObject s3:PutObject on Mail/requests/*',
  's3:DeleteObject s3:GetObject on Mail/raw/*',
  's3:ListBucket on Mail where raw/*',
  ...['OutboxQueue', 'OutboxDead', 'RepliesQueue', 'RepliesDead'].map((queue) => `sqs:GetQueueAttributes on ${queue}`),
  ...['OutboxQueue', 'RepliesQueue'].map((queue) => `sqs:SendMessage on ${queue}`),
  ...['OutboxDead', 'RepliesDead'].map(
    (queue) => `sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage on ${queue}`,
  ),
  ...['RefreshTokens', 'SendMail', 'ReleaseWaiting', 'PollReplies', 'AuditReplies'].map(
    (name) => `lambda:InvokeFunction on ${name}`,
  ),
];

describe('the policy Operate', () => {
  it('allows this and nothing else', () => {
    expect(linesOf(operate?.Properties.PolicyDocument.Statement)).toEqual([...ALLOWED].sort());
  });

  it('never lets a grant be read, by whatever action', () => {
    const statements = parsePolicy(resolved(operate?.Properties.PolicyDocument, 'T'));
    const resource = 'arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:Mailroom/grants/support-AbCdEf';
    const may = (name: string) => isAllowed(statements, { action: `secretsmanager:${name}`, resource, keys: {} });
    expect(may('PutSecretValue')).toBe(true);
    for (const name of ['GetSecretValue', 'BatchGetSecretValue', 'UpdateSecret', 'PutResourcePolicy', 'RotateSecret']) {
      expect([name, may(name)]).toEqual([name, false]);
    }
  });

  it('is found by an output of the stack', () => {
    template.hasOutput('OperatePolicyArn', { Value: { Ref: operateId } });
  });

  it('leaves room in the 6,144 characters that a managed policy may have, for a stack with a long name', () => {
    const long = synthesise('Mailroom-of-the-whole-company-in-production');
    const [policy] = Object.values(long.findResources('AWS::IAM::ManagedPolicy'));
    const written = JSON.stringify(resolved(policy?.Properties.PolicyDocument, 'n'.repeat(90)));
    expect(written.replace(/\s/g, '').length).toBeLessThan(6_144);
  });
});

describe('grantOperate', () => {
  it('gives a role of one’s own the same', () => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Mailroom');
    const role = new Role(stack, 'OnCall', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new Mailroom(stack, 'Post').grantOperate(role);
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith('OnCall')) ?? [];
    expect(linesOf(policy?.Properties.PolicyDocument.Statement)).toEqual([...ALLOWED].sort());
  });
});

/** A document as it is once deployed. @param name what stands for the names that CloudFormation makes */
function resolved(document: unknown, name: string): unknown {
  const pseudo: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::Region': 'ap-southeast-2' };
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    // From the inside out: what is joined has been resolved.
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(Array.isArray(value) ? undefined : value);
    if (Ref !== undefined) return pseudo[String(Ref)] ?? '123456789012';
    if (attribute !== undefined) return `arn:aws:dynamodb:ap-southeast-2:123456789012:table/${name}`;
    return join === undefined ? value : join[1].join('');
  });
}
