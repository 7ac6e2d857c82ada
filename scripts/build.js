// Builds dist/: the kernels (AssemblyScript), the library and command line (TypeScript) and the dashboard (Vite).
import { rmSync } from 'node:fs';
import { assemble } from './assembly.js';
import { ready, root, runTool } from './ready.js';

export function build() {
  assemble();
  rmSync(`${root}dist`, { recursive: true, force: true });
  runTool('typescript/bin/tsc', ['-p', 'tsconfig.json']);
  runTool('vite/bin/vite.js', ['build', '--config', 'dashboards/vite.config.ts', '--logLevel', 'warn']);
}

if (import.meta.url === `file://${process.argv[1]}` || process.argv[1]?.endsWith('build.js')) {
  ready();
  build();
}
