// `npx mailroom`: ends with the exit code of the command, when all that it wrote has been written. It waits for nothing else:
// a call that was interrupted goes on at AWS, and one to a silent server would hold the process for a minute.
import { enableCompileCache } from 'node:module';

// What was compiled once need not be again: a command starts in half the time.
enableCompileCache();
const { runCommandLine } = await import('./run.ts');

const exitCode = await runCommandLine(process.argv.slice(2));
process.stderr.write('', () => process.stdout.write('', () => process.exit(exitCode)));
