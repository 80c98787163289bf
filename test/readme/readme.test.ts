// What the README shows is true: its TypeScript runs on the local stack, and so does the code of the first ten minutes. That it
// compiles, and that commands and links exist, test/docs shows of every page.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatServiceEnvironment } from '../../local/endpoints.ts';
import { type LocalMailroom, startLocalMailroom } from '../../local/mailroom.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { Command } from '../walk/process.ts';
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
    const [sender = '', consumer = ''] = blocksOf('docs/first-ten-minutes.md', 'js');
    writeFileSync(join(FOLDER, 'send.mjs'), sender);
    writeFileSync(join(FOLDER, 'consume.mjs'), consumer);
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
    const messageId = /^Message-ID: (.+)\r$/im.exec(mail?.raw.toString() ?? '')?.[1] ?? '';
    await answerAs('ada@customer.example', messageId, 'On Monday, please.');
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

  it('sends and consumes as the first ten minutes show', async () => {
    const sent = await node(`await import('./send.mjs')`);
    expect(sent).toMatch(/^sent <.+@shop\.example>\n$/);
    expect(await node(`await import('./send.mjs')`)).toBe(sent.replace('sent', 'replayed'));
    await answerAs('grace@customer.example', sent.slice('sent '.length).trim(), 'Yes, it is.');
    const path = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    const consuming = new Command('node consume.mjs', FOLDER, { ...environment(), ...path });
    try {
      await consuming.until(/reply \{ invoice: 1 \} Yes, it is\./);
      const grace = local.google.account('grace@customer.example');
      await grace.waitForMessage(({ raw }) => raw.includes('Thank you!'), 10_000);
    } finally {
      await consuming.interrupt();
    }
    await consuming.done();
  });

  async function answerAs(customer: string, messageId: string, text: string): Promise<void> {
    const headers = `From: ${customer}\r\nTo: support@shop.example\r\nSubject: Re:\r\nMessage-ID: <re-${customer}>`;
    local.google.account('support@shop.example').deliver(`${headers}\r\nIn-Reply-To: ${messageId}\r\n\r\n${text}\r\n`);
    await local.aws.runSchedule(local.aws.outputs.PollRepliesFunction ?? '');
  }

  /** Of `.local/mailroom.env`. */
  function environment() {
    return parseEnv(formatServiceEnvironment(local.aws));
  }

  async function node(script: string): Promise<string> {
    const options = { cwd: FOLDER, env: environment() };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], options);
    return stdout;
  }
});
