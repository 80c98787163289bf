// `npx mailroom`: ends with the exit code of the command, when all that it wrote has been written. It waits for nothing else:
// a call that was interrupted goes on at AWS, and one to a silent server would hold the process for a minute.
import { enableCompileCache } from 'node:module';

// What was compiled once need not be again: a command starts in half the time.
enableCompileCache();
const { runCommandLine } = await import('./run.ts');

for (const stream of [process.stdout, process.stderr]) stream.on('error', endWhereNobodyReads);
const exitCode = await runCommandLine(process.argv.slice(2));
process.stderr.write('', () => process.stdout.write('', () => process.exit(exitCode)));

/** `mailroom … | head -1`: Node ignores SIGPIPE, so the end comes as an error of the stream. It ends as by that signal. */
function endWhereNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
}
