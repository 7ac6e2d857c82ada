// Makes a fresh clone runnable: checks Node's version and installs what package-lock.json lists, if that is not there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the project's folder; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** Runs a tool that is installed in node_modules. */
export const runTool = (file, args, options) => run(process.execPath, [`node_modules/${file}`, ...args], options);

export function ready() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19) || process.getBuiltinModule === undefined) {
    process.stderr.write(`rxnn needs Node.js 20.19, or 22.3 or newer; this is ${process.version}\n`);
    process.exit(1);
  }
  const installed = `${root}node_modules/.package-lock.json`;
  const stale = !existsSync(installed) || statSync(installed).mtimeMs < statSync(`${root}package-lock.json`).mtimeMs;
  if (!stale) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    // Standard output is for what was asked for, such as JSON lines.
    stdio: ['ignore', 2, 2],
  });
}
