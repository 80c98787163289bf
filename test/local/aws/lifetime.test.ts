// The local AWS leaves nothing behind: not when it is stopped, and not when the process that runs it is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAws } from '../../../local/aws/aws.ts';
import { type BuiltAssembly, buildAssembly } from './assembly-builder.ts';

const AWS = fileURLToPath(new URL('../../../local/aws/aws.ts', import.meta.url));
const ECHO = 'exports.handler = async () => process.pid';

describe('the local AWS', () => {
  let assembly: BuiltAssembly;

  beforeAll(() => {
    assembly = buildAssembly(
      { Echo: ECHO },
      { Tick: schedule('ENABLED'), Rest: schedule('DISABLED') },
      { Outputs: { Name: { Value: { Ref: 'Echo' } } } },
    );
  });

  afterAll(() => {
    assembly?.remove();
  });

  it('ends its processes and removes its folders when it is stopped, while functions run', async () => {
    // A folder of its own for what is temporary: other tests run beside this one.
    const before = process.env.TMPDIR;
    process.env.TMPDIR = assembly.folder;
    const aws = await startAws({ assembly: assembly.folder });
    const lambda = new LambdaClient({
      region: aws.region,
      credentials: { ...aws.credentials },
      endpoint: aws.endpoints.lambda,
      maxAttempts: 1,
    });
    const invoke = new InvokeCommand({ FunctionName: aws.outputs.Name });
    await Promise.all([lambda.send(invoke), lambda.send(invoke)]);
    const running = lambda.send(invoke).catch(() => undefined);
    const pids = aws.processIds();
    await aws.stop();
    await running;
    lambda.destroy();
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(readdirSync(assembly.folder).filter((name) => name.startsWith('mailroom-tasks-'))).toEqual([]);
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });

  it('leaves no stopped process behind when the process that runs it is killed', async () => {
    const script = join(assembly.folder, 'run.mjs');
    writeFileSync(
      script,
      `const { startAws } = await import(${JSON.stringify(AWS)});
       const aws = await startAws({ assembly: ${JSON.stringify(assembly.folder)} });
       await aws.runSchedule(aws.outputs.Name);
       console.log(JSON.stringify(aws.processIds()));
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids: number[] = JSON.parse(line);
    expect(pids.filter(isRunning)).toEqual(pids);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const end = performance.now() + 10_000;
    while (pids.some(isRunning) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('runs a schedule when told to, and refuses one that is disabled', async () => {
    const aws = await startAws({ assembly: assembly.folder });
    expect(await aws.runSchedule(aws.outputs.Name ?? '')).toMatchObject({ payload: expect.stringMatching(/^\d+$/) });
    await expect(aws.runSchedule('nobody')).rejects.toThrow('has no schedule that is enabled');
    await aws.stop();
  });
});

function schedule(State: string): object {
  const Target = { Arn: { 'Fn::GetAtt': ['Echo', 'Arn'] }, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } };
  return { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'rate(1 minute)', State, Target } };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
