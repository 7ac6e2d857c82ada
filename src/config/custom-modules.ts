import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { catchError, from } from 'rxjs';
import { type AnnotatingRule, isAnnotating } from '../early-stopping/rule.js';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { named } from '../early-stopping/user-rule.js';
import { InputError, type Place } from '../errors.js';
import * as ops from '../kernels/ops/all.js';
import type { ActivationFunction } from '../nn/activations.js';
import { shown } from '../nn/options.js';
import { pathFrom, requireFile } from './file-kind.js';
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
    const place = { file, path: `${path}.use` };
    factories.set(reference.use, (await importDefault(pathFrom(file, reference.use), place)) as Factory);
  }
  const make = (reference: Reference, study?: StudyView): unknown => {
    const factory = factories.get(reference.use);
    if (factory === undefined) throw new Error(`${reference.use} was not imported`);
    try {
      return factory(reference.with ?? {}, study === undefined ? { ops } : { ops, study });
    } catch (error) {
      throw new InputError(`its default export failed: ${oneLine(error)}`, { file: reference.use });
    }
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
      if (typeof made === 'function') return named(partName(reference), blamed(reference.use, made as Rule));
      throw new InputError(
        `its default export must return an operator, a function of a stream of reports, and returned ${shown(made)}`,
        { file: reference.use },
      );
    },
  };
}

/** The operator, with its file's name in its errors; one of rxnn's own passes those of the training on and stays as it is. */
function blamed(use: string, operator: Rule): Rule {
  if (isAnnotating(operator)) return operator;
  const blame = (error: unknown): never => {
    const plain = error instanceof Error && error.name === 'Error';
    throw new Error(`${use}: ${plain ? error.message : oneLine(error)}`, { cause: error });
  };
  const blaming: Rule = reports$ => {
    try {
      return from(operator(reports$)).pipe(catchError(blame));
    } catch (error) {
      return blame(error);
    }
  };
  return Object.assign(blaming, { within: operator.within, looksOnly: operator.looksOnly });
}

/** `plateau` for `./rules/plateau.mjs`. */
export function partName({ use }: Pick<Reference, 'use'>): string {
  return basename(use, extname(use));
}

/** The function that a module exports by default; an `InputError` at `place` says why there is none. */
export async function importDefault(path: string, place: Place): Promise<(...args: never) => unknown> {
  requireFile(path, place);
  const name = JSON.stringify(path);
  const module: { readonly default?: unknown } = await import(pathToFileURL(resolve(path)).href).catch(
    (error: unknown) => {
      throw new InputError(`${name} cannot be imported: ${oneLine(error)}`, place);
    },
  );
  if (typeof module.default === 'function') return module.default as (...args: never) => unknown;
  throw new InputError(`${name} must export a function (export default function …), and ${whatInstead(module)}`, place);
}

function whatInstead(module: object): string {
  if ('default' in module) return `exports ${shown(module.default)}`;
  const names = Object.keys(module).map(name => JSON.stringify(name));
  return names.length === 0 ? 'exports nothing' : `has no default export, only ${names.join(', ')}`;
}

function oneLine(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) };
  return `${name}: ${message}`.replace(/\s+/g, ' ');
}
