// Mailroom as a stack of its own: parameters that default to Gmail, and a policy for who operates it.
import { CfnOutput, CfnParameter, Duration, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Endpoint, GMAIL, type GoogleEndpoints } from './google-endpoints.ts';
import { Mailroom } from './mailroom.ts';

export class MailroomStack extends Stack {
  readonly mailroom: Mailroom;
  /** For the role of who runs `npx mailroom`: {@link Mailroom.grantOperate}. */
  readonly operate: ManagedPolicy;

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, { description: 'Mailroom: transactional email on the mailboxes you have', ...props });
    this.mailroom = new Mailroom(this, 'Mailroom', {
      google: this.endpoints(),
      claimLease: this.seconds('ClaimLeaseSeconds', 90),
      releaseLease: this.seconds('ReleaseLeaseSeconds', 600),
      settleAfter: this.seconds('SettleAfterSeconds', 900),
      onUnknown: this.choice('OnUnknown', 'send-again', ['send-again', 'report']),
      keepConnections: this.choice('KeepConnections', 'off', ['on', 'off']),
    });
    this.operate = new ManagedPolicy(this, 'Operate', {
      description: 'What someone who runs npx mailroom needs: attach it to the role of who operates',
    });
    this.mailroom.grantOperate(this.operate);
    new CfnOutput(this, 'OperatePolicyArn', {
      value: this.operate.managedPolicyArn,
      description: 'For the role of who runs npx mailroom',
    });
  }

  private endpoints(): GoogleEndpoints {
    return {
      oauthUrl: this.text('OauthUrl', GMAIL.oauthUrl),
      consentUrl: this.text('ConsentUrl', GMAIL.consentUrl),
      smtp: {
        ...this.endpoint('Smtp', GMAIL.smtp),
        tls: this.choice('SmtpTls', GMAIL.smtp.tls, ['implicit', 'starttls']),
      },
      imap: this.endpoint('Imap', GMAIL.imap),
      pop3: this.endpoint('Pop3', GMAIL.pop3),
    };
  }

  private endpoint(name: string, gmail: Endpoint): Endpoint {
    const port = new CfnParameter(this, `${name}Port`, { type: 'Number', default: gmail.port });
    return { host: this.text(`${name}Host`, gmail.host), port: port.valueAsNumber };
  }

  private text(name: string, value: string): string {
    return new CfnParameter(this, name, { default: value }).valueAsString;
  }

  /** A token of CloudFormation stands for any of the values until deployment; AllowedValues keeps it to them. */
  private choice<Value extends string>(name: string, value: Value, allowedValues: Value[]): Value {
    const parameter = new CfnParameter(this, name, { default: value, allowedValues });
    return Token.asString(parameter.valueAsString) as Value;
  }

  private seconds(name: string, value: number): Duration {
    return Duration.seconds(
      new CfnParameter(this, name, { type: 'Number', default: value, minValue: 1 }).valueAsNumber,
    );
  }
}
