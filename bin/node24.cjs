#!/usr/bin/env node
// Runs a command with Node 24 first on its PATH: `node bin/node24.cjs vitest run`. The binary is one of the optional
// dependencies, which npm installs for this platform; its link in node_modules/.bin is not counted on, because npm 10
// loses it when several packages offer one. Plain CommonJS: the Node that starts it may be as old as 18.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { delimiter, dirname, join } = require('node:path');

const WANTED = 24;
const modules = join(__dirname, '..', 'node_modules');
const platform = process.platform === 'win32' ? 'win' : process.platform;
const candidates = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`].map((name) =>
  join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
);

function findNode() {
  const installed = candidates.find((path) => existsSync(path));
  if (installed !== undefined) return installed;
  if (Number(process.versions.node.split('.')[0]) >= WANTED) return process.execPath;
  console.error(
    `Node ${WANTED} is not installed for ${process.platform} ${process.arch}: run npm ci, or use Node ${WANTED}.`,
  );
  return process.exit(1);
}

const [command, ...args] = process.argv.slice(2);
const path = [dirname(findNode()), join(modules, '.bin'), process.env.PATH].join(delimiter);
const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, PATH: path } });
// Ctrl-C reaches the child by itself; this process waits for how it ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`${command} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
