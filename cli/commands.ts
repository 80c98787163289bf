// All commands, in the order of the help.
import type { Command } from './command.ts';
import { hold } from './commands/hold.ts';
import { redrive } from './commands/redrive.ts';
import { release } from './commands/release.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly Command[] = [send, status, hold, release, redrive];
