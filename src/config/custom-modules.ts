import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnnotatingRule } from '../early-stopping/rule.js';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { named } from '../early-stopping/user-rule.js';
import { InputError } from '../errors.js';
import * as ops from '../kernels/ops/all.js';
import type { ActivationFunction } from '../nn/activations.js';
import { shown } from '../nn/options.js';
import type { Reference } from './part-schemas.js';

/** What a user's module exports by default: it makes the part from `with` and what the part may need. */
type Factory = (options: object, context: { readonly ops: typeof ops; readonly study?: StudyView }) => unknown;

/** The users' own parts that a file refers to, imported. */
export interface CustomModules {
  /** Throws an `InputError` when the module does not make a function. */
  activation(reference: Reference): ActivationFunction;
  /** The user's operator, named for its file; throws an `InputError` when the module does not make a function. */
  rule(reference: Reference, study: StudyView): AnnotatingRule;
}

/**
 * Imports the modules that `references` name, each relative to the folder of `file`.
 *
 * @throws InputError with file and path for one that is not there, cannot be imported, or exports no function by default.
 */
export async function importModules(
  file: string,
  references: readonly { readonly reference: Reference; readonly path: string }[],
): Promise<CustomModules> {
  const factories = new Map<string, Factory>();
  for (const { reference, path } of references) {
    if (factories.has(reference.use)) continue;
    factories.set(
      reference.use,
      await importFactory(resolve(dirname(file), reference.use), reference.use, { file, path: `${path}.use` }),
    );
  }
  const make = (reference: Reference, study?: StudyView): unknown => {
    const factory = factories.get(reference.use);
    if (factory === undefined) throw new Error(`${reference.use} was not imported`);
    return factory(reference.with ?? {}, study === undefined ? { ops } : { ops, study });
  };
  return {
    activation(reference) {
      const made = make(reference);
      if (typeof made === 'function') return made as ActivationFunction;
      throw new InputError(
        `its default export must return an activation, a function of a node, and returned ${shown(made)}`,
        { file: reference.use },
      );
    },
    rule(reference, study) {
      const made = make(reference, study);
      if (typeof made === 'function') return named(partName(reference), made as Rule);
      throw new InputError(
        `its default export must return an operator, a function of a stream of reports, and returned ${shown(made)}`,
        { file: reference.use },
      );
    },
  };
}

/** `plateau` for `./rules/plateau.mjs`. */
export function partName({ use }: Reference): string {
  return basename(use, extname(use));
}

/**
 * Imports the function that a module exports by default.
 *
 * @throws InputError at `place`.
 */
export async function importFactory(
  path: string,
  name: string,
  place: { readonly file: string; readonly path?: string | undefined },
): Promise<Factory> {
  if (!existsSync(path)) throw new InputError(`there is no file "${name}" (${path})`, place);
  if (!statSync(path).isFile()) throw new InputError(`"${name}" is not a file`, place);
  const module: { readonly default?: unknown } = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new InputError(`"${name}" cannot be imported: ${oneLine(error)}`, place);
  });
  if (typeof module.default === 'function') return module.default as Factory;
  throw new InputError(
    `"${name}" must export a function by default (export default function …), and exports ${
      module.default === undefined ? 'none' : shown(module.default)
    }`,
    place,
  );
}

function oneLine(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) };
  return `${name}: ${message}`.replace(/\s+/g, ' ');
}
