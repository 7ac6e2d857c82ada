import { didYouMean, InputError } from '../errors.js';
import { type Constraint, compileConstraints, requirePossible } from './constraints.js';
import {
  type Distribution,
  isDistribution,
  type NumberDistribution,
  type OptionsDistribution,
} from './distributions.js';
import type { HParams, HParamValue, HyperparameterInfo } from './events.js';
import { checkValue, describe, type Hyperparameter } from './hyperparameter.js';
import { optionLabels } from './option-labels.js';
import type { Path } from './path.js';
import { shortestNames } from './shortest-names.js';

/** A template's type with a value in place of every distribution. */
export type Resolved<T> = T extends NumberDistribution
  ? number
  : T extends OptionsDistribution<infer Option>
    ? Resolved<Option>
    : T extends ((...args: never) => unknown) | ArrayBufferView
      ? T
      : T extends object
        ? { readonly [Key in keyof T]: Resolved<T[Key]> }
        : T;

/** A point of a space, flat, and the template with that point put in. */
export interface Resolution<Value> {
  /** Of the hyperparameters that exist at this point, in the template's order. */
  readonly hparams: HParams;
  readonly value: Value;
}

/** Everything that a template with distributions in it can become. */
export interface SearchSpace<Value = unknown> {
  /** In the template's order; one within an option comes after the choice that it depends on. */
  readonly hyperparameters: readonly Hyperparameter[];
  readonly info: readonly HyperparameterInfo[];
  /** What a point must fulfil to be allowed, as texts for people. */
  readonly constraints: readonly string[];
  /** Whether a point fulfils the space's constraints; what a predicate throws is passed on. */
  allows(hparams: HParams): boolean;
  /** Asks for the value (or label) of every hyperparameter that exists, given those before it. */
  resolve(draw: (hyperparameter: Hyperparameter) => HParamValue): Resolution<Value>;
  /**
   * The template with a point put in.
   *
   * @throws InputError for a value that is missing, unknown or out of range.
   */
  substitute(hparams: HParams): Value;
}

/** A template, taken apart once. */
type Part =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: readonly Part[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Part])[] }
  | { readonly kind: 'drawn'; readonly slot: number; readonly options: readonly Part[] };

/** A hyperparameter before all names are known. */
interface Slot {
  readonly path: Path;
  readonly distribution: Distribution;
  readonly labels: readonly HParamValue[];
  readonly parent?: { readonly slot: number; readonly option: number } | undefined;
}

/** Options of `searchSpace`. */
export interface SpaceOptions<Value> {
  /**
   * What a point must fulfil to be drawn: predicates of the template with the point put in (`h => h.a <= h.b`), and texts in terms of
   * the hyperparameters' names (`'a <= b'`), by the grammar in `constraint-expression.ts`.
   */
  readonly constraints?: readonly Constraint<Value>[] | undefined;
  /** Points that are known, such as those to enqueue: one that is allowed shows that constraints which hardly any point fulfils can be. */
  readonly points?: readonly HParams[] | undefined;
}

/**
 * The space of a template: any nested arrays and objects, with distributions anywhere, also within the options of a choice.
 * What is neither a plain object, an array nor a distribution is passed on as it is.
 *
 * @throws InputError when two hyperparameters have the same name, and for a constraint that is wrong, or that none of many points fulfils.
 * @example searchSpace({ units: int(8, 256), learningRate: float(1e-4, 1e-1, { log: true }) })
 */
export function searchSpace<const Template>(
  template: Template,
  options: SpaceOptions<NoInfer<Resolved<Template>>> = {},
): SearchSpace<Resolved<Template>> {
  const slots: Slot[] = [];
  const root = takeApart(template, [], undefined, slots);
  const hyperparameters = named(slots);

  const resolve = (draw: (hyperparameter: Hyperparameter) => HParamValue) => {
    const drawn: [string, HParamValue][] = [];
    const build = (part: Part): unknown => {
      if (part.kind === 'value') return part.value;
      if (part.kind === 'array') return part.items.map(build);
      if (part.kind === 'object') return Object.fromEntries(part.entries.map(([key, item]) => [key, build(item)]));
      const hyperparameter = hyperparameters[part.slot] as Hyperparameter;
      const value = draw(hyperparameter);
      drawn.push([hyperparameter.name, value]);
      if (part.options.length === 0) return value;
      checkValue(hyperparameter, value);
      return build(part.options[hyperparameter.labels.indexOf(value)] as Part);
    };
    const value = build(root) as Resolved<Template>;
    return { hparams: Object.fromEntries(drawn), value };
  };

  const substitute = (hparams: HParams) => {
    const names = hyperparameters.map(({ name }) => name);
    for (const name of Object.keys(hparams)) {
      if (!names.includes(name)) throw new InputError(`no hyperparameter "${name}"${didYouMean(name, names)}`);
    }
    return resolve(hyperparameter => {
      const { name } = hyperparameter;
      if (!Object.hasOwn(hparams, name)) throw new InputError(`the hyperparameter "${name}" has no value`);
      const value = hparams[name] as HParamValue;
      checkValue(hyperparameter, value);
      return value;
    }).value;
  };

  const constraints = compileConstraints(options.constraints ?? [], hyperparameters, substitute);
  requirePossible(constraints, resolve, options.points);
  return {
    hyperparameters,
    info: hyperparameters.map(describe),
    constraints: constraints.map(({ text }) => text),
    allows: hparams => constraints.every(({ holds }) => holds(hparams)),
    resolve,
    substitute,
  };
}

/** Whether something is a space already, or still a template. */
export function isSearchSpace(value: unknown): value is SearchSpace {
  const { hyperparameters, resolve, substitute } = (value ?? {}) as Partial<SearchSpace>;
  return Array.isArray(hyperparameters) && typeof resolve === 'function' && typeof substitute === 'function';
}

function takeApart(value: unknown, path: Path, parent: Slot['parent'], slots: Slot[]): Part {
  if (isDistribution(value)) {
    const labels = 'options' in value ? optionLabels(value.options) : [];
    const slot = slots.push({ path, distribution: value, labels, parent }) - 1;
    const options =
      'options' in value
        ? value.options.map((option, index) => {
            const inside = namesItself(option, labels[index]) ? path : [...path, index];
            return takeApart(option, inside, { slot, option: index }, slots);
          })
        : [];
    return { kind: 'drawn', slot, options };
  }
  if (Array.isArray(value)) {
    return { kind: 'array', items: value.map((item, index) => takeApart(item, [...path, index], parent, slots)) };
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, takeApart(item, [...path, key], parent, slots)] as const,
    );
    return { kind: 'object', entries };
  }
  return { kind: 'value', value };
}

/** The paths within an option need its index, unless it is an object whose only key no other option has. */
function namesItself(option: unknown, label: HParamValue | undefined): boolean {
  return isPlainObject(option) && Object.keys(option).length === 1 && Object.keys(option)[0] === label;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function named(slots: readonly Slot[]): readonly Hyperparameter[] {
  const names = shortestNames(slots.map(({ path, distribution: { name } }) => ({ path, name })));
  const hyperparameters: Hyperparameter[] = [];
  for (const [index, { path, distribution, labels, parent }] of slots.entries()) {
    const outer = parent && { hyperparameter: hyperparameters[parent.slot] as Hyperparameter, option: parent.option };
    hyperparameters.push({ name: names[index] as string, path, distribution, labels, parent: outer });
  }
  return hyperparameters;
}
