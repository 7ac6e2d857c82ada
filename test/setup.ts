import { existsSync } from 'node:fs';

/** The tests of the command line, the page and the package run what is built; `npm test` builds first. */
export default function setup(): void {
  if (!existsSync(new URL('../dist/cli/main.cjs', import.meta.url))) {
    console.warn('dist/ is not built: run `npm run build` (or `npm test`, which does) for the tests that need it');
  }
}
