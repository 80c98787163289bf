// The rule by which a stack hears that a mailbox needs a person, and the alarms on what refreshes report.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { Mailroom } from '../../infra/mailroom.ts';

const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop');
const mailroom = new Mailroom(stack, 'Mail');
const topic = new Topic(stack, 'OnCall');
mailroom.onMailboxNeedsPerson('NeedsPerson', { target: new SnsTopic(topic), description: 'Calls someone' });
mailroom.onMailboxNeedsPerson('Untargeted');
const template = Template.fromStack(stack);

describe('onMailboxNeedsPerson', () => {
  it('hears the events of its own stack, and passes them to its target', () => {
    const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
    expect(rules).toHaveLength(2);
    for (const { EventPattern } of rules) {
      expect(EventPattern).toEqual({
        source: ['mailroom'],
        'detail-type': ['Mailbox needs a person'],
        detail: { stack: ['Shop'] },
      });
    }
    expect(rules.map(({ Targets = [] }) => Targets.length)).toEqual([1, 0]);
    expect(rules[0]?.Description).toBe('Calls someone');
  });
});

describe('the alarms of refresh-tokens', () => {
  it.each([
    ['GrantDaysLeft', { Statistic: 'Minimum', Threshold: 2, ComparisonOperator: 'LessThanOrEqualToThreshold' }],
    ['MailboxesNeedingPerson', { Statistic: 'Maximum', Threshold: 1, TreatMissingData: 'notBreaching' }],
    ['Refreshes', { Statistic: 'Sum', Threshold: 0, Period: 5_400, TreatMissingData: 'breaching' }],
  ])('watch %s', (MetricName, expected) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName,
      Dimensions: [{ Name: 'service', Value: 'Shop' }],
      ...expected,
    });
  });
});
