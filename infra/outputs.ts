// The outputs by which services, people and the command line find what a Mailroom is made of, whatever stack it is in.
import { CfnOutput, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Capabilities } from './capabilities.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';

export class Outputs extends Construct {
  constructor(mailroom: Construct & Capabilities, id: string, google: GoogleEndpoints) {
    super(mailroom, id);
    for (const [name, value] of Object.entries({ ...resourcesOf(mailroom), ...endpointsOf(google) })) {
      // The name alone, as it would be in a stack of its own: the path of the construct would go before it.
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}

function resourcesOf({ state, tokens, sender, poller }: Capabilities): Record<string, string> {
  return {
    RefreshTokensFunction: tokens.function.functionName,
    SendMailFunction: sender.sendMail.functionName,
    DrainOutboxFunction: sender.drainOutbox.functionName,
    ReleaseWaitingFunction: sender.releaseWaiting.functionName,
    PollRepliesFunction: poller.function.functionName,
    AuditRepliesFunction: poller.audit.functionName,
    OutboxUrl: sender.outbox.queue.queueUrl,
    OutboxDeadUrl: sender.outbox.dead.queueUrl,
    RepliesUrl: poller.replies.queue.queueUrl,
    RepliesDeadUrl: poller.replies.dead.queueUrl,
    MessagesTable: state.messages.tableName,
    MailboxesTable: state.mailboxes.tableName,
    RoutedTable: state.routed.tableName,
    MailBucket: state.bucket.bucketName,
    GrantsPrefix: state.grants,
    AccessTokensPrefix: state.accessTokens,
    OauthClientSecret: state.oauthClient,
  };
}

function endpointsOf({ oauthUrl, consentUrl, smtp, imap, pop3 }: GoogleEndpoints): Record<string, string> {
  return {
    OauthUrl: oauthUrl,
    ConsentUrl: consentUrl,
    SmtpHost: smtp.host,
    SmtpPort: Tokenization.stringifyNumber(smtp.port),
    SmtpTls: smtp.tls,
    ImapHost: imap.host,
    ImapPort: Tokenization.stringifyNumber(imap.port),
    Pop3Host: pop3.host,
    Pop3Port: Tokenization.stringifyNumber(pop3.port),
  };
}
