// The AWS CLI, a client that others wrote, against the local AWS: its signed requests work, and so do the commands of the README and the runbook.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoints.ts';
import { type LocalMailroom, startLocalMailroom } from '../../local/mailroom.ts';
import { blocksOf } from '../readme/blocks.ts';
import { ASSEMBLY } from '../synthesise.ts';

const run = promisify(execFile);
const hasCli = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!hasCli) console.warn('skipped: no `aws` on the PATH (pip install awscli)');

const [OUTPUT = ''] = blocksOf('README.md', 'sh').flatMap((block) => /^output\(\) .*$/m.exec(block) ?? []);

describe.skipIf(!hasCli)('the AWS CLI on the local AWS', () => {
  let local: LocalMailroom;
  let folder: string;

  beforeAll(async () => {
    local = await startLocalMailroom({ assembly: ASSEMBLY });
    folder = await mkdtemp(join(tmpdir(), 'mailroom-cli-'));
  });

  afterAll(async () => {
    await local?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends by the commands of the README, which find the function in the outputs of the stack', async () => {
    const commands = blocksOf('README.md', 'sh').filter((block) => block.includes('aws '));
    expect(commands).toHaveLength(1);
    expect(await shell(commands.join('\n'))).toContain('"kind":"sent"');
  });

  it('refreshes tokens by hand, by the command of the runbook', async () => {
    const [command = '', ...others] = blocksOf('docs/runbook.md', 'sh').filter((block) => block.includes('aws '));
    expect(others).toEqual([]);
    expect(await shell(command.replaceAll('STACK', 'Mailroom'))).toContain('"StatusCode": 200');
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
    await shell(`aws s3api put-object --bucket "$(output MailBucket)" --key raw/cli --body request.json`);
    expect(
      await shell(`aws s3api list-objects-v2 --bucket "$(output MailBucket)" --query "Contents[].Key" --output text`),
    ).toContain('raw/cli');
  });

  async function shell(script: string): Promise<string> {
    const env = { PATH: process.env.PATH, ...awsEnvironment(local.aws) };
    // Through cat: /dev/stdout cannot be opened where it is a socket, as it is for a child of Node.
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', `(set -e\n${OUTPUT}\n${script}\n) | cat`], {
      cwd: folder,
      env,
    });
    return stdout.trim();
  }
});
