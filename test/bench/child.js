// A process of its own for each side that is measured, so that none shares a heap or compiled code with another.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts a module of this folder as a process that answers requests, one at a time.
 *
 * @param {string} file
 * @param {object} settings what it is started with, as JSON
 */
export function startChild(file, settings) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', chunk => {
    errors = `${errors}${chunk}`.slice(-4000);
  });
  /** Resolves to the answer; rejects with the reason when the child says that it failed, or ends. */
  const ask = (request, ...args) =>
    new Promise((resolve, reject) => {
      const end = (code, signal) => {
        child.off('message', answer);
        reject(
          new Error(
            `the process ended (${signal ?? `exit code ${code}`})${errors === '' ? '' : `: ${reason(errors)}`}`,
          ),
        );
      };
      const answer = ({ value, error }) => {
        child.off('exit', end);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      };
      if (child.exitCode !== null || child.signalCode !== null) return end(child.exitCode, child.signalCode);
      child.once('message', answer);
      child.once('exit', end);
      child.send({ request, args });
    });
  return { ask, end: () => child.kill() };
}

/** The line of an uncaught error that says what happened. */
const reason = text => text.split('\n').find(line => /Error\b.*:/.test(line)) ?? text.trim().split('\n').at(-1);

/**
 * Answers requests in such a process with the functions that `open(settings)` gives.
 *
 * @param {(settings: any) => Promise<Record<string, any>>} open
 */
export function serve(open) {
  const opened = open(JSON.parse(process.argv[2] ?? '{}'));
  // A failure is the answer to the first request.
  opened.catch(() => {});
  process.on('message', async ({ request, args }) => {
    try {
      const side = await opened;
      process.send?.({ value: typeof side[request] === 'function' ? await side[request](...args) : side[request] });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}
