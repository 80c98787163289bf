#!/usr/bin/env node
// The command `mailroom`, run by Node 24 whatever Node is installed.
const { join } = require('node:path');

process.argv.splice(2, 0, 'node', join(__dirname, '..', 'cli', 'main.ts'));
require('./node24.cjs');
