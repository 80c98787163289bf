// The code blocks of a Markdown file, by their language.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Blocks inside a list are indented as the list is: that much is taken off. */
export function blocksOf(file: string, language: string): readonly string[] {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  const pattern = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}
