// The commands that a shell script would run, as bash itself takes it apart: none of them is found, and each is written down.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The function is there since bash 4; macOS has bash 3. */
const RECORD = `command_not_found_handle() { printf '%s\\0' "$@" $'\\n' >> "$RECORD"; }
cd() { :; }
`;

export async function canReadShell(): Promise<boolean> {
  const version = await run('bash', ['-c', 'echo $BASH_VERSINFO']).catch(() => ({ stdout: '0' }));
  return Number(version.stdout) >= 4;
}

/** @throws where bash does not understand it */
export async function shellCommands(script: string): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-shell-'));
  const record = join(folder, 'record');
  try {
    await writeFile(record, '');
    const env = { PATH: '/nowhere', RECORD: record };
    await run(await whereBashIs(), ['-ec', RECORD + script], { cwd: folder, env, timeout: 10_000 });
    const commands = (await readFile(record, 'utf8')).split('\0\n\0').slice(0, -1);
    return commands.map((command) => command.split('\0'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function whereBashIs(): Promise<string> {
  return (await run('bash', ['-c', 'echo "$BASH"'])).stdout.trim();
}
