// Everything that must survive a deployment: tables, bucket, and the names of the secrets that the CLI makes at run time.
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DEAD_LETTER_RETENTION, QUEUE_RETENTION } from './dead-lettered-queue.ts';

export const BY_MESSAGE_ID = 'byMessageId';
export const BY_DUE = 'byDue';
export const PROFILES = 'profiles';

export class MailState extends Construct {
  readonly messages: Table;
  readonly mailboxes: Table;
  readonly routed: Table;
  readonly bucket: Bucket;
  /** Secrets are named PREFIX/MAILBOX, so that connecting a mailbox needs no deployment. */
  readonly grants: string;
  readonly accessTokens: string;
  /** Name of the secret in which the command line keeps the OAuth client for the next mailbox. */
  readonly oauthClient: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.grants = `${stackName}/grants`;
    this.accessTokens = `${stackName}/access-tokens`;
    this.oauthClient = `${stackName}/oauth-client`;
    this.messages = this.createMessages();
    this.mailboxes = this.createTable('Mailboxes');
    // Sparse: only profiles carry `registry`, so reading it costs what the mailboxes are, not what they did.
    this.mailboxes.addGlobalSecondaryIndex({
      indexName: PROFILES,
      partitionKey: { name: 'registry', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
    });
    this.routed = this.createTable('Routed');
    this.bucket = new Bucket(this, 'Mail', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // What a queue message points to must outlive the queue and its dead-letter queue together.
        { prefix: 'raw/', expiration: Duration.days(QUEUE_RETENTION.toDays() + DEAD_LETTER_RETENTION.toDays() + 12) },
        // Removed when the message is settled, which may be a year ahead.
        { prefix: 'requests/', expiration: Duration.days(400) },
      ],
    });
  }

  /** The ARN of all secrets under a prefix, in this account and region. */
  secretsArn(prefix: string): string {
    return this.secretArn(`${prefix}/*`);
  }

  /**
   * The secret's ARN ends in a hyphen and six characters that Secrets Manager chooses; one that does not exist yet is asked
   * for by its name alone.
   */
  get oauthClientArns(): string[] {
    return [this.secretArn(`${this.oauthClient}-??????`), this.secretArn(this.oauthClient)];
  }

  private secretArn(resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: 'secretsmanager', resource: 'secret', resourceName, arnFormat });
  }

  private createMessages(): Table {
    const messages = this.createTable('Messages');
    messages.addGlobalSecondaryIndex({
      indexName: BY_MESSAGE_ID,
      partitionKey: { name: 'messageId', type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['mailbox', 'context', 'recipients', 'outcome', 'thread'],
    });
    // Sparse: only a message that is not settled carries `dueAt`.
    messages.addGlobalSecondaryIndex({
      indexName: BY_DUE,
      partitionKey: { name: 'mailbox', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['state', 'attempt', 'idempotencyKey', 'requestHash', 'notAfter', 'sentAgain'],
    });
    return messages;
  }

  private createTable(id: string): Table {
    return new Table(this, id, {
      partitionKey: { name: 'key', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
