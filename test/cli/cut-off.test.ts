// A command that is cut off, or fails, in the middle: it ends at once, and says how it is repeated.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, startTestStack, type TestStack } from '../functions/stack.ts';
import { startFaultyServer } from './faulty-server.ts';
import { startMailroom } from './run-mailroom.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(async () => {
  await stack?.stop();
});

describe('Ctrl-C', () => {
  it.each([[['status', 'key']], [['forget', ADA, '--dry-run']], [['mailboxes', '--json']]])(
    'ends %j, whatever AWS is waited for',
    async (args) => {
      const dynamodb = await startFaultyServer('stall');
      const asked = dynamodb.nextRequest();
      const command = startMailroom(stack, args, { environment: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url } });
      await asked;
      command.interrupt();
      const { exitCode, stdout, stderr } = await command.ended;
      expect([exitCode, stdout + stderr]).toEqual([130, expect.stringContaining('INTERRUPTED')]);
      await dynamodb.stop();
    },
  );
});

describe('send without --key', () => {
  it('of a request that is refused does not say to repeat it: it would be refused again', async () => {
    const args = ['send', 'support', '--subject', 's', '--text', 't', '--json'];
    const { exitCode, json } = await startMailroom(stack, args).ended;
    expect(exitCode).toBe(1);
    const error = { code: 'REQUEST_INVALID', cure: 'docs/troubleshooting.md has REQUEST_INVALID' };
    expect(json()).toMatchObject([{ error: { ...error, idempotencyKey: expect.any(String) } }]);
  });

  it.each([
    ['the function is slow at Ctrl-C', 'stall', 'INTERRUPTED', 130],
    ['the connection ends', 'cut', 'AWS_UNREACHABLE', 3],
    ['AWS answers with a fault', 'fail', 'AWS_FAILED', 3],
  ] as const)('names the key that it made, to repeat it with, where %s', async (_name, how, code, exitCode) => {
    const lambda = await startFaultyServer(how);
    const environment = { AWS_ENDPOINT_URL_LAMBDA: lambda.url };
    for (const more of [[], ['--json']]) {
      const args = ['send', 'support', '--to', ADA, '--subject', 's', '--text', 't', ...more];
      const asked = lambda.nextRequest();
      const sending = startMailroom(stack, args, { environment });
      await asked;
      if (how === 'stall') sending.interrupt();
      const { stdout, stderr, json, ...ended } = await sending.ended;
      expect(ended.exitCode).toBe(exitCode);
      const { key } = /repeat it with --key (?<key>[\w-]{36}) and the same content/.exec(stdout + stderr)?.groups ?? {};
      expect(stdout + stderr).toContain(`npx mailroom status ${key}`);
      expect(stdout + stderr).not.toContain('run it again');
      if (more.length === 0) expect(stderr).toContain(`idempotency key: ${key}\n`);
      else expect(json()).toMatchObject([{ error: { code, idempotencyKey: key } }]);
      expect(lambda.bodies.at(-1)).toMatchObject({ idempotencyKey: key });
    }
    await lambda.stop();
  });
});
