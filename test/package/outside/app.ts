// A CDK app of somebody else: the construct in a stack of theirs, beside their functions, and the stack of its own.
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Mailroom, type MailroomProps, MailroomStack } from 'mailroom/infra';

const settings: MailroomProps = { keepConnections: 'on', settleAfter: Duration.minutes(20) };

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const mailroom = new Mailroom(this, 'Mailroom', settings);
    const shop = new LambdaFunction(this, 'Shop', {
      code: Code.fromInline('exports.handler = () => {}'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      environment: { SEND_MAIL_FUNCTION: mailroom.sender.sendMail.functionName },
    });
    mailroom.grantSend(shop);
    const consumer = new NodejsFunction(this, 'Consumer', {
      entry: 'answering-consumer.ts',
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(50),
      // The SDK too, so that the bundle runs anywhere.
      bundling: { externalModules: [] },
    });
    consumer.addEventSource(new SqsEventSource(mailroom.poller.replies.queue, { reportBatchItemFailures: true }));
    mailroom.grantConsumeReplies(consumer);
    mailroom.grantEnqueue(consumer);
  }
}

const app = new App();
new ShopStack(app, 'Shop');
new MailroomStack(app, 'Mailroom');
