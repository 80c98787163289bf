// All commands, in the order of the help.
import type { Command } from './command.ts';
import { connect } from './commands/connect.ts';
import { disconnect } from './commands/disconnect.ts';
import { doctor } from './commands/doctor.ts';
import { forget } from './commands/forget.ts';
import { hold } from './commands/hold.ts';
import { mailboxes } from './commands/mailboxes.ts';
import { redrive } from './commands/redrive.ts';
import { release } from './commands/release.ts';
import { replies } from './commands/replies.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly Command[] = [
  connect,
  disconnect,
  mailboxes,
  doctor,
  send,
  replies,
  status,
  hold,
  release,
  redrive,
  forget,
];
