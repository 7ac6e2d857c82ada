import type { Dataset } from '../data/dataset.js';
import { InputError } from '../errors.js';
import type { Network } from '../nn/network.js';
import { shown } from '../nn/options.js';

// What a training is put together from, as a JavaScript user may have mistaken it.

/** Throws an `InputError` unless `where` was given a network. */
export function requireNetwork(where: string, net: Network): void {
  if (typeof net?.trace === 'function') return;
  throw new InputError(
    `${where}: expected \`net\` to be a network, made by a call such as network([dense(10)], { inputs: 64 }), got ${shown(net)}`,
  );
}

/** Throws an `InputError` unless `where` was given a dataset as `name`. */
export function requireDataset(where: string, name: string, dataset: Dataset): void {
  if (typeof dataset?.x?.length === 'number' && typeof dataset.y?.length === 'number') return;
  const expected = `${where}: expected \`${name}\` to be a dataset`;
  const given = { ...(dataset as object) } as { readonly split?: unknown; readonly train?: unknown };
  if (typeof given.split === 'function') {
    throw new InputError(`${expected}, got a table; take table.split({ validation: 0.2 }).train of it, or table.all()`);
  }
  if (typeof given.train === 'object') {
    throw new InputError(`${expected}, got both sides of a split; take its \`train\` or its \`validation\``);
  }
  const got = Array.isArray(dataset)
    ? 'an array'
    : typeof dataset === 'object' && dataset
      ? 'an object'
      : shown(dataset);
  throw new InputError(`${expected} such as fromArrays({ x, y }) makes, got ${got}`);
}
