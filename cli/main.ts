// `npx mailroom`: ends with the exit code of the command, when all that it wrote has been written. It waits for nothing else:
// a call to a silent server, which nobody waits for any more, would hold the process for a minute.
import { runCommandLine } from './run.ts';

const exitCode = await runCommandLine(process.argv.slice(2));
process.stderr.write('', () => process.stdout.write('', () => process.exit(exitCode)));
