// Alarms that say what users feel and link to the heading of the runbook that helps.
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeadLetteredQueue } from './dead-lettered-queue.ts';

export interface AlarmsProps {
  readonly outbox: DeadLetteredQueue;
  readonly replies: DeadLetteredQueue;
}

const RUNBOOK = 'docs/runbook.md';

export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { outbox, replies }: AlarmsProps) {
    super(scope, id);
    this.all = [
      this.deadLetters(
        'OutboxDead',
        outbox,
        `Mail was not sent and will not be tried again: ${RUNBOOK}#mail-in-the-outbox-dead-letter-queue`,
      ),
      this.deadLetters(
        'RepliesDead',
        replies,
        `A reply did not reach its consumer: ${RUNBOOK}#replies-in-the-dead-letter-queue`,
      ),
    ];
  }

  private deadLetters(id: string, queue: DeadLetteredQueue, alarmDescription: string): Alarm {
    const metric = queue.dead.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
    return new Alarm(this, id, {
      metric,
      alarmDescription,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
