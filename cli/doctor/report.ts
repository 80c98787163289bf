// Findings as they are printed, and what they amount to.
import type { Terminal } from '../terminal.ts';
import { harmless } from '../terminal.ts';
import type { Check } from './check.ts';
import type { Finding, Result } from './finding.ts';

type Totals = Readonly<Record<Result, number>>;

export interface Report {
  /** Waits for the checks of one part, in this order. @param mailbox undefined for the stack */
  add(title: string, checks: readonly Check[], mailbox?: string): Promise<void>;
  readonly totals: Totals;
  finish(): void;
}

const COLOURS = { ok: 'green', warning: 'yellow', trouble: 'red', skipped: 'dim' } as const;
const INDENT = ' '.repeat(13);

export function createReport(terminal: Terminal): Report {
  const totals = { ok: 0, warning: 0, trouble: 0, skipped: 0 };
  const print = (check: string, mailbox: string | undefined, finding: Finding): void => {
    totals[finding.result] += 1;
    terminal.result({ check, ...(mailbox !== undefined && { mailbox }), ...finding }, format(terminal, check, finding));
  };
  return {
    totals,
    async add(title, checks, mailbox) {
      const findings = await terminal.during(`looking at ${title}`, () => Promise.all(checks.map(ended)));
      if (!terminal.isJson) terminal.result({}, terminal.paint('bold', title));
      for (const { name, finding } of findings) print(name, mailbox, finding);
    },
    finish: () => terminal.result({ totals }, summarise(totals)),
  };
}

async function ended({ name, verdict }: Check): Promise<{ name: string; finding: Finding }> {
  return { name, finding: (await verdict).finding };
}

function format(terminal: Terminal, check: string, { result, what, ...advice }: Finding): string {
  const head = `  ${terminal.paint(COLOURS[result], result.padEnd(9))}${check}: ${harmless(what)}`;
  const lines = (['cause', 'cure', 'command'] as const).flatMap((name) => {
    const text = advice[name];
    return text === undefined ? [] : [`${INDENT}${name}: ${harmless(text)}`];
  });
  return [head, ...lines].join('\n');
}

function summarise({ ok, warning, trouble, skipped }: Totals): string {
  return `${ok} ok, ${warning} with a warning, ${trouble} in trouble, ${skipped} skipped`;
}
