// `npm start` and `npm run dev` as a person runs them: as processes, judged by what they print, write and leave behind.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, watch } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { consent } from '../cli/consent.ts';
import { startMailroom } from '../cli/run-mailroom.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}.local/`;
const FILE = `${FOLDER}endpoints.json`;
const START_MS = 60_000;

describe('npm start', () => {
  it('prints the reply event as its last line and ends with 0', { timeout: START_MS }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['tour/main.ts'], { cwd: ROOT });
    const event = parseReplyEvent(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(event.answers.context).toEqual({ order: 4711, step: 'delivery-date' });
  });
});

describe('npm run dev', () => {
  let dev: ChildProcess | undefined;

  beforeEach(() => {
    rmSync(FILE, { force: true });
    mkdirSync(FOLDER, { recursive: true });
  });

  afterEach(async () => {
    if (dev === undefined || dev.exitCode !== null) return;
    dev.kill('SIGKILL');
    await once(dev, 'exit');
  });

  it('writes its endpoints when all answer, serves any AWS client, and removes them at the end', {
    timeout: START_MS,
  }, async () => {
    dev = spawn(process.execPath, ['local/dev.ts'], { cwd: ROOT, stdio: 'ignore' });
    const endpoints = await readEndpoints();
    expect(Object.keys(endpoints).sort()).toEqual(
      'aws bucket credentials customers environment functions google mailboxes queues region stackName tables'.split(
        ' ',
      ),
    );
    expect(endpoints.mailboxes).toEqual([{ id: 'support', address: 'support@shop.example' }]);
    expect(endpoints.customers[0].accessToken.length).toBeGreaterThan(1_000);
    const { environment, stackName, aws } = endpoints;
    const { accessKeyId } = endpoints.credentials;
    expect(stackName).toBe('Mailroom');
    expect(environment).toMatchObject({ AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudformation });
    expect([environment.AWS_ACCESS_KEY_ID, accessKeyId]).toEqual(['AKIALOCALOPERATOR', 'AKIALOCALMAILROOM']);

    const { region, credentials } = endpoints;
    const lambda = new LambdaClient({ region, credentials, endpoint: endpoints.aws.lambda });
    const request = {
      version: 1,
      mailbox: 'support',
      idempotencyKey: 'dev-1',
      to: 'ada@customer.example',
      subject: 'Hi',
      text: 'Hi',
    };
    const invoke = new InvokeCommand({ FunctionName: endpoints.functions.sendMail, Payload: JSON.stringify(request) });
    const { Payload } = await lambda.send(invoke);
    lambda.destroy();
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ kind: 'sent' });

    const service = parseEnv(await readFile(`${FOLDER}mailroom.env`, 'utf8'));
    expect(service).toMatchObject({ SEND_MAIL_FUNCTION: endpoints.functions.sendMail, AWS_ACCESS_KEY_ID: accessKeyId });

    expect(await end(dev)).toBe(0);
    expect([FILE, `${FOLDER}mailroom.env`].filter(existsSync)).toEqual([]);
  });

  it('is operated by the command line, which connects another mailbox', { timeout: START_MS }, async () => {
    dev = spawn(process.execPath, ['local/dev.ts'], { cwd: ROOT, stdio: 'ignore' });
    await readEndpoints();
    const connecting = startMailroom(undefined, [
      '--local',
      'connect',
      'sales',
      '--address',
      'sales@shop.example',
      '--no-browser',
    ]);
    expect((await consent(connecting, 'sales@shop.example')).html).toContain('Connected');
    expect(await connecting.ended).toMatchObject({ exitCode: 0 });
    const listed = (await startMailroom(undefined, ['--local', 'mailboxes', '--json']).ended).json();
    expect(listed).toMatchObject([
      { mailbox: 'sales', health: 'good' },
      { mailbox: 'support', health: 'good' },
    ]);

    expect(await end(dev)).toBe(0);
    const late = await startMailroom(undefined, ['--local', 'mailboxes', '--json']).ended;
    expect([late.exitCode, late.json()]).toEqual([
      3,
      [{ error: expect.objectContaining({ code: 'LOCAL_NOT_RUNNING' }) }],
    ]);
  });

  it('is not taken for running where it was killed and left its file', async () => {
    const google = { ca: `${ROOT}package.json` };
    const environment = { AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9', AWS_REGION: 'us-east-1' };
    await writeFile(FILE, JSON.stringify({ stackName: 'Mailroom', environment, google }));
    const late = await startMailroom(undefined, ['--local', 'mailboxes', '--json']).ended;
    rmSync(FILE);
    const error = { code: 'LOCAL_NOT_RUNNING', cure: expect.stringContaining('npm run dev') };
    expect([late.exitCode, late.json()]).toEqual([3, [{ error: expect.objectContaining(error) }]]);
  });

  it('lets go wrong what it is told to, and refuses what is no fault', { timeout: START_MS }, async () => {
    const fault = 'smtp/MAIL=451 4.3.0 Try again later';
    dev = spawn(process.execPath, ['local/dev.ts', '--fault', fault], { cwd: ROOT, stdio: 'ignore' });
    const { region, credentials, aws, functions } = await readEndpoints();
    const lambda = new LambdaClient({ region, credentials, endpoint: aws.lambda });
    const mail = { to: 'ada@customer.example', subject: 'Hi', text: 'Hi' };
    const Payload = JSON.stringify({ version: 1, mailbox: 'support', idempotencyKey: 'dev-2', ...mail });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: functions.sendMail, Payload }));
    lambda.destroy();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      kind: 'queued',
      code: 'SERVER_BUSY',
    });
    expect(await end(dev)).toBe(0);

    const refused = promisify(execFile)(process.execPath, ['local/dev.ts', '--fault', 'smtp/MAIL=ctu'], { cwd: ROOT });
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not a fault: smtp/MAIL=ctu'),
    });
  });

  it('runs against other servers that a file describes', { timeout: START_MS }, async () => {
    const google = {
      oauth: 'http://127.0.0.1:1',
      smtps: { host: '127.0.0.1', port: 2 },
      smtp: { host: '127.0.0.1', port: 3 },
      imap: { host: '127.0.0.1', port: 4 },
      ca: `${ROOT}package.json`,
    };
    await writeFile(`${FOLDER}google.json`, JSON.stringify(google));
    dev = spawn(process.execPath, ['local/dev.ts', '--google', `${FOLDER}google.json`], { cwd: ROOT, stdio: 'ignore' });
    const endpoints = await readEndpoints();
    expect(endpoints.google).toEqual(google);
    expect(endpoints.mailboxes).toEqual([]);
    expect(await end(dev)).toBe(0);
  });
});

/** Waits for the file to be renamed into place. */
async function readEndpoints() {
  const changes = watch(FOLDER);
  try {
    while (!existsSync(FILE)) await once(changes, 'change', { signal: AbortSignal.timeout(START_MS) });
  } finally {
    changes.close();
  }
  return JSON.parse(await readFile(FILE, 'utf8'));
}

async function end(child: ChildProcess): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await exited;
  return code;
}
