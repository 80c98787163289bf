// The CDK's own command line, unmodified, against an endpoint of our choice.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import type { MiniStack } from './ministack.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
const ACCOUNT_ID = '000000000000';

const OutputsSchema = v.object({ Mailroom: v.record(v.string(), v.string()) });

export interface Deployment {
  /** What the CDK printed. */
  readonly printed: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export class Cdk {
  readonly #aws: MiniStack;
  readonly #folder: string;

  /** @param folder for the cloud assembly and the outputs */
  constructor(aws: MiniStack, folder: string) {
    this.#aws = aws;
    this.#folder = folder;
  }

  bootstrap(): Promise<string> {
    return this.#run('bootstrap', `aws://${ACCOUNT_ID}/${this.#aws.region}`);
  }

  /** @param assembly that was synthesised before, in place of what is synthesised now */
  async deploy(parameters: Readonly<Record<string, string>>, assembly?: string): Promise<Deployment> {
    const file = join(this.#folder, 'outputs.json');
    const given = Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]);
    const from = assembly === undefined ? [] : ['--app', assembly];
    const printed = await this.#run('deploy', '--require-approval', 'never', '--outputs-file', file, ...given, ...from);
    return { printed, outputs: v.parse(OutputsSchema, JSON.parse(await readFile(file, 'utf8'))).Mailroom };
  }

  destroy(): Promise<string> {
    return this.#run('destroy', '--force');
  }

  async #run(...command: string[]): Promise<string> {
    const { region, endpoint, credentials } = this.#aws;
    const output = ['--output', join(this.#folder, 'cdk.out')];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CDK, ...command, ...output], {
      cwd: ROOT,
      env: {
        ...process.env,
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        AWS_ENDPOINT_URL: endpoint,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    });
    return `${stdout}${stderr}`;
  }
}
