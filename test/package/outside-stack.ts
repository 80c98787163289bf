// The stack that an outside project has synthesised, on the local AWS, with a customer who answers.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsEnvironment } from '../../local/endpoints.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { createHandledTable, TABLE } from '../client/handled-fixture.ts';
import { ADA, mailsWith, startTestStack, type TestStack, until } from '../functions/stack.ts';

export interface OutsideStack {
  readonly stack: TestStack;
  /** For processes that use it as a service does. */
  readonly environment: Readonly<Record<string, string>>;
  /** For the command line, as who has the policy Operate and nothing else. */
  readonly operator: Readonly<Record<string, string>>;
  /** The customer answers a mail of ours, and the mailbox is polled. */
  customerAnswers(messageId: string, text: string): Promise<void>;
  /** An answer to the customer as that of docs/examples, which repeats what the customer wrote. */
  untilAnswered(text: string): Promise<boolean>;
}

export async function startOutsideStack(assembly: string): Promise<OutsideStack> {
  const stack = await startTestStack({ assembly, stackName: 'Mailroom' });
  const { region, credentials, endpoints, operator } = stack.aws;
  const db = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  await createHandledTable(db);
  db.destroy();
  await stack.invoke('PollRepliesFunction', {});
  return {
    stack,
    environment: {
      ...awsEnvironment(stack.aws),
      SEND_MAIL_FUNCTION: stack.output('SendMailFunction'),
      OUTBOX_URL: stack.output('OutboxUrl'),
      MAIL_BUCKET: stack.output('MailBucket'),
      MESSAGES_TABLE: stack.output('MessagesTable'),
      REPLIES_URL: stack.output('RepliesUrl'),
      HANDLED_TABLE: TABLE,
    },
    operator: {
      ...awsEnvironment({ ...stack.aws, credentials: operator }),
      NODE_EXTRA_CA_CERTS: stack.google.endpoints.ca,
    },
    async customerAnswers(messageId, text) {
      const head = [`From: ${ADA}`, `To: ${SUPPORT.address}`, 'Subject: Re: Your order 1', `In-Reply-To: ${messageId}`];
      const mail = [...head, `Message-ID: <${randomUUID()}@customer.example>`, '', text, ''].join('\r\n');
      stack.google.account(SUPPORT.address).deliver(mail);
      await stack.invoke('PollRepliesFunction', {});
    },
    untilAnswered(text) {
      const isAnswer = (raw: string): boolean => raw.includes('noted this for order 1') && raw.includes(text);
      return until('the answer', async () => mailsWith(stack, ADA, text).some(isAnswer), 20_000);
    },
  };
}
