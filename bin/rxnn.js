#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

// Node.js 22.8 and newer keep what they compiled for the next start.
module.enableCompileCache?.();

const built = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write('rxnn: dist/ is missing: build it with `npm run build` first\n');
  process.exitCode = 1;
}
