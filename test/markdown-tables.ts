// Documents whose tables are measured: they stand between marks, and a test puts them there.
import { expect } from 'vitest';

/** Replaces what stands between the marks of each table. */
export function withTables(document: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const marked = new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- end of ${name} -->)`);
    expect(text).toMatch(marked);
    return text.replace(marked, (_all, start, end) => `${start}\n${table}\n\n${end}`);
  }, document);
}
