#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const module_ = require('node:module');

// Node.js 22.8 and newer keep what they compiled for the next start.
module_.enableCompileCache?.();

const built = join(__dirname, '../dist/cli/main.cjs');
if (existsSync(built)) {
  void require(built).main(process.argv.slice(2));
} else {
  process.stderr.write('rxnn: dist/ is missing: build it with `npm run build` first\n');
  process.exitCode = 1;
}
