import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../src/errors.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder of files for one test file, whose modules find rxnn and rxjs as a user's would. */
export interface Folder {
  readonly path: string;
  /** Writes a file (JSON unless it is text) and returns its path. */
  write(name: string, content: unknown): string;
  remove(): void;
}

export function openFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'rxnn-config-'));
  mkdirSync(join(path, 'node_modules'));
  symlinkSync(root, join(path, 'node_modules/rxnn'));
  symlinkSync(join(root, 'node_modules/rxjs'), join(path, 'node_modules/rxjs'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** 24 rows of two numbers, a word and a class out of three; `value` is a number to regress on. */
export const table = [
  'a,b,kind,value,class,flag',
  ...Array.from(
    { length: 24 },
    (_, i) =>
      `${i % 5},${(i * 7) % 11},${['x', 'y'][i % 2]},${i * 0.75 - 3.5},${['red', 'green', 'blue'][i % 3]},${i % 2}`,
  ),
].join('\n');

/** A small search file on that table. */
export const search = {
  data: { source: 'table.csv', target: 'class' },
  model: { layers: [{ dense: { units: { int: [2, 4] }, activation: 'tanh' } }] },
  loss: 'crossEntropy',
  optimizer: { adam: { learningRate: { float: [0.001, 0.1], log: true } } },
  batchSize: 8,
  epochs: 2,
  trials: 2,
  device: 'cpu',
};

/** A copy of a JSON value with something else at a path such as `model.layers.0.dense.units`; undefined removes it. */
export function edited(json: object, path: string, value: unknown): object {
  const copy = structuredClone(json) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() as string;
  let inner = copy;
  for (const key of keys) {
    inner[key] ??= {};
    inner = inner[key] as Record<string, unknown>;
  }
  if (value === undefined) delete inner[last];
  else inner[last] = value;
  return copy;
}

/** The sentence of the `InputError` that a promise rejects with, without the folder; anything else fails the test. */
export async function sentence(promise: Promise<{ close(): void }>, folder: Folder): Promise<string> {
  const outcome = await promise.then(
    made => {
      made.close();
      return 'no error';
    },
    (error: unknown) => error,
  );
  if (typeof outcome === 'string') return outcome;
  if (!(outcome instanceof InputError)) throw outcome;
  return outcome.message.replaceAll(`${folder.path}/`, '');
}
