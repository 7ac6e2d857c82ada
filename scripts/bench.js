// The benchmark: rxnn beside its peers, which are installed in a package of their own under test/bench.
import { existsSync, statSync } from 'node:fs';
import { ArgumentError, parseOptions, USAGE } from '../test/bench/options.js';
import { build } from './build.js';
import { ready, root, run } from './ready.js';

const args = process.argv.slice(2);
const options = parse();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit();
}
ready();
await build();
if (options.parts.includes('training') && options.systems.some(system => system !== 'rxnn')) installPeers();
run(process.execPath, [...engine(), 'test/bench/main.js', ...args]);

/** The arguments, looked at before minutes are spent on anything. */
function parse() {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exit(2);
  }
}

/** The V8 flag that `rxnn` sets for itself where there is what it turns on, for all systems. */
function engine() {
  const builtIn = process.config.variables.v8_enable_wasm_simd256_revec === 1;
  const known = builtIn && process.arch === 'x64' && Number.parseInt(process.versions.node, 10) >= 24;
  return known ? ['--experimental-wasm-revectorize'] : [];
}

/** Installs what test/bench/package-lock.json lists, if that is not there yet; nothing of it may run scripts. */
function installPeers() {
  const installed = `${root}test/bench/node_modules/.package-lock.json`;
  const lock = `${root}test/bench/package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write('installing the peers under test/bench\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: `${root}test/bench`,
    shell: process.platform === 'win32',
    // Standard output is for results.
    stdio: ['ignore', 2, 2],
  });
}
