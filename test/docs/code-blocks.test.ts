// Every code block of every page is what its language says: it compiles, it parses, its commands are ones that there are.
// What is also run: the README's TypeScript, the transport of docs/moving-from-nodemailer.md and the code of
// docs/first-ten-minutes.md by test/readme, the consumers by consuming-replies.test.ts, and what calls AWS by test/clients.
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { blocksIn } from '../readme/blocks.ts';
import { checkBlock } from './check-block.ts';
import { PAGES, ROOT, readPage } from './pages.ts';
import { canReadShell } from './shell-commands.ts';

/** Inside the package, so that `mailroom` names it. */
const FOLDER = join(ROOT, '.local', 'code-blocks');
const run = promisify(execFile);

const blocks = PAGES.flatMap((page) =>
  blocksIn(readPage(page)).map((block) => ({ ...block, page, where: `${page}:${block.line}` })),
);
const hasShell = await canReadShell();
const NO_SHELL = 'no bash of version 4 or later';

describe('code blocks', () => {
  it('are found in the pages', () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['ts', 'js', 'sh', 'json', 'text']));
  });

  it.for(blocks)('$where is $language', async (block, { skip }) => {
    skip(block.language === 'sh' && !hasShell, NO_SHELL);
    expect(await checkBlock(block)).toEqual([]);
  });

  it('of TypeScript compile', { timeout: 60_000 }, async () => {
    // Those are compiled where they lie.
    const examples = globSync('docs/examples/*.ts', { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), 'utf8'),
    );
    const typeScript = blocks.filter(({ language, text }) => language === 'ts' && !examples.includes(text));
    expect(await compile(typeScript.map(({ where, text }) => [where, text]))).toBe('');
  });
});

describe('a code block that is wrong', () => {
  it.for<[string, string, string]>([
    ['', 'x', 'the language "" is none of'],
    ['bash', 'npm ci', 'the language "bash" is none of'],
    ['js', 'const = 1', 'Unexpected token'],
    ['sh', 'npm run tset', 'package.json has no script tset'],
    ['sh', 'npm ci && npx mailroom conect support', 'Did you mean connect?'],
    ['sh', 'npx mailroom send support --to a@b.example --subjekt Hi', 'subject'],
    ['sh', 'source <(npx mailroom hold)', 'hold takes <mailbox>, which is missing'],
    ['sh', 'npx cowsay hello', 'would be fetched from the registry'],
    ['sh', 'x=$(aws lambda invoke --function x --payload y out)', 'has no option --function'],
    ['sh', 'aws lambda invoke-it', 'the AWS SDK here has no lambda invoke-it'],
    ['sh', 'curl https://shop.example', 'nobody checks the command curl'],
    ['sh', '# only a remark', 'no command is run'],
    ['text', 'In another terminal:\n$ npm run dev', 'a program reads this'],
    ['json', '{"version": 1,}', 'SyntaxError'],
    ['json', '{"version": 1, "mailbox": "support", "idempotencyKey": "a", "subject": "", "text": "", "too": 1}', 'too'],
    ['json', '{"version": 1, "kind": "reply", "answers": {}}', 'EVENT_INVALID'],
  ])('is found out: %s: %s', async ([language, text, problem], { skip }) => {
    skip(language === 'sh' && !hasShell, NO_SHELL);
    expect((await checkBlock({ language, text })).join('\n')).toContain(problem);
  });

  it('is found out: shell that bash does not understand', async ({ skip }) => {
    skip(!hasShell, NO_SHELL);
    await expect(checkBlock({ language: 'sh', text: 'npm ci && (' })).rejects.toThrow('syntax error');
  });

  it('is found out: TypeScript that does not compile', { timeout: 60_000 }, async () => {
    const text = "import { createMailroom } from 'mailroom';\ncreateMailroom({ mailbox: 1 });\n";
    expect(await compile([['docs/wrong.md:1', text]])).toContain('docs-wrong.md-1.ts(2,');
  });
});

/** What the compiler says. A file is named for the page and the line of its block. */
async function compile(files: readonly (readonly [string, string])[]): Promise<string> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [where, text] of files) writeFileSync(join(FOLDER, `${where.replaceAll(/[/:]/g, '-')}.ts`), text);
  const config = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
  const tsc = run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER]);
  const { stdout } = await tsc.catch((error: { stdout: string }) => error);
  return stdout;
}
