// What the template means to keep, said as intent: nothing lost by a deployment, no duty left without an alarm.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { Mailroom } from '../../infra/mailroom.ts';
import { MailroomStack } from '../../infra/mailroom-stack.ts';
import { ASSEMBLY } from '../synthesise.ts';

const context = { 'aws:cdk:bundling-stacks': [] };
const template = Template.fromStack(new MailroomStack(new App({ context }), 'Mailroom'));
const all = (type: string) => Object.values(template.findResources(type));

describe('the stack', () => {
  it('keeps tables on demand, recoverable to any second, expiring by TTL, and after the stack is gone', () => {
    for (const { Properties, DeletionPolicy, UpdateReplacePolicy } of all('AWS::DynamoDB::Table')) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
      expect(Properties).not.toHaveProperty('TableName');
    }
    expect(all('AWS::DynamoDB::Table')).toHaveLength(3);
  });

  it('gives both queues a dead-letter queue, and makes messages outlast the function that works on them', () => {
    const queues = all('AWS::SQS::Queue');
    const live = queues.filter(({ Properties }) => Properties.RedrivePolicy !== undefined);
    expect(queues.map(({ Properties }) => Properties.FifoQueue)).toEqual([true, true, true, true]);
    expect(
      live.map(({ Properties }) => [Properties.VisibilityTimeout, Properties.RedrivePolicy.maxReceiveCount]),
    ).toEqual([
      [90, 5],
      [90, 5],
    ]);
    // An audit works on no queue.
    const functions = all('AWS::Lambda::Function').filter(({ Properties }) => !/misse/.test(Properties.Description));
    const timeouts = functions.map(({ Properties }) => Properties.Timeout);
    expect(Math.max(...timeouts)).toBeLessThan(90);
    for (const { Properties, DeletionPolicy } of queues) {
      expect(Properties).not.toHaveProperty('QueueName');
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('keeps the bucket private, over TLS only, and its objects longer than any queue keeps their messages', () => {
    const [bucket] = all('AWS::S3::Bucket');
    const queues = all('AWS::SQS::Queue').map(({ Properties }) => Properties.MessageRetentionPeriod / 86_400);
    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const rules: readonly { Prefix?: string; ExpirationInDays?: number }[] =
      bucket?.Properties.LifecycleConfiguration.Rules;
    const daysOf = (prefix: string) => rules.find(({ Prefix }) => Prefix === prefix)?.ExpirationInDays;
    expect(daysOf('raw/')).toBeGreaterThan(Math.max(...queues) + Math.min(...queues));
    // A request may be for a year ahead.
    expect(daysOf('requests/')).toBeGreaterThan(366 + Math.max(...queues));
    expect(bucket?.DeletionPolicy).toBe('Retain');
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('runs its schedules once, without retries', () => {
    const schedules = all('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
    expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression).sort()).toEqual([
      'rate(1 day)',
      'rate(1 minute)',
      'rate(1 minute)',
      'rate(30 minutes)',
    ]);
    for (const { Target } of schedules)
      expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    for (const { Properties } of all('AWS::Lambda::EventInvokeConfig')) {
      expect(Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    }
  });

  it('runs every function on Node 24 and arm64, with a log group of thirty days and no reserved concurrency', () => {
    for (const { Properties } of all('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
      expect(Properties.LoggingConfig.LogGroup).toBeDefined();
    }
    expect(all('AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays)).toEqual([
      30, 30, 30, 30, 30, 30,
    ]);
  });

  it('drains the outbox with partial batch responses', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('watches what several runs a minute report by its maximum, for a quarter of an hour', () => {
    const alarms = all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    for (const name of ['UnreadMailboxes', 'HiddenAllMail']) {
      const [alarm, ...others] = alarms.filter(({ MetricName }) => MetricName === name);
      expect(others).toEqual([]);
      expect(alarm).toMatchObject({ Statistic: 'Maximum', Period: 60, EvaluationPeriods: 15, Threshold: 1 });
    }
  });

  it('has an alarm on every dead-letter queue, which links a heading of the runbook that exists', () => {
    const alarms = all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    expect(
      alarms.map(({ Dimensions }) => JSON.stringify(Dimensions)).filter((text) => text.includes('Dead')),
    ).toHaveLength(2);
    for (const { AlarmDescription } of alarms) {
      const [, file = '', heading = ''] = /(docs\/[\w.]+)#([\w-]+)/.exec(AlarmDescription) ?? [];
      const headings = readFileSync(join(ASSEMBLY, '..', file), 'utf8').matchAll(/^#+ (.+)$/gm);
      expect([...headings].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'))).toContain(heading);
    }
  });

  it('points at Gmail unless it is told otherwise', () => {
    const parameters = Object.entries(template.findParameters('*'));
    const defaults = parameters.map(([name, { Default }]) => [name, Default]);
    expect(Object.fromEntries(defaults)).toMatchObject({
      OauthUrl: 'https://oauth2.googleapis.com',
      ConsentUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      SmtpHost: 'smtp.gmail.com',
      SmtpPort: 465,
      SmtpTls: 'implicit',
      ImapHost: 'imap.gmail.com',
      ImapPort: 993,
      Pop3Host: 'pop.gmail.com',
      Pop3Port: 995,
    });
  });

  it('has no finding of the AWS Solutions rules that is not acknowledged with a reason', () => {
    const path = join(ASSEMBLY, 'validation-report.json');
    expect(existsSync(path)).toBe(true);
    const { pluginReports } = JSON.parse(readFileSync(path, 'utf8'));
    const [{ pluginName, conclusion, violations, suppressedViolations }] = pluginReports;
    expect([pluginName, conclusion, violations]).toEqual(['AwsSolutions', 'success', []]);
    for (const { reason } of suppressedViolations) expect(reason.length).toBeGreaterThan(30);
  });
});

describe('the construct in a stack of one’s own', () => {
  it('grants a service what it needs to send, to queue and to consume', () => {
    const stack = new Stack(new App({ context }), 'Shop');
    const mailroom = new Mailroom(stack, 'Mail');
    const role = new Role(stack, 'Service', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    mailroom.grantSend(role);
    mailroom.grantEnqueue(role);
    mailroom.grantConsumeReplies(role);
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith('Service')) ?? [];
    const actions = policy?.Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );
    expect(actions).toEqual(
      expect.arrayContaining([
        'lambda:InvokeFunction',
        'sqs:SendMessage',
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'dynamodb:GetItem',
        's3:PutObject',
      ]),
    );
    expect(JSON.stringify(policy)).not.toMatch(/secretsmanager|Mailboxes|Routed|"\*"/);
  });

  it('has the outputs by which the command line finds it, under the names that they have in a stack of its own', () => {
    const stack = new Stack(new App({ context }), 'Shop');
    new Mailroom(stack, 'Mail');
    const outputs = Template.fromStack(stack).findOutputs('*');
    const ofOwnStack = Object.keys(template.findOutputs('*')).filter((name) => name !== 'OperatePolicyArn');
    expect(Object.keys(outputs).sort()).toEqual(ofOwnStack.sort());
    const values = Object.entries(outputs).map(([name, { Value }]) => [name, Value]);
    expect(Object.fromEntries(values)).toMatchObject({
      GrantsPrefix: 'Shop/grants',
      AccessTokensPrefix: 'Shop/access-tokens',
      OauthClientSecret: 'Shop/oauth-client',
      ConsentUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      SmtpHost: 'smtp.gmail.com',
      SmtpPort: '465',
      SmtpTls: 'implicit',
    });
  });

  it('is refused beside another in one stack, and welcome in the next', () => {
    const app = new App({ context });
    const stack = new Stack(app, 'Shop');
    new Mailroom(stack, 'Mail');
    new Mailroom(new Stack(app, 'Other'), 'Mail');
    expect(() => new Mailroom(stack, 'Second')).toThrow(
      'the stack Shop would have two Mailrooms, Shop/Mail and Shop/Second: give each a stack of its own',
    );
  });
});
