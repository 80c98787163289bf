// What `.local/endpoints.json` says: everything that an AWS client or a mail client needs to use the local Mailroom.
import type { LocalAws } from './aws/aws.ts';
import type { Endpoints } from './aws/provision-storage.ts';
import type { GoogleServers } from './mailroom.ts';

export interface LocalEndpoints {
  readonly stackName: string;
  readonly region: string;
  /** Of the account itself, which may do everything. */
  readonly credentials: LocalAws['credentials'];
  /** What makes the AWS CLI and every AWS SDK use the local AWS, as somebody with the policy Operate and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** URLs. */
  readonly aws: Endpoints;
  /** Names. */
  readonly functions: Readonly<
    Record<'refreshTokens' | 'sendMail' | 'drainOutbox' | 'releaseWaiting' | 'pollReplies', string>
  >;
  /** URLs. */
  readonly queues: Readonly<Record<'outbox' | 'outboxDead' | 'replies' | 'repliesDead', string>>;
  /** Names. */
  readonly tables: Readonly<Record<'messages' | 'mailboxes' | 'routed', string>>;
  readonly bucket: string;
  readonly google: GoogleServers;
  readonly mailboxes: readonly { readonly id: string; readonly address: string }[];
  readonly customers: readonly { readonly address: string; readonly accessToken: string }[];
}

export function describeEndpoints(
  aws: LocalAws,
  google: GoogleServers,
  people: Pick<LocalEndpoints, 'mailboxes' | 'customers'>,
): LocalEndpoints {
  const output = (name: string): string => {
    const value = aws.outputs[name];
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  };
  return {
    stackName: aws.stackName,
    region: aws.region,
    credentials: { accessKeyId: aws.credentials.accessKeyId, secretAccessKey: aws.credentials.secretAccessKey },
    environment: awsEnvironment({ ...aws, credentials: aws.operator }),
    aws: aws.endpoints,
    functions: {
      refreshTokens: output('RefreshTokensFunction'),
      sendMail: output('SendMailFunction'),
      drainOutbox: output('DrainOutboxFunction'),
      releaseWaiting: output('ReleaseWaitingFunction'),
      pollReplies: output('PollRepliesFunction'),
    },
    queues: {
      outbox: output('OutboxUrl'),
      outboxDead: output('OutboxDeadUrl'),
      replies: output('RepliesUrl'),
      repliesDead: output('RepliesDeadUrl'),
    },
    tables: { messages: output('MessagesTable'), mailboxes: output('MailboxesTable'), routed: output('RoutedTable') },
    bucket: output('MailBucket'),
    google,
    ...people,
  };
}

/**
 * A file for `node --env-file`: the names under which the README's code asks for the stack's outputs, and what makes its
 * AWS SDK use the local AWS, as the account itself.
 */
export function formatServiceEnvironment(aws: LocalAws): string {
  const { SendMailFunction, OutboxUrl, MailBucket, MessagesTable, RepliesUrl } = aws.outputs;
  const variables = {
    ...awsEnvironment(aws),
    SEND_MAIL_FUNCTION: SendMailFunction,
    OUTBOX_URL: OutboxUrl,
    MAIL_BUCKET: MailBucket,
    MESSAGES_TABLE: MessagesTable,
    REPLIES_URL: RepliesUrl,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** What makes the AWS CLI and every AWS SDK use the local AWS. */
export function awsEnvironment({
  region,
  credentials,
  endpoints,
}: Pick<LocalAws, 'region' | 'credentials' | 'endpoints'>): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoints.cloudformation,
  };
}
