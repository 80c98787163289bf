// `npx mailroom`: ends with the exit code of the command, when all that it wrote has been written.
import { runCommandLine } from './run.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
