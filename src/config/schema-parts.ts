import * as z from 'zod';
import { didYouMean } from '../errors.js';
import { shown } from '../nn/options.js';

// The small vocabulary of the schemas: each word accepts one kind of value and says so in our own sentences. The schemas
// are plain zod, so a JSON Schema can be made of them.

interface Received {
  readonly input?: unknown;
}

/** The sentence for a value that is missing or of the wrong kind. */
export const expected =
  (accepts: string) =>
  ({ input }: Received): string =>
    input === undefined ? `missing; expected ${accepts}` : `expected ${accepts}, got ${shown(input)}${misspelt(input)}`;

/** For `{ "flot": [0, 1] }`, which nobody but its author knows to be a distribution. */
function misspelt(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  const [key = '', body] = Object.entries(input)[0] ?? [];
  return Array.isArray(body) ? didYouMean(key, ['float', 'int', 'choice', 'ordinal']) : '';
}

/** `unknown key (did you mean "units"?; accepted: units, activation)` */
export function unknownKey(key: string, accepted: readonly string[]): string {
  const near = didYouMean(key, accepted).slice(2, -1);
  return `unknown key (${near === '' ? '' : `${near}; `}accepted: ${accepted.join(', ')})`;
}

/** Text that is not empty. */
export function text(accepts: string) {
  const error = expected(accepts);
  return z.string({ error }).min(1, { error });
}

/** True or false. */
export const flag = z.boolean({ error: expected('true or false') });

/** A whole number within [from, to]. */
export function whole(from: number, to = Number.MAX_SAFE_INTEGER) {
  const error = expected(
    `a whole number ${to === Number.MAX_SAFE_INTEGER ? `from ${from} up` : `from ${from} to ${to}`}`,
  );
  return z.int({ error }).min(from, { error }).max(to, { error });
}

/** A finite number. */
export const anyNumber = z.number({ error: expected('a finite number') });

/** A number above 0. */
export const positive = numberAbove0();

function numberAbove0() {
  const error = expected('a number above 0');
  return z.number({ error }).gt(0, { error });
}

/** A number within [from, to]. */
export function within(from: number, to = Number.POSITIVE_INFINITY) {
  const error = expected(`a number ${to === Number.POSITIVE_INFINITY ? `from ${from} up` : `from ${from} to ${to}`}`);
  const atLeast = z.number({ error }).gte(from, { error });
  return to === Number.POSITIVE_INFINITY ? atLeast : atLeast.lte(to, { error });
}

/** A number from 0 up to, but not including, 1. */
export const fraction = numberBelow1();

function numberBelow1() {
  const error = expected('a number from 0 up to, but not including, 1');
  return z.number({ error }).gte(0, { error }).lt(1, { error });
}

/** One of some names of a `what`; the sentence for another one names the nearest. */
export function oneOf<const Names extends readonly string[]>(what: string, names: Names) {
  const error = ({ input }: Received): string =>
    typeof input === 'string' ? unknownName(what, input, names) : expected(`one of ${names.join(', ')}`)({ input });
  return z.enum(names, { error });
}

/** `no loss "crossEntropi" (did you mean "crossEntropy"?); there are …` */
export function unknownName(what: string, name: string, names: readonly string[]): string {
  return `no ${what} ${JSON.stringify(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`;
}

/** An object with these keys and no other. */
export function keys<Shape extends z.ZodRawShape>(accepts: string, shape: Shape) {
  return z.strictObject(shape, {
    error: issue => {
      const { input, code, keys: unknown } = issue as Received & { code: string; keys?: readonly string[] };
      return code === 'unrecognized_keys'
        ? unknownKey(unknown?.[0] ?? '', Object.keys(shape))
        : expected(accepts)({ input });
    },
  });
}

/** A list. */
export function list<Item extends z.ZodType>(accepts: string, item: Item) {
  return z.array(item, { error: expected(accepts) });
}

/** One form or another; the sentence of a form is used when the value is of its kind. */
export function either<const Forms extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  accepts: string,
  ...forms: Forms
) {
  return z.union(forms, { error: expected(accepts) });
}

/** A part as a file names it: its name alone, or `{ name: { options } }`. */
export type PartForm = string | { readonly [name: string]: object };

/** A part of some family (`optimizer`), by the shapes of its members' options. */
export function part(what: string, shapes: Readonly<Record<string, z.ZodRawShape>>): z.ZodType<PartForm> {
  const names = Object.keys(shapes);
  const accepts = `one of ${names.join(', ')}, by name or with options as { ${JSON.stringify(names[0])}: { … } }`;
  return either(accepts, oneOf(what, names), formOf(what, shapes)) as z.ZodType<PartForm>;
}

/** A part that always has options, `{ name: { options } }`. */
export function formOf(what: string, shapes: Readonly<Record<string, z.ZodRawShape>>) {
  const options = Object.entries(shapes).map(
    ([name, shape]) => [name, keys(`an object with the options of ${name}`, shape).optional()] as const,
  );
  return single(what, Object.fromEntries(options));
}

/** What a JSON Schema says of objects with one key. */
export const ONE_KEY = { minProperties: 1, maxProperties: 1 };

/** An object with exactly one of these keys. */
function single(what: string, shape: z.ZodRawShape) {
  const names = Object.keys(shape);
  const object = z.strictObject(shape, {
    error: issue => {
      const { input, code, keys: unknown } = issue as Received & { code: string; keys?: readonly string[] };
      return code === 'unrecognized_keys'
        ? unknownName(what, unknown?.[0] ?? '', names)
        : expected(`one of ${names.join(', ')}`)({ input });
    },
  });
  const one = object.refine(value => Object.keys(value).length === 1, {
    error: ({ input }) => {
      const given = Object.keys(input as object);
      return `expected one ${what} of ${names.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`;
    },
  });
  return one.meta(ONE_KEY);
}
