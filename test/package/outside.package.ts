// An outside project with the packed tarball: it compiles, synthesises, sends, consumes and answers; the stack that runs here
// is the one that it synthesised, from the bundles in the package.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoints.ts';
import { type LocalMailroom, SUPPORT, startLocalMailroom } from '../../local/mailroom.ts';
import { createHandledTable, TABLE } from '../client/handled-fixture.ts';
import { ADA, GRACE, mailsWith, until } from '../functions/stack.ts';
import { ASSEMBLY } from '../synthesise.ts';
import {
  createOutsideProject,
  type Ended,
  install,
  missing,
  type OutsideProject,
  synthesise,
} from './outside-project.ts';
import { assetsOf, policiesOf, readTemplate } from './templates.ts';

const OLD_NODE = fileURLToPath(new URL('old-node.cjs', import.meta.url));

const why = await missing();
if (why !== undefined) console.warn(`skipped: ${why}`);

describe.skipIf(why !== undefined)('an outside project that has installed the package', () => {
  let project: OutsideProject;
  let installed: Ended;
  let compiled: Ended;
  let synthesised: Ended;

  beforeAll(async () => {
    project = await createOutsideProject();
    installed = await install(project);
    compiled = await project.run('npx', ['tsc', '-p', '.']);
    synthesised = await synthesise(project);
  });

  afterAll(async () => {
    await project?.remove();
  });

  it('is told of no conflict and no engine that is too old', () => {
    expect(installed.stderr).not.toMatch(/EBADENGINE|ERESOLVE|peer dep|deprecated/i);
  });

  it('compiles strictly, with the declarations of the package and of all that it needs', () => {
    expect(compiled).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('cannot import a source, nor anything that is not exported', async () => {
    for (const wanted of [
      'mailroom/lib/client/mailroom.ts',
      'mailroom/infra/mailroom.js',
      'mailroom/lib/core/secret.js',
    ]) {
      const { exitCode, stderr } = await project.run(process.execPath, ['-e', `require('${wanted}')`]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED')]);
    }
  });

  it('is required by CommonJS, all that is exported', async () => {
    const required = ['mailroom', 'mailroom/nodemailer', 'mailroom/infra'].map(
      (path) => `...Object.keys(require('${path}'))`,
    );
    const { stdout, stderr } = await project.run(process.execPath, ['-p', `[${required.join()}].join()`]);
    expect(stdout.trim().split(','), stderr).toEqual(
      expect.arrayContaining(['createMailroom', 'consumeReplies', 'mailroomTransport', 'Mailroom', 'MailroomStack']),
    );
  });

  it('has the command line', async () => {
    const { exitCode, stdout } = await project.run('npx', ['--no-install', 'mailroom', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Begin with: mailroom connect support');
  });

  it('is told plainly by the command line that its Node is too old', async () => {
    const binary = join('node_modules', 'mailroom', 'bin', 'mailroom.cjs');
    const { exitCode, stdout, stderr } = await project.run(process.execPath, ['--require', OLD_NODE, binary, '--help']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^mailroom needs Node 22\.\d+ or later, and this is 20\.19\.5\.\n.*npm install node@24\n$/);
  });

  describe('its cloud assembly', () => {
    it('has the stack of Mailroom as it is synthesised here, resource for resource', async () => {
      expect(synthesised.exitCode, synthesised.stderr).toBe(0);
      const here = await readTemplate(ASSEMBLY, 'Mailroom');
      expect(await readTemplate(project.assembly, 'Mailroom')).toEqual(here);
      expect(assetsOf(here)).toHaveLength(6);
    });

    it('has the six functions beside its own in a stack that embeds the construct', async () => {
      const shop = await readTemplate(project.assembly, 'Shop');
      const ours = assetsOf(await readTemplate(ASSEMBLY, 'Mailroom'));
      expect(assetsOf(shop)).toEqual(expect.arrayContaining([...ours]));
      // The third way to have code, in line, is no asset.
      expect(assetsOf(shop)).toHaveLength(ours.length + 1);
      for (const asset of ours) {
        const bundle = (assembly: string) => readFile(join(assembly, `asset.${asset}`, 'index.js'), 'utf8');
        expect(await bundle(project.assembly)).toBe(await bundle(ASSEMBLY));
      }
    });

    it('lets its functions send, and consume the replies', async () => {
      const shop = await readTemplate(project.assembly, 'Shop');
      expect(policiesOf(shop, 'ShopServiceRole')).toContain('lambda:InvokeFunction');
      expect(policiesOf(shop, 'ConsumerServiceRole')).toContain('sqs:ReceiveMessage');
    });
  });

  describe('on the stack that it synthesised', () => {
    let local: LocalMailroom;
    let container: ChildProcess | undefined;

    beforeAll(async () => {
      local = await startLocalMailroom({ assembly: project.assembly, stackName: 'Mailroom' });
      const { region, credentials, endpoints, outputs, runSchedule } = local.aws;
      const db = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
      await createHandledTable(db);
      db.destroy();
      await runSchedule(outputs.PollRepliesFunction ?? '');
    });

    afterAll(async () => {
      container?.kill('SIGKILL');
      await local?.stop();
    });

    it('sends, receives what the customer answers, and answers back', async () => {
      const sent = await project.run(process.execPath, ['js/send.js'], environment());
      const messageId = /^sent (<.+@shop\.example>)\nsent grace@customer\.example\n$/.exec(sent.stdout)?.[1];
      expect(messageId, sent.stdout + sent.stderr).toBeDefined();
      container = spawn(process.execPath, ['js/answering-container.js'], {
        cwd: project.folder,
        env: { PATH: process.env.PATH, ...environment() },
        stdio: 'inherit',
      });
      const ended = once(container, 'exit');
      const head = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nSubject: Re: Your order 1\r\nMessage-ID: <r1@customer.example>`;
      local.google
        .account(SUPPORT.address)
        .deliver(`${head}\r\nIn-Reply-To: ${messageId}\r\n\r\nOn Monday, please.\r\n`);
      await local.aws.runSchedule(local.aws.outputs.PollRepliesFunction ?? '');
      await until('the answer', async () => mailsWith(local, ADA, 'noted this for order 1').length > 0, 20_000);
      container.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    });

    it('sends from CommonJS', async () => {
      const script = `require('./send.cjs').handler({ order: 7 }).then((ended) => console.log(ended.join()))`;
      const { stdout, stderr } = await project.run(process.execPath, ['-e', script], environment());
      expect(stdout, stderr).toBe('sent,true,REQUEST_INVALID\n');
      expect(mailsWith(local, GRACE, 'Order 7')).toHaveLength(1);
    });

    it('is operated by the command line', async () => {
      const { aws, google } = local;
      const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = aws.operator;
      const operator = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, NODE_EXTRA_CA_CERTS: google.endpoints.ca };
      const args = ['--no-install', 'mailroom', 'mailboxes', '--json'];
      const { stdout, stderr } = await project.run('npx', args, { ...awsEnvironment(aws), ...operator });
      expect(JSON.parse(stdout), stderr).toMatchObject({ mailbox: SUPPORT.id, address: SUPPORT.address });
    });

    function environment(): Record<string, string> {
      const { SendMailFunction, OutboxUrl, MailBucket, MessagesTable, RepliesUrl } = local.aws.outputs;
      return {
        ...awsEnvironment(local.aws),
        SEND_MAIL_FUNCTION: SendMailFunction ?? '',
        OUTBOX_URL: OutboxUrl ?? '',
        MAIL_BUCKET: MailBucket ?? '',
        MESSAGES_TABLE: MessagesTable ?? '',
        REPLIES_URL: RepliesUrl ?? '',
        HANDLED_TABLE: TABLE,
      };
    }
  });
});
