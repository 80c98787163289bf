// Every page leads somewhere: to files and headings that exist, from the page of contents to every other, and to commands that
// there are.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksIn } from '../readme/blocks.ts';
import { checkCommand, checkMailroom } from './check-command.ts';
import { anchorOf, anchorsOf, PAGES, proseOf, ROOT, readPage } from './pages.ts';

const CONTENTS = 'docs/README.md';

describe.each(PAGES)('%s', (page) => {
  const prose = proseOf(page);

  it('links what exists', () => {
    expect(linksOf(prose).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });

  it('names commands that there are', async () => {
    const codes = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
    const problems = await Promise.all([
      ...codes.flatMap((code) => (code.startsWith('npx mailroom ') ? [checkMailroom(wordsOf(code).slice(2))] : [])),
      ...[...readPage(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) =>
        checkCommand(['npm', 'run', script]),
      ),
    ]);
    expect(problems.flatMap((problem) => problem ?? [])).toEqual([]);
  });
});

describe('the page of contents', () => {
  const listed = linksOf(proseOf(CONTENTS)).map((link) => join('docs', link));

  it.each(PAGES.filter((page) => page !== CONTENTS && !page.startsWith('docs/decisions/')))('lists %s', (page) => {
    expect(listed.includes(page), `${CONTENTS} does not list ${page}: add a line where a reader wants it`).toBe(true);
  });

  it('lists each page once', () => {
    expect(listed.filter((link, i) => listed.indexOf(link) !== i)).toEqual([]);
  });
});

describe('the map of the house', () => {
  const map = blocksIn(readPage('CONTRIBUTING.md')).find(({ language }) => language === 'text')?.text ?? '';
  const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split(/\/?\n/);
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(entry.name))
    .map(({ name }) => name);

  it.each(folders)('has %s', (name) => {
    expect(map, `CONTRIBUTING.md does not say what ${name}/ is for: add a line`).toMatch(new RegExp(`^${name}/`, 'm'));
  });

  it('has no folder that is not there', () => {
    const named = [...map.matchAll(/^([\w./]+)\/ /gm)].map(([, folder = '']) => folder);
    expect(named.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
  });
});

describe('a link that leads nowhere', () => {
  it.each([
    ['runbook.md', undefined],
    ['runbook.md#mail-is-overdue', undefined],
    ['https://nodemailer.com', undefined],
    ['#code-of-nobody', 'docs/events.md has no heading #code-of-nobody'],
    ['runbook.md#mail-is-late', 'docs/runbook.md has no heading #mail-is-late'],
    ['run-book.md', 'docs/run-book.md is not there'],
    ['http://nodemailer.com', 'http://nodemailer.com is not encrypted'],
  ])('is found out: %s', (link, problem) => {
    expect(problemOf('docs/events.md', link)).toBe(problem);
  });
});

describe('what programs say', () => {
  const sources = globSync('{cli,functions,infra,lib,local,tour}/**/*.ts', { cwd: ROOT });

  it('names pages and headings that exist', () => {
    const named = sources.flatMap((file) => [
      ...readFileSync(join(ROOT, file), 'utf8').matchAll(/(docs\/[\w-]+\.md)(?:, ([A-Z][a-zA-Z ]+))?/g),
    ]);
    const links = named.map(([, page = '', heading]) => (heading ? `${page}#${anchorOf(heading)}` : page));
    expect(links.length).toBeGreaterThan(20);
    expect(links.flatMap((link) => problemOf('README.md', link) ?? [])).toEqual([]);
  });
});

function linksOf(prose: string): readonly string[] {
  return [...prose.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)|<(https?:[^>\s]+)>/g)].map(
    ([, link, url = '']) => link ?? url,
  );
}

function problemOf(page: string, link: string): string | undefined {
  if (link.startsWith('https:')) return undefined;
  if (/^\w+:/.test(link)) return `${link} is not encrypted`;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : join(dirname(page), file);
  if (!existsSync(join(ROOT, target))) return `${target} is not there`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined;
  return `${target} has no heading #${anchor}`;
}

function wordsOf(code: string): readonly string[] {
  return code.split(/\s+/).filter((word) => word !== '');
}
