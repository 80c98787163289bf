// A mailbox that needs a person: told as an event, once for each trouble and again each day, and never at the cost of a
// token. What the alarms watch is in the log.
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMailbox } from '../../local/connect.ts';
import { tokenRefusals } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy, type Verdict } from './calls-proxy.ts';
import { SALES, startTestStack, storeMalformedProfile, type TestStack } from './stack.ts';

const DAY = 24 * 3_600_000;
const DEAD = { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } };
const DELETED = { status: 401, body: { error: 'deleted_client' } };
const endingIn = (seconds: number) => {
  const body = { access_token: 'ya29.testing', expires_in: 3_599, refresh_token_expires_in: seconds };
  return { status: 200, body };
};

describe('a mailbox that needs a person', () => {
  let stack: TestStack;
  let bus: CallsProxy;
  let tables: CallsProxy;
  /** Of earlier tests. */
  let told = 0;
  let logged = 0;

  beforeAll(async () => {
    [bus, tables] = await Promise.all([startCallsProxy(), startCallsProxy()]);
    const processEnvironment = { AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url, AWS_ENDPOINT_URL_DYNAMODB: tables.url };
    stack = await startTestStack({ mailboxes: [SUPPORT, SALES], processEnvironment });
    bus.target = stack.aws.endpoints.events;
    tables.target = stack.aws.endpoints.dynamodb;
    await storeMalformedProfile(stack, 'wrong');
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    bus.onCall = () => 'pass';
    tables.onCall = () => 'pass';
    await forget('support');
    await forget('sales');
    told = stack.aws.events().length;
    logged = stack.log.length;
  });

  afterAll(async () => {
    await stack?.stop();
    await bus?.close();
    await tables?.close();
  });

  const change = (id: string, UpdateExpression: string, ExpressionAttributeValues?: Record<string, unknown>) =>
    stack.db.send(
      new UpdateCommand({
        TableName: stack.output('MailboxesTable'),
        Key: { key: `${id}#grant` },
        UpdateExpression,
        ExpressionAttributeValues,
      }),
    );
  /** As a grant that was stored just now. */
  const forget = (id: string) =>
    change(id, 'REMOVE tokenVersion, failure, failingSince, announcedAt, announcedCode, refreshTokenExpiresAt, pace');
  const run = async () => (await stack.invoke('RefreshTokensFunction', {})).outcome;
  const events = () => stack.aws.events().slice(told);
  const details = () => events().map(({ detail }) => Object(detail));
  const metric = (name: string) => {
    const lines = stack.log.slice(logged).filter((line) => line.includes('_aws') && line.includes(`"${name}"`));
    return lines.map((line) => JSON.parse(line)).map((entry) => [entry.service, entry[name]]);
  };
  const strike = (action: { status: number; body: object }, mailbox = SUPPORT.address) =>
    stack.google.faults.oauth({ at: 'token', do: action, times: Number.POSITIVE_INFINITY, mailbox });

  it('is told of when someone asks for its token, and not again by the next run', async () => {
    strike(DEAD);
    const before = Date.now();
    const { outcome } = await stack.invoke('RefreshTokensFunction', { mailbox: 'support' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'GRANT_DEAD' });
    expect(events()).toEqual([
      {
        source: 'mailroom',
        detailType: 'Mailbox needs a person',
        detail: {
          version: 1,
          stack: 'Mailroom',
          mailbox: 'support',
          code: 'GRANT_DEAD',
          cause: 'revoked-or-password',
          why: expect.any(String),
          cure: expect.any(String),
          command: 'npx mailroom connect support --stack Mailroom',
          since: expect.any(Number),
        },
      },
    ]);
    expect(details()[0].since).toBeGreaterThanOrEqual(before);
    expect(JSON.stringify(events())).not.toMatch(/@|ya29|1\/\/|GOCSPX/);
    await run();
    expect(events()).toHaveLength(1);
  });

  it('is told of each day while it lasts, and at once when the trouble is another', async () => {
    strike(DEAD);
    await run();
    await change('support', 'SET announcedAt = :time', { ':time': Date.now() - DAY });
    await change('support', 'SET failingSince = :time', { ':time': Date.now() - 2 * DAY });
    await run();
    expect(details().map(({ code }) => code)).toEqual(['GRANT_DEAD', 'GRANT_DEAD']);
    stack.google.faults.clear();
    strike(DELETED);
    await run();
    const command = 'npx mailroom connect support --client FILE --stack Mailroom';
    expect(details()[2]).toMatchObject({ code: 'OAUTH_CLIENT_REFUSED', cause: 'client', command });
  });

  it('is told of again when it was mended and is dead once more', async () => {
    strike(DEAD);
    await run();
    stack.google.faults.clear();
    expect(await run()).toMatchObject({ refreshed: 1 });
    expect(events()).toHaveLength(1);
    strike(DEAD);
    await change('support', 'REMOVE tokenVersion');
    await run();
    expect(events()).toHaveLength(2);
  });

  it('is told of two days before its grant ends, with the day', async () => {
    strike(endingIn(3 * 86_400));
    await run();
    expect(events()).toEqual([]);
    expect(metric('GrantDaysLeft')).toEqual([['Mailroom', 2.9]]);
    await change('support', 'REMOVE tokenVersion');
    stack.google.faults.clear();
    strike(endingIn(1.5 * 86_400));
    await run();
    await change('support', 'REMOVE tokenVersion');
    await run();
    const about = { code: 'GRANT_ENDS', mailbox: 'support', cause: 'testing-mode' };
    expect(details()).toEqual([expect.objectContaining(about)]);
    expect(details()[0].endsAt).toBeGreaterThan(Date.now() + DAY);
    expect(metric('GrantDaysLeft').at(-1)).toEqual(['Mailroom', 1.4]);
  });

  it('is counted for the alarms, as is each run that ended', async () => {
    await run();
    expect([metric('Refreshes'), metric('MailboxesNeedingPerson'), metric('GrantDaysLeft')]).toEqual([
      [['Mailroom', 1]],
      [['Mailroom', 0]],
      [],
    ]);
    for (const id of ['support', 'sales']) await change(id, 'REMOVE tokenVersion');
    strike(DEAD);
    strike(DELETED, SALES.address);
    await run();
    expect(metric('MailboxesNeedingPerson').at(-1)).toEqual(['Mailroom', 2]);
  });

  it('is not one whose trouble may pass by itself', async () => {
    strike(tokenRefusals.serverError);
    strike(tokenRefusals.tooManyRequests, SALES.address);
    expect((await run())?.failures).toHaveLength(3);
    expect(events()).toEqual([]);
  });

  it.each([
    ['the schedule', {}],
    ['a sender', { mailbox: 'support' }],
  ])('is not one that is disconnected while its refresh for %s waits', async (_whose, request) => {
    const SecretId = 'Mailroom/grants/support';
    let isConnected = true;
    tables.onCall = async (operation, body): Promise<Verdict> => {
      // The refresh takes its lease: it has seen the profile, and not yet read the grant.
      if (!isConnected || operation !== 'UpdateItem' || !body.includes('support#grant')) return 'pass';
      isConnected = false;
      const Key = { key: 'support#profile' };
      await stack.db.send(new DeleteCommand({ TableName: stack.output('MailboxesTable'), Key }));
      await stack.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      return 'pass';
    };
    const { outcome } = await stack.invoke('RefreshTokensFunction', request);
    expect(isConnected).toBe(false);
    expect(events()).toEqual([]);
    if ('mailbox' in request) expect(outcome).toMatchObject({ kind: 'failed', code: 'SECRET_MISSING' });
    else {
      expect(outcome?.failures).toEqual([expect.objectContaining({ mailbox: 'wrong' })]);
      expect(metric('MailboxesNeedingPerson')).toEqual([['Mailroom', 0]]);
    }
    await connectMailbox(stack.google, stack.aws, SUPPORT);
  });

  it('costs no token where the bus cannot be reached, and is told of by the next run', async () => {
    let calls = 0;
    bus.onCall = () => {
      calls += 1;
      return 'drop';
    };
    strike(DEAD);
    expect(await run()).toMatchObject({ refreshed: 1, failures: [{ mailbox: 'wrong' }, { code: 'GRANT_DEAD' }] });
    const { outcome } = await stack.invoke('RefreshTokensFunction', { mailbox: 'support' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'GRANT_DEAD' });
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(events()).toEqual([]);
    bus.onCall = () => 'pass';
    await run();
    expect(events()).toHaveLength(1);
  });
});
