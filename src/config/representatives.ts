import { type Distribution, isDistribution, type NumberDistribution } from '../tune/distributions.js';
import type { Path } from '../tune/path.js';
import type { Origin } from './check-schema.js';

/** A value that a template can become. */
export interface Representative {
  readonly value: unknown;
  /** From a path within the value to that within the template's JSON: `optimizer.sgd` is at `optimizer.choice[1].sgd`. */
  readonly origin: Origin;
}

type Picks = ReadonlyMap<Distribution, number>;

/** Where in their ranges the numbers are; a choice that is not varied is at its first or last option. */
const ends = ['low', 'inside', 'high'] as const;
type End = (typeof ends)[number];

/**
 * So many of the values of a template that every option of every choice, also within options, occurs, as do both ends of every range
 * and a number within it: with all the others at their lowest, and again at their highest. What is wrong with an option then shows
 * before a trial draws it. None is there twice.
 */
export function* representatives(template: unknown): Generator<Representative> {
  const known = new Set<string>();
  for (const end of ends) {
    for (const picks of [new Map(), ...everyOption(template, new Map())]) {
      const representative = build(template, picks, end);
      const text = JSON.stringify(representative.value);
      if (known.has(text)) continue;
      known.add(text);
      yield representative;
    }
  }
}

/** Where the first distribution of a template is; undefined when there is none. */
export function distributionPath(template: unknown, path: Path = []): Path | undefined {
  if (isDistribution(template)) return path;
  if (typeof template !== 'object' || template === null) return undefined;
  for (const [key, item] of Object.entries(template)) {
    const found = distributionPath(item, [...path, Array.isArray(template) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* everyOption(value: unknown, outer: Picks): Generator<Picks> {
  if (isDistribution(value)) {
    if (!('options' in value)) return;
    for (const [index, option] of value.options.entries()) {
      const picks = new Map(outer).set(value, index);
      yield picks;
      yield* everyOption(option, picks);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) yield* everyOption(item, outer);
  }
}

function build(template: unknown, picks: Picks, end: End): Representative {
  const origins: { readonly at: Path; readonly from: Path }[] = [];
  const resolve = (value: unknown, at: Path, from: Path): unknown => {
    if (isDistribution(value)) {
      if (!('options' in value)) {
        origins.push({ at, from: [...from, value.kind, ...(end === 'inside' ? [] : [end === 'low' ? 0 : 1])] });
        return numberAt(value, end);
      }
      const index = picks.get(value) ?? (end === 'high' ? value.options.length - 1 : 0);
      const inside = [...from, value.kind, index];
      origins.push({ at, from: inside });
      return resolve(value.options[index], at, inside);
    }
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...at, index], [...from, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolve(item, [...at, key], [...from, key])]),
    );
  };
  return {
    value: resolve(template, [], []),
    origin(path) {
      const nearest = origins.findLast(({ at }) => at.length <= path.length && at.every((part, i) => part === path[i]));
      return nearest === undefined ? path : [...nearest.from, ...path.slice(nearest.at.length)];
    },
  };
}

function numberAt({ kind, low, high, step }: NumberDistribution, end: End): number {
  if (end === 'low') return low;
  if (end === 'high') return high;
  if (step !== undefined || kind === 'int') return low + (step ?? 1);
  // Not the middle, which may be whole.
  return low + (high - low) / Math.PI;
}
