// The fenced code blocks of a Markdown file (CommonMark section 4.5), and their languages.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Block {
  /** Of the line where it opens, from 1. */
  readonly line: number;
  /** What stands after the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

export function blocksOf(file: string, language: string): readonly string[] {
  return blocksIn(readFileSync(`${ROOT}${file}`, 'utf8')).flatMap((block) =>
    block.language === language ? [block.text] : [],
  );
}

/** Blocks inside a list are indented as the list is: that much is taken off. */
export function blocksIn(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: string; line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = /^( *)(`{3,}|~{3,})\s*([^`]*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== '') open = { fence, indent, line: index + 1, language: info.trim(), lines: [] };
    } else if (fence.startsWith(open.fence) && info === '') {
      const { line: start, language, lines } = open;
      blocks.push({ line: start, language, text: lines.map((text) => `${text}\n`).join('') });
      open = undefined;
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
    }
  }
  if (open !== undefined) throw new Error(`the code block of line ${open.line} is not closed`);
  return blocks;
}
