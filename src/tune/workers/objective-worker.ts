import { fileURLToPath } from 'node:url';
import { InputError } from '../../errors.js';
import type { Checkpointed } from '../checkpoint-task.js';
import type { TrialContext } from '../tune.js';
import type { WorkerObjective } from './open-workers.js';
import { serveTrials } from './serve-trials.js';

// The entry file of workers that run a user's objective from a module of its own.

serveTrials(({ module, shared }: { readonly module: string; readonly shared: unknown }) => {
  // At once, while the tuner still prepares its own; who asks for a trial hears what went wrong.
  const importing = import(module).catch(error => {
    throw notLoaded(module, error);
  });
  importing.catch(() => {});
  return async task => {
    const { hparams, context } = task as { readonly hparams: unknown; readonly context: TrialContext & Checkpointed };
    const objective = (await importing).default as WorkerObjective<unknown, unknown>;
    if (typeof objective !== 'function') {
      throw new Error(`${module} must export the objective, a function, by default`);
    }
    return () => objective(hparams, { ...context, shared });
  };
});

/** What went wrong with the module, or one that it imports: a syntax error tells no file of itself. */
function notLoaded(module: string, error: unknown): unknown {
  const file = module.startsWith('file:') ? fileURLToPath(module) : module.slice(0, 60);
  if (error instanceof InputError) return error.at({ file });
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const where = name === 'SyntaxError' ? ' (`node --check` shows the line)' : '';
  return Object.assign(new Error(`${file} cannot be loaded: ${name}: ${message}${where}`), { stack });
}
