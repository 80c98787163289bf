// Keeps an access token ready for every mailbox; the only capability that may read a grant.
import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RefreshTokensEnvironment, Variables } from '../functions/env.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';
import { MailFunction } from './mail-function.ts';
import type { MailState } from './mail-state.ts';
import { allowProfile, allowProfiles, allowReading, allowWriting } from './mailbox-access.ts';
import { invokeEvery } from './recurring.ts';

export interface TokenRefreshProps {
  readonly state: MailState;
  readonly google: GoogleEndpoints;
}

export class TokenRefresh extends Construct {
  readonly function: MailFunction;

  constructor(scope: Construct, id: string, { state, google }: TokenRefreshProps) {
    super(scope, id);
    const environment: Variables<typeof RefreshTokensEnvironment> = {
      GRANTS: state.grants,
      ACCESS_TOKENS: state.accessTokens,
      MAILBOXES_TABLE: state.mailboxes.tableName,
      OAUTH_URL: google.oauthUrl,
      STACK: Stack.of(this).stackName,
    };
    this.function = new MailFunction(this, 'RefreshTokens', {
      entry: 'refresh-tokens/schedule.ts',
      memorySize: 256,
      description: 'Replaces access tokens before they expire, or at once when one was refused',
      timeout: Duration.seconds(55),
      environment,
    });
    this.function.allow(
      ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
      [state.secretsArn(state.grants)],
    );
    this.function.allow(
      ['secretsmanager:PutSecretValue', 'secretsmanager:CreateSecret', 'secretsmanager:RestoreSecret'],
      [state.secretsArn(state.accessTokens)],
    );
    // The default bus, and no other source's events.
    this.function.allow(['events:PutEvents'], [defaultBus(this)], { StringEquals: { 'events:source': ['mailroom'] } });
    allowProfile(this.function, state);
    allowProfiles(this.function, state);
    allowReading(this.function, state, 'grant');
    allowWriting(this.function, state, 'grant');
    invokeEvery(this, this.function, Duration.minutes(30));
  }

  /** Allows a function to read access tokens, and to ask for another one where there is none or it was refused. */
  grantTokens(user: MailFunction, state: MailState): void {
    user.allow(['secretsmanager:GetSecretValue'], [state.secretsArn(state.accessTokens)]);
    user.allow(['lambda:InvokeFunction'], [this.function.functionArn]);
  }
}

function defaultBus(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
}
