#!/usr/bin/env node
// The command `mailroom` of the package. Plain CommonJS: the Node that starts it may be too old for anything else.
const { engines } = require('../package.json');

const [major, minor] = process.versions.node.split('.').map(Number);
const [wantedMajor, wantedMinor] = engines.node.match(/\d+/g).map(Number);
if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
  import('../cli/main.js');
} else {
  console.error(`mailroom needs Node ${wantedMajor}.${wantedMinor} or later, and this is ${process.versions.node}.`);
  console.error('Install a newer Node, or beside mailroom one that npm brings: npm install node@24');
  process.exitCode = 1;
}
