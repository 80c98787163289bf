// What the consumer needs in AWS: the function, its table, and the queue as its trigger.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { Mailroom } from 'mailroom/infra';

export class AnsweringStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly code: Code }) {
    super(scope, id, props);
    const mailroom = new Mailroom(this, 'Mailroom');
    const handled = new Table(this, 'Handled', {
      partitionKey: { name: 'key', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
    });
    const consumer = new LambdaFunction(this, 'Consumer', {
      code: props.code,
      handler: 'answering-consumer.handler',
      runtime: Runtime.NODEJS_24_X,
      // Below the lease of a reply that is being handled: 60 s.
      timeout: Duration.seconds(50),
      environment: {
        OUTBOX_URL: mailroom.sender.outbox.queue.queueUrl,
        MAIL_BUCKET: mailroom.state.bucket.bucketName,
        MESSAGES_TABLE: mailroom.state.messages.tableName,
        HANDLED_TABLE: handled.tableName,
      },
    });
    consumer.addEventSource(new SqsEventSource(mailroom.poller.replies.queue, { reportBatchItemFailures: true }));
    mailroom.grantConsumeReplies(consumer);
    mailroom.grantEnqueue(consumer);
    handled.grantReadWriteData(consumer);
  }
}
