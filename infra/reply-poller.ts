// Reads what people answer and puts it on the replies queue, beside the context of what they answer.
import { Duration, Stack, Tokenization } from 'aws-cdk-lib';
import { type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { PollRepliesEnvironment, Variables } from '../functions/env.ts';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';
import { MailFunction } from './mail-function.ts';
import { BY_DUE, BY_MESSAGE_ID, type MailState } from './mail-state.ts';
import { allowProfile, allowProfiles, allowReading, allowSendingState, allowWriting } from './mailbox-access.ts';
import { invokeEvery } from './recurring.ts';
import type { TokenRefresh } from './token-refresh.ts';

export interface ReplyPollerProps {
  readonly state: MailState;
  readonly google: GoogleEndpoints;
  readonly tokens: TokenRefresh;
}

export class ReplyPoller extends Construct {
  readonly replies: DeadLetteredQueue;
  readonly function: MailFunction;
  /** Invoke it with `{replay: {mailbox, since}}` to receive the events since a time once more. */
  readonly audit: MailFunction;
  readonly #state: MailState;

  constructor(scope: Construct, id: string, props: ReplyPollerProps) {
    super(scope, id);
    this.#state = props.state;
    this.replies = new DeadLetteredQueue(this, 'Replies', {
      visibilityTimeout: Duration.seconds(90),
      maxReceiveCount: 5,
    });
    this.function = new MailFunction(this, 'PollReplies', {
      entry: 'poll-replies/schedule.ts',
      description: 'Reads each mailbox for answers to what was sent from it',
      timeout: Duration.seconds(55),
      environment: this.environment(props),
    });
    this.audit = new MailFunction(this, 'AuditReplies', {
      entry: 'poll-replies/audit.ts',
      description: 'Routes what polls have missed, and replays replies on request',
      timeout: Duration.minutes(15),
      environment: this.environment(props),
      role: this.function.role,
    });
    this.allowPolling(props);
    this.allowSlices();
    invokeEvery(this, this.function, Duration.minutes(1));
    invokeEvery(new Construct(this, 'Audit'), this.audit, Duration.days(1));
  }

  /** Allows receiving and acknowledging replies, and reading the raw mail and attachments behind them. */
  grantConsumeReplies(grantee: IGrantable): void {
    this.replies.queue.grantConsumeMessages(grantee);
    this.#state.bucket.grantRead(grantee, 'raw/*');
  }

  private environment({ state, google, tokens }: ReplyPollerProps): Variables<typeof PollRepliesEnvironment> {
    return {
      REFRESH_FUNCTION: tokens.function.functionName,
      ACCESS_TOKENS: state.accessTokens,
      MAILBOXES_TABLE: state.mailboxes.tableName,
      MESSAGES_TABLE: state.messages.tableName,
      ROUTED_TABLE: state.routed.tableName,
      MAIL_BUCKET: state.bucket.bucketName,
      REPLIES_URL: this.replies.queue.queueUrl,
      REPLIES_DEAD_URL: this.replies.dead.queueUrl,
      IMAP_HOST: google.imap.host,
      IMAP_PORT: Tokenization.stringifyNumber(google.imap.port),
      POP3_HOST: google.pop3.host,
      POP3_PORT: Tokenization.stringifyNumber(google.pop3.port),
      STACK: Stack.of(this).stackName,
    };
  }

  private allowPolling({ state, tokens }: ReplyPollerProps): void {
    tokens.grantTokens(this.function, state);
    allowProfiles(this.function, state);
    allowProfile(this.function, state);
    allowWriting(this.function, state, 'reading');
    allowReading(this.function, state, 'reading');
    // What others send from the mailbox takes of its quota.
    allowSendingState(this.function, state);
    this.function.allow(['dynamodb:Query'], [`${state.messages.tableArn}/index/${BY_MESSAGE_ID}`]);
    // What may or may not have been sent is settled by its copy.
    this.function.allow(['dynamodb:Query'], [`${state.messages.tableArn}/index/${BY_DUE}`]);
    this.function.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [state.messages.tableArn]);
    this.function.allow(['s3:DeleteObject'], [state.bucket.arnForObjects('requests/*')]);
    this.function.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [state.routed.tableArn]);
    this.function.allow(['s3:PutObject'], [state.bucket.arnForObjects('raw/*')]);
    this.function.allow(['sqs:SendMessage'], [this.replies.queue.queueArn, this.replies.dead.queueArn]);
  }

  /** A policy of its own: the function waits for that of its role, which must not wait for the function. */
  private allowSlices(): void {
    const actions = ['lambda:InvokeFunction'];
    new Policy(this, 'PollRepliesRoleSlices', {
      roles: this.function.role ? [this.function.role] : [],
      statements: [new PolicyStatement({ actions, resources: [this.function.functionArn] })],
    });
  }
}
