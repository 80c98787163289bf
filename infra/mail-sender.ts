// Sends mail: at once when invoked, from the outbox in batches, and again what has waited until it is due.
import { Duration, Stack, Tokenization } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type {
  DrainOutboxEnvironment,
  ReleaseWaitingEnvironment,
  SendMailEnvironment,
  Variables,
} from '../functions/env.ts';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';
import { MailFunction } from './mail-function.ts';
import { BY_DUE, type MailState } from './mail-state.ts';
import { allowProfile, allowProfiles, allowReading, allowSendingState } from './mailbox-access.ts';
import { invokeEvery } from './recurring.ts';
import type { TokenRefresh } from './token-refresh.ts';

export interface MailSenderProps {
  readonly state: MailState;
  readonly google: GoogleEndpoints;
  readonly tokens: TokenRefresh;
  readonly claimLease: Duration;
  readonly releaseLease: Duration;
  readonly settleAfter: Duration;
  readonly onUnknown: OnUnknown;
  readonly keepConnections: Switch;
}

/** Text, so that a parameter of CloudFormation can stand for it. */
export type Switch = 'on' | 'off';
export type OnUnknown = 'send-again' | 'report';

const TIMEOUT = Duration.seconds(60);

export class MailSender extends Construct {
  readonly outbox: DeadLetteredQueue;
  readonly sendMail: MailFunction;
  readonly drainOutbox: MailFunction;
  readonly releaseWaiting: MailFunction;
  readonly #props: MailSenderProps;

  constructor(scope: Construct, id: string, props: MailSenderProps) {
    super(scope, id);
    this.#props = props;
    this.outbox = new DeadLetteredQueue(this, 'Outbox', {
      // Longer than the function may run, so that no second one starts on the same messages.
      visibilityTimeout: Duration.seconds(90),
      maxReceiveCount: 5,
    });
    this.sendMail = this.createSendMail();
    this.drainOutbox = this.createDrainOutbox();
    this.releaseWaiting = this.createReleaseWaiting();
  }

  /** Allows invoking send-mail, handing over a request that is too big for an invocation, and reading how it ended. */
  grantSend(grantee: IGrantable): void {
    this.sendMail.grantInvoke(grantee);
    this.#grantHandOver(grantee);
  }

  /** Allows putting requests on the outbox, handing over those too big for it, and reading how they ended. */
  grantEnqueue(grantee: IGrantable): void {
    this.outbox.queue.grant(grantee, 'sqs:SendMessage');
    this.#grantHandOver(grantee);
  }

  #grantHandOver(grantee: IGrantable): void {
    const { state } = this.#props;
    state.bucket.grantPut(grantee, 'requests/*');
    state.messages.grant(grantee, 'dynamodb:GetItem');
  }

  private createSendMail(): MailFunction {
    const environment: Variables<typeof SendMailEnvironment> = {
      ...this.sendingEnvironment(),
      KEEP_CONNECTIONS: this.#props.keepConnections,
    };
    const sendMail = new MailFunction(this, 'SendMail', {
      entry: 'send-mail/invoke.ts',
      description: 'Sends one message and answers how it ended',
      timeout: TIMEOUT,
      environment,
    });
    this.allowSending(sendMail);
    return sendMail;
  }

  private createDrainOutbox(): MailFunction {
    const { dead, queue } = this.outbox;
    const environment: Variables<typeof DrainOutboxEnvironment> = {
      ...this.sendingEnvironment(),
      OUTBOX_DEAD_URL: dead.queueUrl,
    };
    const drainOutbox = new MailFunction(this, 'DrainOutbox', {
      entry: 'send-mail/outbox.ts',
      description: 'Sends the messages of the outbox, a batch over the shared connections of its mailbox',
      timeout: TIMEOUT,
      environment,
    });
    this.allowSending(drainOutbox);
    drainOutbox.allow(['sqs:SendMessage'], [dead.queueArn]);
    drainOutbox.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
    return drainOutbox;
  }

  private createReleaseWaiting(): MailFunction {
    const { state, tokens } = this.#props;
    const environment = this.releaseEnvironment();
    const release = new Construct(this, 'Release');
    const releaseWaiting = new MailFunction(release, 'ReleaseWaiting', {
      entry: 'release-waiting/schedule.ts',
      memorySize: 256,
      description: 'Puts back on the outbox what is due, and settles what may or may not have been sent',
      timeout: Duration.seconds(55),
      environment,
    });
    releaseWaiting.allow(['dynamodb:Query'], [`${state.messages.tableArn}/index/${BY_DUE}`]);
    releaseWaiting.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [state.messages.tableArn]);
    releaseWaiting.allow(['sqs:SendMessage'], [this.outbox.queue.queueArn, this.outbox.dead.queueArn]);
    releaseWaiting.allow(['s3:DeleteObject'], [state.bucket.arnForObjects('requests/*')]);
    tokens.grantTokens(releaseWaiting, state);
    allowProfiles(releaseWaiting, state);
    allowSendingState(releaseWaiting, state);
    allowReading(releaseWaiting, state, 'grant');
    invokeEvery(release, releaseWaiting, Duration.minutes(1));
    return releaseWaiting;
  }

  private releaseEnvironment(): Variables<typeof ReleaseWaitingEnvironment> {
    const { google, releaseLease, onUnknown } = this.#props;
    return {
      ...this.commonEnvironment(),
      OUTBOX_URL: this.outbox.queue.queueUrl,
      OUTBOX_DEAD_URL: this.outbox.dead.queueUrl,
      IMAP_HOST: google.imap.host,
      IMAP_PORT: Tokenization.stringifyNumber(google.imap.port),
      RELEASE_LEASE_SECONDS: Tokenization.stringifyNumber(releaseLease.toSeconds()),
      ON_UNKNOWN: onUnknown,
      STACK: Stack.of(this).stackName,
    };
  }

  private sendingEnvironment(): Omit<Variables<typeof SendMailEnvironment>, 'KEEP_CONNECTIONS'> {
    const { google, claimLease } = this.#props;
    return {
      ...this.commonEnvironment(),
      SMTP_HOST: google.smtp.host,
      SMTP_PORT: Tokenization.stringifyNumber(google.smtp.port),
      SMTP_TLS: google.smtp.tls,
      CLAIM_LEASE_SECONDS: Tokenization.stringifyNumber(claimLease.toSeconds()),
    };
  }

  private commonEnvironment() {
    const { state, tokens, settleAfter } = this.#props;
    return {
      REFRESH_FUNCTION: tokens.function.functionName,
      ACCESS_TOKENS: state.accessTokens,
      MAILBOXES_TABLE: state.mailboxes.tableName,
      MESSAGES_TABLE: state.messages.tableName,
      MAIL_BUCKET: state.bucket.bucketName,
      SETTLE_AFTER_SECONDS: Tokenization.stringifyNumber(settleAfter.toSeconds()),
    };
  }

  private allowSending(sender: MailFunction): void {
    const { state, tokens } = this.#props;
    tokens.grantTokens(sender, state);
    allowProfile(sender, state);
    allowSendingState(sender, state);
    sender.allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [state.messages.tableArn]);
    sender.allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [state.bucket.arnForObjects('requests/*')]);
  }
}
