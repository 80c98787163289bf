// What is asked of a code block, by its language. TypeScript is compiled for all pages at once: see code-blocks.test.ts.
import { parseSync } from 'oxc-parser';
import * as v from 'valibot';
import { parseSendOutcome } from '../../lib/core/outcome.ts';
import { parseReplyEvent } from '../../lib/core/reply.ts';
import { parseInvokeEvent } from '../../lib/core/send-event.ts';
import type { Block } from '../readme/blocks.ts';
import { checkCommand } from './check-command.ts';
import { shellCommands } from './shell-commands.ts';

/** What is wrong with it. */
type Check = (text: string) => Promise<readonly string[]> | readonly string[];

const CHECKS: Readonly<Record<string, Check>> = {
  // Compiled.
  ts: () => [],
  // A piece of a caller's program, whose names are declared elsewhere.
  js: (text) => parseSync('block.mjs', text).errors.map(({ message }) => message),
  sh: checkShell,
  json: checkJson,
  // Nothing that a program reads: a drawing, what is printed, a value to paste.
  text: (text) =>
    /^\s*(?:\$|npm|npx|aws|import|const) /m.test(text) ? ['a program reads this: give it its language'] : [],
};

export async function checkBlock({ language, text }: Pick<Block, 'language' | 'text'>): Promise<readonly string[]> {
  const check = CHECKS[language];
  if (check !== undefined) return check(text);
  return [`the language ${JSON.stringify(language)} is none of ${Object.keys(CHECKS).join(', ')}`];
}

async function checkShell(script: string): Promise<readonly string[]> {
  const commands = await shellCommands(script);
  if (commands.length === 0) return ['no command is run'];
  const problems = await Promise.all(commands.map(checkCommand));
  return problems.flatMap((problem) => problem ?? []);
}

/** Each contract, and by what its JSON is known. */
const CONTRACTS = [
  { is: v.looseObject({ version: v.unknown(), idempotencyKey: v.unknown() }), parse: parseInvokeEvent },
  {
    is: v.looseObject({ version: v.unknown(), answers: v.unknown() }),
    parse: (value: unknown) => parseReplyEvent(JSON.stringify(value)),
  },
  { is: v.looseObject({ kind: v.string(), messageId: v.unknown() }), parse: parseSendOutcome },
];

function checkJson(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    CONTRACTS.find(({ is }) => v.is(is, value))?.parse(value);
    return [];
  } catch (error) {
    return [String(error)];
  }
}
