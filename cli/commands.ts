// All commands, in the order of the help.
import type { Command } from './command.ts';
import { connect } from './commands/connect.ts';
import { disconnect } from './commands/disconnect.ts';
import { hold } from './commands/hold.ts';
import { redrive } from './commands/redrive.ts';
import { release } from './commands/release.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly Command[] = [connect, disconnect, send, status, hold, release, redrive];
