// What the README shows is true: its TypeScript compiles and runs on the local stack, its commands and links exist.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
const DOCUMENTS = [
  'README.md',
  'docs/events.md',
  'docs/consuming-replies.md',
  'docs/google-setup.md',
  'docs/moving-from-nodemailer.md',
  'docs/upgrading.md',
  'docs/cli.md',
  'docs/doctor.md',
  'docs/security.md',
  'docs/runbook.md',
  'docs/development.md',
  'docs/costs.md',
  'docs/performance.md',
];

describe('the README', () => {
  let local: LocalMailroom;

  beforeAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    for (const [index, block] of blocksOf('README.md', 'ts').entries())
      writeFileSync(join(FOLDER, `${index}.ts`), block);
    for (const [index, block] of blocksOf('docs/moving-from-nodemailer.md', 'ts').entries())
      writeFileSync(join(FOLDER, `moving-${index}.ts`), block);
    local = await startLocalMailroom({ assembly: ASSEMBLY });
    await local.aws.runSchedule(local.aws.outputs.PollRepliesFunction ?? '');
  });

  afterAll(async () => {
    await local?.stop();
  });

  it('shows TypeScript that compiles', async () => {
    writeFileSync(
      join(FOLDER, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }),
    );
    const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER]);
    expect(stdout).toBe('');
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

  it('names commands and files that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const document of DOCUMENTS) {
      const text = readFileSync(join(ROOT, document), 'utf8');
      for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g))
        expect(scripts, document).toHaveProperty([script]);
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(join(ROOT, dirname(document), link)), `${document} links ${link}`).toBe(true);
      }
    }
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
