// A FIFO queue and the dead-letter queue behind it. Both keep what is in them when the stack is torn down.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeadLetteredQueueProps {
  readonly visibilityTimeout: Duration;
  /** Receives of one message before it moves to the dead-letter queue. */
  readonly maxReceiveCount: number;
}

/** The longest that SQS allows. */
export const DEAD_LETTER_RETENTION = Duration.days(14);
export const QUEUE_RETENTION = Duration.days(4);

export class DeadLetteredQueue extends Construct {
  readonly queue: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, props: DeadLetteredQueueProps) {
    super(scope, id);
    const common = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.dead = new Queue(this, 'Dead', { ...common, retentionPeriod: DEAD_LETTER_RETENTION });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: QUEUE_RETENTION,
      visibilityTimeout: props.visibilityTimeout,
      deadLetterQueue: { queue: this.dead, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
