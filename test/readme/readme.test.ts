// What the README shows is true: its TypeScript runs on the local stack. That it compiles, and that commands and links exist,
// test/docs shows of every page.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoints.ts';
import { type LocalMailroom, startLocalMailroom } from '../../local/mailroom.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { blocksOf } from './blocks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the package, so that `mailroom` names it. */
const FOLDER = join(ROOT, '.local', 'readme');
const run = promisify(execFile);
describe('the README', () => {
  let local: LocalMailroom;

  beforeAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    for (const [index, block] of blocksOf('README.md', 'ts').entries())
      writeFileSync(join(FOLDER, `${index}.ts`), block);
    const [moving = ''] = blocksOf('docs/moving-from-nodemailer.md', 'ts');
    writeFileSync(join(FOLDER, 'moving.ts'), moving);
    local = await startLocalMailroom({ assembly: ASSEMBLY });
    await local.aws.runSchedule(local.aws.outputs.PollRepliesFunction ?? '');
  });

  afterAll(async () => {
    await local?.stop();
  });

  it('sends as it shows, at once and through the outbox', async () => {
    const lines = (await node(`await import('./0.ts')`)).trim().split('\n');
    expect(lines[0]).toMatch(/^sent <.+@shop\.example>$/);
    await local.google
      .account('ada@customer.example')
      .waitForMessage(({ raw }) => raw.includes('It is on its way.'), 10_000);
  });

  it('consumes and answers as it shows', async () => {
    const ada = local.google.account('ada@customer.example');
    const [mail] = ada.messages('INBOX').filter(({ raw }) => raw.includes('Just answer this mail'));
    const messageId = /^Message-ID: (.+)\r$/im.exec(mail?.raw.toString() ?? '')?.[1];
    const headers = `From: ada@customer.example\r\nTo: support@shop.example\r\nSubject: Re: Your order 4711\r\nMessage-ID: <answer-1@customer.example>`;
    local.google
      .account('support@shop.example')
      .deliver(`${headers}\r\nIn-Reply-To: ${messageId}\r\n\r\nOn Monday, please.\r\n`);
    await local.aws.runSchedule(local.aws.outputs.PollRepliesFunction ?? '');
    const { region, credentials, endpoints, outputs } = local.aws;
    const sqs = new SQSClient({ region, credentials, endpoint: endpoints.sqs });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: outputs.RepliesUrl, WaitTimeSeconds: 5 }),
    );
    sqs.destroy();
    const event = { Records: Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })) };
    const printed = await node(`const { handler } = await import('./1.ts'); await handler(${JSON.stringify(event)})`);
    expect(printed).toContain('{ order: 4711 } On Monday, please.');
    await ada.waitForMessage(({ raw }) => raw.includes('we deliver then'), 10_000);
  });

  it('moves over as it shows', async () => {
    const lines = (await node(`await import('./moving.ts')`)).trim().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^<.+@shop\.example> \[ 'ada@customer\.example' \]$/)]);
  });

  async function node(script: string): Promise<string> {
    const { SendMailFunction, OutboxUrl, MailBucket, MessagesTable } = local.aws.outputs;
    const stack = {
      SEND_MAIL_FUNCTION: SendMailFunction,
      OUTBOX_URL: OutboxUrl,
      MAIL_BUCKET: MailBucket,
      MESSAGES_TABLE: MessagesTable,
    };
    const options = { cwd: FOLDER, env: { ...awsEnvironment(local.aws), ...stack } };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], options);
    return stdout;
  }
});
