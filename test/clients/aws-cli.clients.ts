// The AWS CLI, a client that others wrote, against the local AWS: its signed requests work, and so do the README's commands.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoints.ts';
import { authorise } from '../../local/google/authorise.ts';
import { type LocalMailroom, startLocalMailroom } from '../../local/mailroom.ts';
import { blocksOf } from '../readme/blocks.ts';
import { ASSEMBLY } from '../synthesise.ts';

const run = promisify(execFile);
const hasCli = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!hasCli) console.warn('skipped: no `aws` on the PATH (pip install awscli)');

describe.skipIf(!hasCli)('the AWS CLI on the local AWS', () => {
  let local: LocalMailroom;
  let folder: string;

  beforeAll(async () => {
    local = await startLocalMailroom({ assembly: ASSEMBLY, mailboxes: [] });
    local.google.addAccount({ address: 'support@yourdomain.com' });
    folder = await mkdtemp(join(tmpdir(), 'mailroom-cli-'));
  });

  afterAll(async () => {
    await local?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('connects a mailbox by the commands of the README, and sends from it', async () => {
    const { clientId, clientSecret } = local.google.client;
    const address = 'support@yourdomain.com';
    const scopes = ['https://mail.google.com/'];
    const { refreshToken } = await authorise({
      oauth: local.google.endpoints.oauth,
      clientId,
      clientSecret,
      address,
      scopes,
    });
    await writeFile(
      join(folder, 'grant.json'),
      JSON.stringify({ type: 'oauth', address, clientId, clientSecret, refreshToken }),
    );
    const commands = blocksOf('README.md', 'sh').filter((block) => block.includes('aws '));
    expect(commands).toHaveLength(2);
    const printed = await shell(commands.join('\n'));
    expect(printed).toContain('{"refreshed":1,"fresh":0,"failures":[]}');
    expect(printed).toMatch(/\{"seen":0,"routed":0,.*"failures":\[\]\}/);

    const request = {
      version: 1,
      mailbox: 'support',
      idempotencyKey: 'cli-1',
      to: 'ada@customer.example',
      subject: 'Hi',
      text: 'Hi',
    };
    const sent = await shell(
      `aws lambda invoke --function-name "$(output SendMailFunction)" --payload '${JSON.stringify(request)}' /dev/stdout`,
    );
    expect(sent).toContain('"kind":"sent"');
  });

  it('puts a request on the outbox, reads tables and stores objects', async () => {
    const body = {
      version: 1,
      mailbox: 'support',
      idempotencyKey: 'cli-2',
      to: 'grace@customer.example',
      subject: 'Hi',
      text: 'Queued',
    };
    await shell(
      // Version 1 of the CLI does not take the endpoint of SQS from its environment.
      `aws --endpoint-url "$AWS_ENDPOINT_URL_SQS" sqs send-message --queue-url "$(output OutboxUrl)" --message-group-id support --message-deduplication-id cli-2 --message-body '${JSON.stringify(body)}'`,
    );
    await local.google.account('grace@customer.example').waitForMessage(({ raw }) => raw.includes('Queued'), 20_000);
    expect(
      await shell(`aws dynamodb scan --table-name "$(output MessagesTable)" --select COUNT --query Count`),
    ).toMatch(/^\d+$/);
    await shell(`aws s3api put-object --bucket "$(output MailBucket)" --key raw/cli --body grant.json`);
    expect(
      await shell(`aws s3api list-objects-v2 --bucket "$(output MailBucket)" --query "Contents[].Key" --output text`),
    ).toContain('raw/cli');
  });

  /** The stack's outputs come from the local AWS itself: it has no CloudFormation to ask. */
  async function shell(script: string): Promise<string> {
    const outputs = Object.entries(local.aws.outputs).map(([name, value]) => `${name}) echo '${value}';;`);
    const outputFunction = `output() { case "$1" in ${outputs.join(' ')} esac; }`;
    const withOutputs = `set -e\n${script.replace(/^output\(\) \{.*\}$/m, '')}`;
    const env = { PATH: process.env.PATH, ...awsEnvironment(local.aws) };
    // Through cat: /dev/stdout cannot be opened where it is a socket, as it is for a child of Node.
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', `${outputFunction}\n(${withOutputs}\n) | cat`], {
      cwd: folder,
      env,
    });
    return stdout.trim();
  }
});
