// All commands, in the order of the help.
import type { Command } from './command.ts';
import { forget } from './commands/forget.ts';
import { hold } from './commands/hold.ts';
import { redrive } from './commands/redrive.ts';
import { release } from './commands/release.ts';
import { replies } from './commands/replies.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly Command[] = [send, replies, status, hold, release, redrive, forget];
