import { didYouMean, InputError } from '../errors.js';
import type { HParams, HParamValue } from './events.js';
import type { Hyperparameter } from './hyperparameter.js';

// What the parts of a constraint come to at a point: values, and the unknown.

/** What a value is. */
export type Kind = 'number' | 'string' | 'boolean' | 'null';
/** undefined: unknown. */
type Value = HParamValue | undefined;

/** A part of a constraint, ready to be evaluated. */
export interface Part {
  readonly evaluate: (hparams: HParams) => Value;
  /** What it can be. */
  readonly kinds: ReadonlySet<Kind>;
  readonly at: number;
  /** The choice that it is the value of. */
  readonly choice?: Hyperparameter | undefined;
  /** The text that stands there literally. */
  readonly literal?: string | undefined;
}

/** Each kind in words. */
export const ARTICLES: Readonly<Record<Kind, string>> = {
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  null: 'null',
};

/** An error at a column, from 1. */
export function wrong(at: number, problem: string): InputError {
  return new InputError(`column ${at}: ${problem}`);
}

/** The kind of an option. */
export function kindOf(value: HParamValue): Kind {
  return value === null ? 'null' : (typeof value as Kind);
}

/** The part itself, which can be of a kind that an operator needs. */
export function requireKind(part: Part, kind: Kind, operator: string): Part {
  if (part.kinds.has(kind)) return part;
  const got = [...part.kinds].map(each => ARTICLES[each]).join(' or ');
  throw wrong(part.at, `"${operator}" takes ${kind === 'boolean' ? 'conditions' : 'numbers'}, got ${got}`);
}

/** Throws unless two parts can be compared at all, and a text that a choice is compared with is one of its options. */
export function comparable(left: Part, right: Part, sign: string, at: number): void {
  const ordered = !['==', '=', '!='].includes(sign);
  for (const [choice, literal, place] of [
    [left.choice, right.literal, right.at],
    [right.choice, left.literal, left.at],
  ] as const) {
    if (ordered || choice === undefined || literal === undefined || choice.labels.includes(literal)) continue;
    const options = choice.labels.map(String);
    throw wrong(
      place,
      `no option ${JSON.stringify(literal)} of ${choice.name}${didYouMean(literal, options)}; there are ${options.join(', ')}`,
    );
  }
  const shared = [...left.kinds].filter(
    kind => right.kinds.has(kind) && (!ordered || kind === 'number' || kind === 'string'),
  );
  if (shared.length > 0) return;
  const of = (part: Part) => [...part.kinds].map(each => ARTICLES[each]).join(' or ');
  throw wrong(at, `"${sign}" cannot compare ${of(left)} with ${of(right)}`);
}

/** Arithmetic: unknown when a value is, or is no number. */
export function numeric(at: number, parts: readonly Part[], of: (...values: number[]) => number): Part {
  return {
    evaluate: hparams => {
      const values = parts.map(part => part.evaluate(hparams));
      return values.every(value => typeof value === 'number') ? of(...(values as number[])) : undefined;
    },
    kinds: new Set(['number']),
    at,
  };
}

/** `and` or `or`. */
export function logical(operator: 'and' | 'or', left: Part, right: Part): Part {
  return {
    evaluate: hparams => {
      const values = [left.evaluate(hparams), right.evaluate(hparams)].map(value =>
        typeof value === 'boolean' ? value : undefined,
      );
      if (operator === 'and') return allOf(values);
      return values.includes(true) ? true : values.includes(undefined) ? undefined : false;
    },
    kinds: new Set(['boolean']),
    at: left.at,
  };
}

/** True if all are, false if one is, else unknown. */
export function allOf(values: readonly (boolean | undefined)[]): boolean | undefined {
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}

/** What a comparison comes to; of what cannot be put in order, nothing. */
export function compare(sign: string, a: Value, b: Value): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (sign === '==' || sign === '=') return a === b;
  if (sign === '!=') return a !== b;
  const alike = typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');
  if (!alike) return undefined;
  const [x, y] = [a as number, b as number];
  return sign === '<' ? x < y : sign === '<=' ? x <= y : sign === '>' ? x > y : x >= y;
}
