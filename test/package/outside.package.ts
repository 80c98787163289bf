// An outside project with the packed tarball: it compiles, synthesises, sends, consumes and answers; the stack that runs here
// is the one that it synthesised, from the bundles in the package.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, mailsWith } from '../functions/stack.ts';
import { ASSEMBLY } from '../synthesise.ts';
import {
  createOutsideProject,
  type Ended,
  install,
  missing,
  type OutsideProject,
  run,
  synthesise,
} from './outside-project.ts';
import { type OutsideStack, startOutsideStack } from './outside-stack.ts';
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

  it('has the contracts as JSON Schemas', async () => {
    const script = `require('mailroom/schemas/reply-event.v1.schema.json').$id`;
    const { stdout, stderr } = await project.run(process.execPath, ['-p', script]);
    expect(stdout.trim(), stderr).toBe('urn:mailroom:reply-event:v1');
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
    let outside: OutsideStack;
    let sent: Ended;
    let messageId: string;
    let container: ChildProcess | undefined;

    beforeAll(async () => {
      outside = await startOutsideStack(project.assembly);
      sent = await project.run(process.execPath, ['js/send.js'], outside.environment);
      messageId = /<.+>/.exec(sent.stdout)?.[0] ?? '';
    });

    afterAll(async () => {
      container?.kill('SIGKILL');
      await outside?.stack.stop();
    });

    it('sends, with the client and with what were calls of nodemailer', () => {
      expect(sent.stdout, sent.stderr).toMatch(/^sent <.+@shop\.example>\nsent grace@customer\.example\n$/);
      expect(mailsWith(outside.stack, ADA, 'When should we deliver?')).toHaveLength(1);
      expect(mailsWith(outside.stack, GRACE, 'It is shipped.')).toHaveLength(1);
    });

    it('consumes what the customer answers in the function that its own synthesis bundled, and answers back', async () => {
      const ours = assetsOf(await readTemplate(project.assembly, 'Mailroom'));
      const [asset] = assetsOf(await readTemplate(project.assembly, 'Shop')).filter((one) => !ours.includes(one));
      await cp(join(project.assembly, `asset.${asset}`), project.lambda, { recursive: true });
      await outside.customerAnswers(messageId, 'On Monday, please.');
      const replies = await outside.stack.receive('RepliesUrl', 5);
      expect(replies).toHaveLength(1);
      const event = { Records: replies.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })) };
      const script = `require('./index.js').handler(${JSON.stringify(event)}).then(console.log)`;
      const ended = await run(project.lambda, process.execPath, ['-e', script], outside.environment);
      expect(ended).toEqual({ exitCode: 0, stdout: '{ batchItemFailures: [] }\n', stderr: '' });
      await outside.untilAnswered('On Monday, please.');
    });

    it('receives what the customer answers in a process of its own, and answers back', async () => {
      const env = { PATH: process.env.PATH, ...outside.environment };
      container = spawn(process.execPath, ['js/answering-container.js'], {
        cwd: project.folder,
        env,
        stdio: 'inherit',
      });
      const ended = once(container, 'exit');
      await outside.customerAnswers(messageId, 'Rather on Tuesday.');
      await outside.untilAnswered('Rather on Tuesday.');
      container.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    });

    it('sends from CommonJS', async () => {
      const script = `require('./send.cjs').handler({ order: 7 }).then((ended) => console.log(ended.join()))`;
      const { stdout, stderr } = await project.run(process.execPath, ['-e', script], outside.environment);
      expect(stdout, stderr).toBe('sent,true,REQUEST_INVALID\n');
      expect(mailsWith(outside.stack, GRACE, 'Order 7')).toHaveLength(1);
    });

    it('is operated by the command line', async () => {
      const args = ['--no-install', 'mailroom', 'mailboxes', '--json'];
      const { stdout, stderr } = await project.run('npx', args, outside.operator);
      expect(JSON.parse(stdout), stderr).toMatchObject({ mailbox: SUPPORT.id, address: SUPPORT.address });
    });
  });
});
