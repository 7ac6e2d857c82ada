// Builds dist/: the kernels (AssemblyScript), the library and command line (TypeScript, bundled) and the dashboard (Vite).
import { rmSync } from 'node:fs';
import { assemble } from './assembly.js';
import { ready, root, runTool } from './ready.js';

export async function build() {
  assemble();
  rmSync(`${root}dist`, { recursive: true, force: true });
  runTool('typescript/bin/tsc', ['-p', 'tsconfig.json', '--emitDeclarationOnly']);
  // Only now: what it imports may have been installed by `ready`.
  const { bundle } = await import('./bundle.js');
  await bundle();
  for (const config of ['vite.config.ts', 'report.vite.config.ts']) {
    runTool('vite/bin/vite.js', ['build', '--config', `dashboards/${config}`, '--logLevel', 'warn']);
  }
}

if (import.meta.url === `file://${process.argv[1]}` || process.argv[1]?.endsWith('build.js')) {
  ready();
  await build();
}
