// Many who need a token of one mailbox at the same time: one of them asks Google, and the others take what it got.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenRefusals } from '../../local/google/google.ts';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { startTestStack, type TestStack, until } from './stack.ts';

describe('refresh-tokens, at once', () => {
  let stack: TestStack;
  let tables: CallsProxy;
  let oauth: CallsProxy;
  let leaseAttempts = 0;
  let asked = 0;
  /** How many must have tried for the lease before Google answers whoever has it. */
  let crowd = 0;

  beforeAll(async () => {
    tables = await startCallsProxy();
    oauth = await startCallsProxy();
    stack = await startTestStack({
      parameters: { OauthUrl: oauth.url },
      processEnvironment: { AWS_ENDPOINT_URL_DYNAMODB: tables.url },
    });
    tables.target = stack.aws.endpoints.dynamodb;
    oauth.target = stack.google.endpoints.oauth;
    tables.onCall = (operation, body) => {
      if (operation === 'UpdateItem' && body.includes('refreshingUntil = :until')) leaseAttempts += 1;
      return 'pass';
    };
    oauth.onCall = async (): Promise<Verdict> => {
      asked += 1;
      await until('the others', async () => leaseAttempts >= crowd);
      return 'pass';
    };
  });

  beforeEach(() => {
    stack.google.faults.clear();
    [leaseAttempts, asked, crowd] = [0, 0, 0];
  });

  afterAll(async () => {
    await stack?.stop();
    await Promise.all([tables?.close(), oauth?.close()]);
  });

  const refresh = (payload: object) => stack.invoke('RefreshTokensFunction', payload);
  const version = async () => {
    const secret = new GetSecretValueCommand({ SecretId: 'Mailroom/access-tokens/support' });
    return (await stack.secrets.send(secret)).VersionId;
  };
  const kindsOf = (answers: readonly { outcome?: Record<string, unknown> }[]) =>
    answers.map(({ outcome }) => outcome?.kind).sort();

  it('makes the first token of a mailbox once', async () => {
    crowd = 4;
    const [summary, ...answers] = await Promise.all([refresh({}), ...askers(3)]);
    expect(asked).toBe(1);
    const kinds = [summary.outcome?.refreshed === 1 ? 'refreshed' : 'fresh', ...kindsOf(answers)].sort();
    expect(kinds).toEqual(['fresh', 'fresh', 'fresh', 'refreshed']);
  });

  it('replaces a refused token once', async () => {
    crowd = 5;
    const answers = await Promise.all(askers(5, await version()));
    expect(kindsOf(answers)).toEqual(['fresh', 'fresh', 'fresh', 'fresh', 'refreshed']);
    expect(asked).toBe(1);
  });

  it('lets the next one try when the first has failed', async () => {
    crowd = 4;
    stack.google.faults.oauth({ at: 'token', do: tokenRefusals.serverError });
    const answers = await Promise.all(askers(4, await version()));
    expect(kindsOf(answers)).toEqual(['failed', 'fresh', 'fresh', 'refreshed']);
    expect(asked).toBe(2);
  });

  it('takes over from a process that died while it refreshed', async () => {
    const refused = await version();
    stack.google.faults.oauth({ at: 'token', do: 'stall' });
    const [dying] = askers(1, refused);
    await until('it to ask', async () => asked === 1);
    stack.aws.killFunction(stack.output('RefreshTokensFunction'));
    expect((await dying)?.errorType).toBe('Runtime.ExitError');
    await until(
      'its processes to be gone',
      async () => (await refresh({ mailbox: 'nobody' })).errorType === 'MAILBOX_UNKNOWN',
    );
    const [next] = askers(1, refused);
    await until('it to find the lease taken', async () => leaseAttempts >= 2);
    // As the time of the lease would.
    await stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: 'support#grant' },
        UpdateExpression: 'SET refreshingUntil = :past',
        ExpressionAttributeValues: { ':past': Date.now() - 1 },
      }),
    );
    expect((await next)?.outcome?.kind).toBe('refreshed');
    expect(await version()).not.toBe(refused);
  });

  function askers(count: number, refused?: string) {
    return Array.from({ length: count }, () => refresh({ mailbox: 'support', ...(refused && { refused }) }));
  }
});
