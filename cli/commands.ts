// All commands, in the order of the help.
import type { Command } from './command.ts';
import { connect } from './commands/connect.ts';
import { disconnect } from './commands/disconnect.ts';

export const COMMANDS: readonly Command[] = [connect, disconnect];
