// The stack, a proxy of faults before its mail servers, and one clock: what a case does, and what recovery makes of it.
import type { Template } from '../../local/aws/assembly.ts';
import { FaultScript } from '../../local/fault-proxy/fault.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, MAIL, type TestStack, until } from '../functions/stack.ts';
import type { MailWorld, StartMailWorld } from '../servers/mail-world.ts';
import { startWorldClock, type WorldClock } from '../settling/world-clock.ts';
import { actionOf, type Case, nameOf } from './cases.ts';

export interface End {
  readonly state: string;
  readonly settledBy: string | undefined;
  /** Dead letters of this message: what was given up was reported. */
  readonly letters: number;
  /** In the recipient's mailbox. */
  readonly mails: number;
}

export interface FaultWorld {
  readonly stack: TestStack;
  run(one: Case): Promise<End>;
  stop(): Promise<void>;
}

/** Twelve are kept back for the tables: a stalled server is given up after two. */
const TIMEOUT_SECONDS = 14;
const LAG_MS = { 'at once': 0, late: 1_200_000, never: 2 ** 40 } as const;
/** Longer than the lease of a claim, and than the visibility timeout of the outbox. */
const LEASE_MS = 100_000;
/** Longer than settleAfter, and than a first hold. */
const SETTLE_MS = 16 * 60_000;
/** Between two cases: a secret takes a hundred versions a day, and a case makes one token to four. */
const REST_MS = 45 * 60_000;
const ROUNDS = 20;
const FINAL = new Set(['sent', 'partial', 'failed', 'expired']);

export async function startFaultWorld(start: StartMailWorld): Promise<FaultWorld> {
  const clock = startWorldClock();
  const script = new FaultScript();
  const world = await start({
    faults: script,
    processEnvironment: clock.environment,
    transformTemplate: withTimeout,
  });
  const { stack } = world;
  await stack.invoke('RefreshTokensFunction', {});
  await stack.invoke('PollRepliesFunction', {});
  return {
    stack,
    async run(one) {
      const key = nameOf(one);
      await prepare(stack, clock, one);
      await send(stack, script, one, key);
      script.clear();
      clock.advance(LEASE_MS);
      // Whoever invokes a function that dies asks again, with the same key.
      if (one.way === 'invoked' && one.trouble === 'killed') await stack.send(requestOf(one));
      await recover(stack, clock, key);
      return endOf(world, key);
    },
    async stop() {
      await world.stop();
      clock.stop();
    },
  };
}

function withTimeout(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const isSender = /(?:SendMail|DrainOutbox)[0-9A-F]{8}$/.test(id) && resource.Type === 'AWS::Lambda::Function';
    return [
      id,
      isSender ? { ...resource, Properties: { ...resource.Properties, Timeout: TIMEOUT_SECONDS } } : resource,
    ];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

async function prepare(stack: TestStack, clock: WorldClock, { token, copy }: Case): Promise<void> {
  clock.advance(REST_MS);
  await stack.passTime();
  await stack.passPace();
  stack.google.setSentCopyLag(LAG_MS[copy]);
  await stack.invoke('RefreshTokensFunction', {});
  // A token that was made just now is not replaced at once.
  clock.advance(LEASE_MS);
  if (token === 'stale') stack.google.account(SUPPORT.address).expireAccessTokens();
}

function requestOf(one: Case) {
  const key = nameOf(one);
  return { ...MAIL, idempotencyKey: key, text: `${key}.` };
}

async function send(stack: TestStack, script: FaultScript, one: Case, key: string): Promise<void> {
  let isReached = false;
  const reached = () => until('the fault', async () => isReached);
  script.add({
    server: 'smtp',
    at: one.phase,
    action: actionOf(one),
    byte: one.phase === 'body' ? 40 : 0,
    onReached: () => {
      isReached = true;
    },
  });
  const request = requestOf(one);
  const sending =
    one.way === 'invoked'
      ? stack.send(request)
      : stack.enqueue(JSON.stringify(request), request.mailbox, key.replace(/[^\w-]/g, '_')).then(() => undefined);
  if (one.trouble === 'killed') {
    await reached();
    const name = one.way === 'invoked' ? 'SendMailFunction' : 'DrainOutboxFunction';
    stack.aws.killFunction(stack.output(name));
    await until(
      'its process to be gone',
      async () => (await stack.invoke('DrainOutboxFunction', { Records: [] })).outcome,
    );
    await sending;
    return;
  }
  await reached();
  await sending;
  await stack.aws.idle();
}

/** As time passes: the schedules run, and what the queue delivers again is delivered. */
async function recover(stack: TestStack, clock: WorldClock, key: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = await stack.item(key);
    if (FINAL.has(String(item?.state)) || (item?.state === 'unknown' && item.dueAt === undefined)) return;
    await stack.aws.idle();
    await stack.invoke('PollRepliesFunction', {});
    await stack.invoke('ReleaseWaitingFunction', {});
    await stack.aws.idle();
    clock.advance(SETTLE_MS);
  }
}

async function endOf({ stack, mails, delivered }: MailWorld, key: string): Promise<End> {
  await delivered();
  const item = await stack.item(key);
  const letters = await stack.receive('OutboxDeadUrl', 0);
  return {
    state: String(item?.state),
    settledBy: Object(item?.outcome).settledBy,
    letters: letters.length,
    mails: mails(ADA, `${key}.`).length,
  };
}
