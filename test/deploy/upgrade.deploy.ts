// The last release deployed, in use, and this one deployed over it by the CDK's own command line: what it holds is still
// there, under the same names. Then it is torn down, and what stays is what docs/upgrading.md says.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastRelease, TEMPLATE_FILE } from '../../contracts/releases.ts';
import { createMailroom, type Mailroom, parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { until } from '../functions/stack.ts';
import { holdsState } from '../infra/upgrade.ts';
import { blocksOf } from '../readme/blocks.ts';
import { physicalIds } from './aws-call.ts';
import { CUSTOMER, type Deployed, deploy, environmentOf } from './deployed.ts';
import { findStanding, resourcesOf, type StackResource, secretNames } from './kept.ts';
import { missing } from './ministack.ts';
import { stageRelease } from './released-assembly.ts';

const run = promisify(execFile);
const why = await missing();
if (why !== undefined) console.warn(`skipped: ${why}`);
const hasCli = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!hasCli) console.warn('skipped, the commands that delete what is kept: no `aws` on the PATH (pip install awscli)');

const DAY_MS = 86_400_000;
const MAIL = { to: CUSTOMER, subject: 'Your order', text: 'It is on its way.', context: { order: 7 } };

describe.skipIf(why !== undefined)('an upgrade from the last release', () => {
  let deployed: Deployed;
  let mailroom: Mailroom;
  let lambda: LambdaClient;
  let sqs: SQSClient;
  let before: readonly StackResource[];
  let reply: ReplyEvent | undefined;
  const environment = { ...process.env };

  beforeAll(async () => {
    deployed = await deploy(stageRelease);
    Object.assign(process.env, environmentOf(deployed.aws));
    lambda = new LambdaClient({});
    sqs = new SQSClient({});
    mailroom = createMailroom({
      mailbox: SUPPORT.id,
      sendFunction: output('SendMailFunction'),
      outboxUrl: output('OutboxUrl'),
      bucket: output('MailBucket'),
      messagesTable: output('MessagesTable'),
    });
    await use();
    before = await resourcesOf(deployed.aws, 'Mailroom', join(lastRelease(), TEMPLATE_FILE));
  });

  afterAll(async () => {
    lambda?.destroy();
    sqs?.destroy();
    process.env = environment;
    await deployed?.stop();
  });

  /** A mailbox, a mail that was sent, one that waits for tomorrow, and a reply that nobody has consumed. */
  async function use(): Promise<void> {
    await deployed.connect();
    await invoke('RefreshTokensFunction');
    await invoke('PollRepliesFunction');
    const sent = await mailroom.send({ ...MAIL, idempotencyKey: 'sent before' });
    expect(sent).toMatchObject({ kind: 'sent' });
    const tomorrow = { ...MAIL, idempotencyKey: 'for tomorrow', sendAt: Date.now() + DAY_MS };
    expect(await mailroom.send(tomorrow)).toMatchObject({ kind: 'scheduled' });
    const headers = `From: ${CUSTOMER}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <r@customer.example>\r\n`;
    deployed.google
      .account(SUPPORT.address)
      .deliver(`${headers}In-Reply-To: ${sent.messageId}\r\nSubject: Re: Your order\r\n\r\nThank you.\r\n`);
    await invoke('PollRepliesFunction');
    await until('the reply on the queue', async () => (await waitingReplies()) === 1);
  }

  it('replaces the code of the functions, and nothing that holds state', async () => {
    const code = await codeOf('SendMailFunction');
    const again = await deployed.deployAgain();
    expect(await codeOf('SendMailFunction')).not.toBe(code);
    expect(again.outputs).toMatchObject(deployed.first.outputs);
    const after = await physicalIds(deployed.aws, 'Mailroom');
    const moved = stateful().filter(({ logicalId, physicalId }) => after.get(logicalId) !== physicalId);
    expect(moved).toEqual([]);
    expect(stateful()).toHaveLength(8);
  });

  it('keeps what was sent: the same key sends nothing twice', async () => {
    const again = await mailroom.send({ ...MAIL, idempotencyKey: 'sent before' });
    expect(again).toMatchObject({ kind: 'replayed', saved: { kind: 'sent' } });
    const inbox = deployed.google.account(CUSTOMER).messages('INBOX');
    expect(inbox.filter(({ raw }) => raw.includes('It is on its way.'))).toHaveLength(1);
  });

  it('keeps what waits, which can be called off', async () => {
    expect(await mailroom.status('for tomorrow')).toMatchObject({ state: 'waiting' });
    expect(await mailroom.cancel('for tomorrow')).toMatchObject({ kind: 'cancelled' });
  });

  it('keeps the reply that nobody has consumed, with its context and its mail', async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: output('RepliesUrl'), WaitTimeSeconds: 5 }),
    );
    reply = Messages.map(parseReply)[0];
    if (reply === undefined) throw new Error('the reply is gone');
    expect(reply).toMatchObject({ text: 'Thank you.', answers: { context: { order: 7 } } });
    expect(Buffer.from(await mailroom.rawMail(reply)).toString()).toContain('Thank you.');
  });

  it('keeps the mailbox connected', async () => {
    expect(await mailroom.send({ ...MAIL, idempotencyKey: 'sent after' })).toMatchObject({ kind: 'sent' });
    expect(await invoke('RefreshTokensFunction')).toMatchObject({ failures: [] });
    expect(await invoke('PollRepliesFunction')).toMatchObject({ failures: [] });
  });

  describe('and then torn down', () => {
    let folder: string;
    let readable: readonly string[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mailroom-down-'));
      readable = await findStanding(deployed.aws, before);
      if (hasCli) await shell(commandsWith('describe-stacks'));
      await deployed.destroy();
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('keeps tables, bucket, queues and secrets, and nothing else', async () => {
      const kept = stateful().map(({ logicalId }) => logicalId);
      expect(readable.length).toBeGreaterThan(3 * kept.length);
      expect(await findStanding(deployed.aws, before)).toEqual(kept.sort());
      expect(await mailroom.status('sent before')).toMatchObject({ state: 'sent' });
      if (reply === undefined) throw new Error('there was no reply');
      expect(Buffer.from(await mailroom.rawMail(reply)).toString()).toContain('Thank you.');
      const secrets = await secretNames(deployed.aws, 'Mailroom');
      expect(secrets).toEqual(['Mailroom/access-tokens/support', 'Mailroom/grants/support']);
    });

    it.skipIf(!hasCli)('deletes the rest for good by the commands of the documentation', async () => {
      await shell(commandsWith('delete-table'));
      expect(await findStanding(deployed.aws, before)).toEqual([]);
      expect(await secretNames(deployed.aws, 'Mailroom')).toEqual([]);
    });

    /** Without what needs a terminal or a stack of the reader's own. */
    function commandsWith(word: string): string {
      const [block = ''] = blocksOf('docs/upgrading.md', 'sh').filter((text) => text.includes(word));
      const lines = block.split('\n').filter((line) => !line.startsWith('npx '));
      return lines.join('\n');
    }

    async function shell(script: string): Promise<void> {
      // Version 1 of the CLI does not take the endpoint of SQS from its environment.
      const aws = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';
      const env = { ...environmentOf(deployed.aws), PATH: process.env.PATH };
      await run('bash', ['-c', `set -e\n${aws}\n${script}`], { cwd: folder, env });
    }
  });

  function stateful(): readonly StackResource[] {
    return before.filter(({ type }) => holdsState({ Type: type }));
  }

  function output(name: string): string {
    const value = deployed.first.outputs[name];
    if (value === undefined) throw new Error(`no output ${name}`);
    return value;
  }

  async function invoke(name: string): Promise<unknown> {
    const command = new InvokeCommand({ FunctionName: output(name), Payload: '{}' });
    const { Payload, FunctionError } = await lambda.send(command);
    const answer = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new Error(`${name}: ${answer}`);
    return JSON.parse(answer);
  }

  async function codeOf(name: string): Promise<string | undefined> {
    const command = new GetFunctionConfigurationCommand({ FunctionName: output(name) });
    return (await lambda.send(command)).CodeSha256;
  }

  async function waitingReplies(): Promise<number> {
    const attribute = 'ApproximateNumberOfMessages';
    const command = new GetQueueAttributesCommand({ QueueUrl: output('RepliesUrl'), AttributeNames: [attribute] });
    return Number((await sqs.send(command)).Attributes?.[attribute]);
  }
});
