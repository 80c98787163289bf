// One execution environment of a function: a process that runs the bundle in AWS's runtime client, and the Runtime API it
// asks for its next invocation. Between invocations the process is stopped (SIGSTOP), as Lambda freezes it.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { captureOutput } from './capture.ts';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';
import type { Reaper } from './reaper.ts';

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** A copy of the asset, as /var/task is. */
  readonly folder: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Lambda says nothing of when it ends an environment, only that it does. */
export interface EnvironmentLifetime {
  readonly invocations: number;
  readonly idleMs: number;
}

export interface InvokeResult {
  readonly payload: string;
  /** `Unhandled` for whatever the function threw, and for a function that ended without an answer. */
  readonly functionError?: 'Unhandled';
  /** The lines that the function wrote meanwhile. */
  readonly log: readonly string[];
}

interface Invocation {
  readonly id: string;
  readonly payload: string;
  readonly log: string[];
  /** Whether the runtime has been given it. */
  isHanded: boolean;
  settle(result: { payload: string; functionError?: 'Unhandled' }): void;
}

const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric');
const HOOKS = fileURLToPath(new URL('./runtime-hooks.mjs', import.meta.url));

export class LambdaEnvironment {
  readonly #definition: FunctionDefinition;
  readonly #onLine: (line: string) => void;
  #api: HttpServer | undefined;
  #process: ChildProcess | undefined;
  #idle: ServerResponse | undefined;
  #invocation: Invocation | undefined;
  #isAlive = true;
  #invocations = 0;
  #idleSince = performance.now();

  private constructor(definition: FunctionDefinition, onLine: (line: string) => void) {
    this.#definition = definition;
    this.#onLine = onLine;
  }

  static async start(
    definition: FunctionDefinition,
    reaper: Reaper,
    onLine: (line: string) => void,
  ): Promise<LambdaEnvironment> {
    const environment = new LambdaEnvironment(definition, onLine);
    environment.#api = await startHttpServer(async (request, response) => {
      await environment.#serve(request.url ?? '', await readBody(request), response);
    });
    environment.#spawn(environment.#api.port, reaper);
    return environment;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  isOlderThan({ invocations, idleMs }: EnvironmentLifetime): boolean {
    return this.#invocations >= invocations || performance.now() - this.#idleSince >= idleMs;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves with whatever happens: an answer, an error, a timeout or the end of the process. */
  async invoke(payload: string): Promise<InvokeResult> {
    const log: string[] = [];
    const { promise, resolve } = Promise.withResolvers<{ payload: string; functionError?: 'Unhandled' }>();
    const invocation: Invocation = { id: randomUUID(), payload, log, isHanded: false, settle: resolve };
    this.#invocation = invocation;
    this.#process?.kill('SIGCONT');
    if (this.#idle !== undefined) this.#hand(this.#idle, invocation);
    const timer = setTimeout(() => this.#timeOut(invocation), this.#definition.timeoutMs);
    const result = await promise;
    clearTimeout(timer);
    // What it wrote before it answered lies in its pipe, and is read in this turn of the event loop or the next.
    for (let turn = 0; turn < 2; turn += 1) await setImmediate();
    this.#invocation = undefined;
    this.#invocations += 1;
    this.#idleSince = performance.now();
    return { ...result, log };
  }

  async stop(): Promise<void> {
    const child = this.#process;
    const isRunning = child !== undefined && child.exitCode === null && child.signalCode === null;
    if (isRunning) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
    }
    await this.#api?.close();
    this.#api = undefined;
  }

  /** As a crash: whoever waits for the invocation learns that the process has ended. */
  kill(): void {
    // At once, and not when the process has gone: no invocation may come to it any more.
    this.#isAlive = false;
    this.#process?.kill('SIGKILL');
  }

  #spawn(port: number, reaper: Reaper): void {
    const { folder, handler, environment } = this.#definition;
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', HOOKS, RUNTIME_CLIENT, handler],
      {
        cwd: folder,
        env: {
          ...environment,
          AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
          LAMBDA_TASK_ROOT: folder,
          _HANDLER: handler,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process = child;
    if (child.pid !== undefined) reaper.watch(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      captureOutput(stream);
      createInterface({ input: stream }).on('line', (line) => this.#write(line));
    }
    child.once('exit', (code, signal) => this.#exited(code, signal));
  }

  async #serve(url: string, body: Buffer, response: ServerResponse): Promise<void> {
    const path = url.replace('/2018-06-01/runtime/', '');
    if (path === 'invocation/next') return this.#awaitInvocation(response);
    const isError = path.endsWith('/error');
    response.writeHead(202).end();
    this.#invocation?.settle({ payload: body.toString(), ...(isError && { functionError: 'Unhandled' as const }) });
    if (path === 'init/error') this.#isAlive = false;
  }

  /** The runtime asks for work, so it is idle: from here until the next invocation it does not run. */
  #awaitInvocation(response: ServerResponse): void {
    if (this.#invocation?.isHanded === false) return this.#hand(response, this.#invocation);
    this.#idle = response;
    this.#process?.kill('SIGSTOP');
  }

  #hand(response: ServerResponse, invocation: Invocation): void {
    this.#idle = undefined;
    invocation.isHanded = true;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + this.#definition.timeoutMs),
      'lambda-runtime-invoked-function-arn': this.#definition.arn,
    });
    response.end(invocation.payload);
  }

  #timeOut({ id, settle }: Invocation): void {
    const seconds = (this.#definition.timeoutMs / 1_000).toFixed(2);
    const errorMessage = `RequestId: ${id} Error: Task timed out after ${seconds} seconds`;
    settle({ payload: JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }), functionError: 'Unhandled' });
    this.#isAlive = false;
    this.kill();
  }

  #exited(code: number | null, signal: string | null): void {
    this.#isAlive = false;
    const errorMessage = `RequestId: ${this.#invocation?.id} Error: Runtime exited with error: ${signal ?? `exit status ${code}`}`;
    const payload = JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage });
    this.#invocation?.settle({ payload, functionError: 'Unhandled' });
  }

  #write(line: string): void {
    this.#invocation?.log.push(line);
    this.#onLine(line);
  }
}
