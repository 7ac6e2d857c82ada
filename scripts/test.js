// Everything that must hold: build, types, lint, tests. Arguments go to vitest: `npm test -- test/kernels`.
import { build } from './build.js';
import { ready, runTool } from './ready.js';

ready();
await build();
runTool('typescript/bin/tsc', ['--noEmit', '-p', 'test/tsconfig.json']);
runTool('typescript/bin/tsc', ['--noEmit', '-p', 'dashboards/tsconfig.json']);
runTool('@biomejs/biome/bin/biome', ['check', '.']);
runTool('vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
