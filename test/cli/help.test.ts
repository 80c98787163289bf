// The help of the command line is what a newcomer has: every command says what it does, changes and answers, and what is
// not a command ends with 2 and a hint.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { GLOBAL_OPTIONS } from '../../cli/global-options.ts';

const BINARY = fileURLToPath(new URL('../../bin/mailroom.cjs', import.meta.url));

/** Where no AWS is: help needs none. */
async function run(...args: string[]) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [BINARY, ...args], { env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

describe('mailroom --help', () => {
  it('names every command with what it does, how a script reads its end, and where to begin', async () => {
    for (const args of [['--help'], ['-h']]) {
      const { exitCode, stdout, stderr } = await run(...args);
      expect([exitCode, stderr]).toEqual([0, '']);
      for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +mailroom ${name}\\b.* {2}\\S`, 'm'));
      for (const option of Object.keys(GLOBAL_OPTIONS)) expect(stdout).toContain(`--${option}`);
      expect(stdout).toContain('Begin with: mailroom connect support');
      expect(stdout).toMatch(/Exit codes: 0 done, 1 .*, 2 .*, 3 .*, 4 /);
    }
  });

  it.each(COMMANDS.map(({ name }) => name))(
    '%s: says what it does, with its options, an example and its --json',
    async (name) => {
      const { exitCode, stdout, stderr } = await run(name, '--help');
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^mailroom ${name}\\b`));
      const [, prose = ''] = stdout.split('\n\n');
      expect(prose.length, 'a few sentences').toBeGreaterThan(100);
      const options = [...stdout.matchAll(/^ +(?:-\w, )? *--([\w-]+) +(\S.*)$/gm)];
      expect(options.map(([, option]) => option)).toEqual(expect.arrayContaining(Object.keys(GLOBAL_OPTIONS)));
      // Nothing but its type stands there where nobody has described it.
      expect(options.filter(([, , says]) => says?.startsWith('['))).toEqual([]);
      expect(stdout).toMatch(new RegExp(`Examples:\\n +mailroom ${name}`));
      expect(stdout).toMatch(/exit\s+code/i);
      expect(stdout).toMatch(/^--json/m);
    },
  );
});

describe('what is no command', () => {
  it.each([
    [['mailboxs'], /Did you mean mailboxes\?/],
    [['stauts', 'key'], /Did you mean status\?/],
    [['mailboxes', '--colour'], /Unknown argument: colour/],
    [['status'], /^(?:USAGE: )?status takes <key>, which is missing/],
    [['send', '--subject', 's'], /send takes <mailbox>, which is missing/],
    [['hold', 'support', '--until'], /Not enough arguments following: until/],
    [['--stack', 'Mailroom', 'mailboxes', '--region'], /Not enough arguments following: region/],
    [['send', 'support', '--text', 'x'], /Missing required argument: subject/],
    [[], /name a command/],
  ])('%j ends with 2 and a hint', async (args, hint) => {
    const plain = await run(...args);
    expect([plain.exitCode, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr).toMatch(hint);
    // Of the command that was meant, where one was.
    const known = COMMANDS.find(({ name }) => args.includes(name));
    expect(plain.stderr).toContain(known === undefined ? 'see mailroom --help' : `see mailroom ${known.name} --help`);
    const json = await run(...args, '--json');
    expect([json.exitCode, json.stderr]).toEqual([2, '']);
    expect(json.stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'USAGE', message: expect.stringMatching(hint) } });
  });

  it('nor is a region that cannot be one', async () => {
    const { exitCode, stdout } = await run('mailboxes', '--region', 'eu west', '--json');
    expect(exitCode).toBe(2);
    const cure = expect.stringContaining('such as eu-west-1');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', cure } });
  });

  it('is told from a Mailroom that cannot be reached: that ends with 3, in one line of JSON', async () => {
    const { exitCode, stdout, stderr } = await run(
      'mailboxes',
      '--region',
      'eu-west-1',
      '--profile',
      'no one',
      '--json',
    );
    expect([exitCode, stderr]).toEqual([3, '']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'AWS_CREDENTIALS_MISSING', cure: expect.any(String) } });
  });
});

describe('where nobody reads', () => {
  it.each([[['--help']], [['status', '--json']]])(
    'what %j writes, as of "| head -1", it ends without a word',
    async (args) => {
      const { PATH, HOME } = process.env;
      const child = spawn(process.execPath, [BINARY, ...args], {
        env: { PATH, HOME },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      // Closed before the command has begun: whatever it writes fails.
      child.stdout.destroy();
      const [[exitCode], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
      expect([exitCode, stderr]).toEqual([141, '']);
    },
  );
});

describe('completion', () => {
  it('prints a script for the shell, and completes commands and their options', async () => {
    const script = await run('completion');
    expect([script.exitCode, script.stderr]).toEqual([0, '']);
    expect(script.stdout).toContain('--get-yargs-completions');
    const commands = (await run('--get-yargs-completions', 'mailroom', 'm')).stdout;
    expect(commands).toMatch(/^mailboxes\b/m);
    const options = (await run('--get-yargs-completions', 'mailroom', 'redrive', '--d')).stdout;
    expect(options).toContain('--dry-run');
  });

  it('works in a bash that was set up as the page says, where there is no mailroom on the PATH', async () => {
    const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const setUp = /^mailroom\(\) .*\nsource .*$/m.exec(page)?.[0] ?? '';
    // Installed, npx finds the binary by its name.
    const script = `npx() { shift; "${process.execPath}" "${BINARY}" "$@"; }
      ${setUp}
      complete -p mailroom
      COMP_WORDS=(mailroom redrive --d) COMP_CWORD=2
      _mailroom_yargs_completions
      echo "$\{COMPREPLY[@]}"`;
    const bash = spawn('bash', ['-c', script], {
      env: { ...process.env, SHELL: '/bin/bash' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = await Promise.all([text(bash.stdout), text(bash.stderr)]);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/ mailroom\n--dry-run\n$/), '']);
  });
});
