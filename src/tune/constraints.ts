import { InputError } from '../errors.js';
import { random } from '../random.js';
import { compileConstraint } from './constraint-expression.js';
import type { HParams, HParamValue } from './events.js';
import { type Hyperparameter, quantile } from './hyperparameter.js';

/** What a point must fulfil: a predicate of the template with the point put in, or a text such as `units1 >= units2`. */
export type Constraint<Value> = string | ((value: Value) => boolean);

/** A constraint, ready to be asked. */
export interface CompiledConstraint {
  /** For people. */
  readonly text: string;
  readonly holds: (hparams: HParams) => boolean;
}

/** So many points are drawn to find one that is allowed: whoever asks for fewer waits for a sampler that draws in vain. */
const DRAWN = 10_000;
const COMPLETED = 1000;

/**
 * Compiles constraints; errors have the path `constraints[i]`.
 *
 * @param substitute the template with a point put in
 * @throws InputError for a text that is wrong, and for what is neither a text nor a function.
 */
export function compileConstraints<Value>(
  constraints: readonly Constraint<Value>[],
  hyperparameters: readonly Hyperparameter[],
  substitute: (hparams: HParams) => Value,
): readonly CompiledConstraint[] {
  if (!Array.isArray(constraints)) {
    throw new InputError(`expected a list of constraints, got ${typeof constraints}`, { path: 'constraints' });
  }
  return (constraints as readonly Constraint<Value>[]).map((constraint, index) => {
    const place = { path: `constraints[${index}]` };
    if (typeof constraint === 'function') {
      return { text: textOf(constraint), holds: hparams => constraint(substitute(hparams)) };
    }
    if (typeof constraint !== 'string') {
      throw new InputError(`expected a function or a text such as "a <= b", got ${typeof constraint}`, place);
    }
    try {
      return { text: constraint, holds: compileConstraint(constraint, hyperparameters) };
    } catch (error) {
      throw error instanceof InputError ? error.at(place) : error;
    }
  });
}

/**
 * Throws an `InputError` when none of 10,000 points drawn at random is allowed, nor any of those given, which may leave values to be drawn;
 * it names the constraint that refuses all of them, if it is one.
 */
export function requirePossible(
  constraints: readonly CompiledConstraint[],
  resolve: (draw: (hyperparameter: Hyperparameter) => HParamValue) => { readonly hparams: HParams },
  given: readonly HParams[] = [],
): void {
  if (constraints.length === 0) return;
  const drawn = (point: number, known: HParams) =>
    resolve(h =>
      Object.hasOwn(known, h.name)
        ? (known[h.name] as HParamValue)
        : quantile(h, random(0, 'constraints', point, h.name).uniform()),
    ).hparams;
  const fulfilled = constraints.map(() => false);
  for (let point = 0; point < DRAWN; point++) {
    const hparams = drawn(point, {});
    const holds = constraints.map(constraint => constraint.holds(hparams));
    if (holds.every(Boolean)) return;
    for (const [i, each] of holds.entries()) fulfilled[i] ||= each;
  }
  const allowed = (point: HParams) => constraints.every(({ holds }) => holds(point));
  for (const known of given) {
    for (let point = 0; point < COMPLETED; point++) if (allowed(drawn(point, known))) return;
  }
  const never = fulfilled.indexOf(false);
  if (never >= 0) {
    const { text } = constraints[never] as CompiledConstraint;
    throw new InputError(`none of ${DRAWN} points drawn at random fulfils "${text}"`, {
      path: `constraints[${never}]`,
    });
  }
  throw new InputError(`none of ${DRAWN} points drawn at random fulfils all ${constraints.length}`, {
    path: 'constraints',
  });
}

/** The source of a predicate, on one line. */
function textOf(predicate: (value: never) => boolean): string {
  const text = String(predicate).replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
