// Alarms that say what users feel and link to the heading of the runbook that helps.
import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeadLetteredQueue } from './dead-lettered-queue.ts';

export interface AlarmsProps {
  readonly outbox: DeadLetteredQueue;
  readonly replies: DeadLetteredQueue;
}

const RUNBOOK = 'docs/runbook.md';
/** What is due is taken up each minute, and one mailbox sends hundreds of messages in ten. */
const OVERDUE = Duration.minutes(10);
/** Days in which a person can act, whatever the day of the week. */
const WARNING_DAYS = 2;

export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { outbox, replies }: AlarmsProps) {
    super(scope, id);
    this.all = [...this.ofDeadLetters(outbox, replies), ...this.ofSending(), ...this.ofReading(), ...this.ofGrants()];
  }

  private ofDeadLetters(outbox: DeadLetteredQueue, replies: DeadLetteredQueue): readonly Alarm[] {
    return [
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

  private ofSending(): readonly Alarm[] {
    return [
      this.silent('ReleaseSilent', {
        metric: this.ofRun('Runs', 'Sum', Duration.minutes(5)),
        alarmDescription: `Mail that waits is not taken up: ${RUNBOOK}#waiting-mail-is-not-taken-up`,
      }),
      this.whereReached('MailOverdue', {
        metric: this.ofRun('OverdueSeconds', 'Maximum', Duration.minutes(5)),
        alarmDescription: `Mail is not sent when it is due: ${RUNBOOK}#mail-is-overdue`,
        threshold: OVERDUE.toSeconds(),
      }),
      this.whereReached('MailboxHeld', {
        metric: this.ofRun('HeldMailboxes', 'Minimum', Duration.minutes(15)),
        alarmDescription: `A mailbox has been on hold for a quarter of an hour: ${RUNBOOK}#a-mailbox-does-not-send`,
        threshold: 1,
      }),
    ];
  }

  private ofReading(): readonly Alarm[] {
    return [
      this.silent('PollSilent', {
        metric: this.ofRun('Polls', 'Sum', Duration.minutes(5)),
        alarmDescription: `Replies do not arrive: ${RUNBOOK}#mailboxes-are-not-read`,
      }),
      this.whereReached('MailboxUnread', {
        // Above fifty mailboxes each minute has several runs: the least of them says nothing.
        metric: this.ofRun('UnreadMailboxes', 'Maximum', Duration.minutes(1)),
        evaluationPeriods: 15,
        alarmDescription: `Replies to a mailbox have not arrived for a quarter of an hour: ${RUNBOOK}#a-mailbox-is-not-read`,
        threshold: 1,
      }),
      this.whereReached('AllMailHidden', {
        // Above fifty mailboxes each minute has several runs: the least of them says nothing.
        metric: this.ofRun('HiddenAllMail', 'Maximum', Duration.minutes(1)),
        evaluationPeriods: 15,
        alarmDescription: `Replies that are archived at once do not arrive: ${RUNBOOK}#all-mail-is-hidden`,
        threshold: 1,
      }),
      this.whereReached('RepliesMissed', {
        metric: this.ofRun('MissedReplies', 'Maximum', Duration.hours(1)),
        alarmDescription: `Replies arrived up to a day late: ${RUNBOOK}#polls-have-missed-replies`,
        threshold: 1,
      }),
    ];
  }

  private ofGrants(): readonly Alarm[] {
    return [
      this.whereReached('GrantEnds', {
        metric: this.ofRun('GrantDaysLeft', 'Minimum', Duration.hours(1)),
        alarmDescription: `A mailbox will neither send nor be read in two days: ${RUNBOOK}#a-grant-ends`,
        threshold: WARNING_DAYS,
        comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      }),
      this.whereReached('MailboxNeedsPerson', {
        metric: this.ofRun('MailboxesNeedingPerson', 'Maximum', Duration.hours(1)),
        alarmDescription: `A mailbox neither sends nor is read until a person acts: ${RUNBOOK}#a-mailbox-needs-a-person`,
        threshold: 1,
      }),
      this.silent('RefreshSilent', {
        metric: this.ofRun('Refreshes', 'Sum', Duration.minutes(90)),
        alarmDescription: `All mailboxes will soon neither send nor be read: ${RUNBOOK}#tokens-are-not-refreshed`,
      }),
    ];
  }

  /** No run has ended for as long as the metric's period. */
  private silent(id: string, props: Pick<AlarmProps, 'metric' | 'alarmDescription'>): Alarm {
    return this.whereReached(id, {
      ...props,
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private deadLetters(id: string, queue: DeadLetteredQueue, alarmDescription: string): Alarm {
    const metric = queue.dead.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
    return this.whereReached(id, { metric, alarmDescription, threshold: 1 });
  }

  /** What each run of a function reports. */
  private ofRun(metricName: string, statistic: string, period: Duration): Metric {
    return new Metric({
      namespace: 'Mailroom',
      metricName,
      dimensionsMap: { service: Stack.of(this).stackName },
      statistic,
      period,
    });
  }

  private whereReached(
    id: string,
    props: Omit<AlarmProps, 'evaluationPeriods'> & { readonly evaluationPeriods?: number },
  ): Alarm {
    return new Alarm(this, id, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
  }
}
