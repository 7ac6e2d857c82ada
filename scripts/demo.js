// The main job, live on real data: tunes networks for handwritten digits and shows it in the browser.
import { build } from './build.js';
import { ready, run } from './ready.js';

ready();
await build();
run(process.execPath, [
  'bin/rxnn.js',
  'tune',
  'examples/digits/search.json',
  // Somebody who sits at a terminal wants to see it.
  process.stdout.isTTY ? '--open' : '--live',
  '--no-journal',
  ...process.argv.slice(2),
]);
