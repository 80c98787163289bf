// All commands, in the order of the help.
import type { Command } from './command.ts';
import { hold } from './commands/hold.ts';
import { release } from './commands/release.ts';

export const COMMANDS: readonly Command[] = [hold, release];
