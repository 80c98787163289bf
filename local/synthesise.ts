// Runs `cdk synth`, so that what is run locally is what would be deployed.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');

/** Where the commands of this project keep what they synthesise: apart from what `npm run synth` and the tests make. */
export const LOCAL_ASSEMBLY = join(ROOT, '.local', 'cdk.out');

/**
 * @returns the folder of the cloud assembly
 * @throws Error with what the CDK printed, when the app does not synthesise
 */
export async function synthesise(output: string): Promise<string> {
  // `node` must be this one for the CDK's own children too: the system's may be too old.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  try {
    await promisify(execFile)(process.execPath, [CDK, 'synth', '--quiet', '--output', output], { cwd: ROOT, env });
  } catch (error) {
    const { stderr } = Object(error);
    throw new Error(`cdk synth failed:\n${stderr}`, { cause: error });
  }
  return output;
}
