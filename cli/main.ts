// `npx mailroom`: ends with the exit code of the command, when all that it wrote has been written.
import { EXIT } from './exit-code.ts';
import { runCommandLine } from './run.ts';

const exitCode = await runCommandLine(process.argv.slice(2));
process.exitCode = exitCode;
// What was begun at AWS goes on there: nobody waits for its answer any more.
if (exitCode === EXIT.interrupted) process.stdout.write('', () => process.exit());
