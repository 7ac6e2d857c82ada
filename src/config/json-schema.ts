import * as z from 'zod';
import { OF_THE_STUDY } from './check-search.js';
import { descriptionOf } from './key-descriptions.js';
import { moduleSearchSchema } from './study-schema.js';
import { trainingSchema } from './training-schema.js';

// JSON Schemas (draft 7, which editors know best) of the files, made of the one description that validates them. What they accept is
// somewhat more than what runs: the rest needs the data, the modules, or more than one value at a time to be told.

/** A JSON Schema, or a part of one. */
export type Schema = { readonly [key: string]: unknown };

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The JSON Schema of training files. */
export function trainingJsonSchema(): Schema {
  const { root, definitions } = translate(trainingSchema, false);
  return { $schema: DRAFT, title: 'A training file of rxnn', ...root, definitions };
}

/** The JSON Schema of search files: a distribution may stand for every value that is not the same for all trials. */
export function searchJsonSchema(): Schema {
  const { root, definitions } = translate(z.union([trainingSchema, moduleSearchSchema]), true);
  const [training, own] = root.anyOf as readonly Schema[];
  const module = { required: ['objective'], properties: { objective: { type: 'object', required: ['module'] } } };
  return {
    $schema: DRAFT,
    title: 'A search file of rxnn',
    type: 'object',
    if: { anyOf: [{ required: ['space'] }, module] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: own,
    else: training,
    definitions,
  };
}

function translate(schema: z.ZodType, search: boolean): { root: Schema; definitions: Record<string, Schema> } {
  const {
    $schema: _,
    definitions: given = {},
    ...root
  } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
  }) as Schema;
  const recursive = given as Record<string, Schema>;
  const definitions: Record<string, Schema> = {};
  const renamed = new Map<string, string>();
  const taken = new Map<string, number>();
  /** The definitions of values that may be distributions, by what the values are. */
  const places = new Map<string, string>();

  /** That of the key where a definition was first needed, with a number from the second on. */
  const newName = (path: readonly string[]): string => {
    const key = path.at(-1) ?? 'file';
    const used = (taken.get(key) ?? 0) + 1;
    taken.set(key, used);
    return used === 1 ? key : `${key}${used}`;
  };

  const refer = (ref: string, path: readonly string[]): Schema => {
    const id = ref.replace('#/definitions/', '');
    const known = renamed.get(id);
    if (known !== undefined) return { $ref: `#/definitions/${known}` };
    const name = newName(path);
    renamed.set(id, name);
    const definition = recursive[id] as Schema;
    definitions[name] = isAnyJson(definition, ref) ? {} : walk(definition, path, search);
    return { $ref: `#/definitions/${name}` };
  };

  const walk = (node: Schema, path: readonly string[], drawn: boolean): Schema => {
    const result: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref') return refer(value as string, path);
      if (key === 'allOf') return walk((value as Schema[])[0] as Schema, path, drawn);
      if (key === 'propertyNames' || (key === 'maximum' && value === LARGEST)) continue;
      if (key === 'anyOf') result[key] = (value as Schema[]).map(each => walk(each, path, drawn));
      else if (key === 'items') result[key] = place(value as Schema, path, drawn);
      else if (key === 'additionalProperties' && typeof value === 'object') {
        // Keys of one's own: columns, options of a module, a space.
        result[key] = path.at(-1) === 'space' ? anywhere() : walk(value as Schema, path, false);
      } else if (key === 'properties') {
        result[key] = Object.fromEntries(
          Object.entries(value as Record<string, Schema>).map(([name, child]) => {
            const inside = [...path, name];
            const { description = descriptionOf(inside), ...rest } = child;
            const same =
              !drawn || (path.length === 0 && OF_THE_STUDY.includes(name)) || name === 'types' || name === 'space';
            return [name, { ...(description === undefined ? {} : { description }), ...place(rest, inside, !same) }];
          }),
        );
      } else result[key] = value;
    }
    return result;
  };

  /** A value that may be a distribution. */
  const place = (node: Schema, path: readonly string[], drawn: boolean): Schema => {
    const value = walk(node, path, drawn);
    if (!drawn) return value;
    const key = JSON.stringify(value);
    const known = places.get(key);
    if (known !== undefined) return { $ref: `#/definitions/${known}` };
    const name = newName(path);
    places.set(key, name);
    const ref = { $ref: `#/definitions/${name}` };
    const forms = Object.keys(value).length === 1 && Array.isArray(value.anyOf) ? (value.anyOf as Schema[]) : [value];
    definitions[name] = { anyOf: [...forms, ...ranges(numbersOf(node)), ...options(ref)] };
    return ref;
  };

  const anywhere = (): Schema => {
    const value = { $ref: '#/definitions/spaceValue' };
    definitions.spaceValue ??= {
      anyOf: [
        ...ranges([{ type: 'number' }]),
        ...options(value),
        { type: ['string', 'number', 'boolean', 'null'] },
        { type: 'array', items: value },
        { type: 'object', not: { anyOf: WORDS.map(word => ({ required: [word] })) }, additionalProperties: value },
      ],
    };
    return value;
  };

  /** The forms of a value that are numbers. */
  const numbersOf = (node: Schema): Schema[] => {
    if (typeof node.$ref === 'string') return numbersOf(recursive[node.$ref.replace('#/definitions/', '')] as Schema);
    if (Array.isArray(node.allOf)) return numbersOf(node.allOf[0]);
    // No value that refers to itself is a form of itself.
    if (Array.isArray(node.anyOf)) return (node.anyOf as Schema[]).flatMap(numbersOf);
    return node.type === 'number' || node.type === 'integer' ? [walk(node, [], false)] : [];
  };

  return { root: walk(root, [], search), definitions };
}

/** Whether a definition is `z.json()`: whatever JSON can say. */
function isAnyJson({ anyOf }: Schema, ref: string): boolean {
  return (
    Array.isArray(anyOf) && anyOf.some(each => each.type === 'array' && each.items?.$ref === ref) && anyOf.length === 6
  );
}

const NAME = {
  description: 'What the hyperparameter is called, instead of its shortest path.',
  type: 'string',
  minLength: 1,
};

/** What an object that has one of these keys is. */
const WORDS = ['float', 'int', 'choice', 'ordinal'];

/** The distributions over numbers. */
function ranges(numbers: readonly Schema[]): Schema[] {
  if (numbers.length === 0) return [];
  const [only] = numbers;
  const whole = numbers.every(({ type }) => type === 'integer');
  const bound = numbers.length === 1 ? only : { anyOf: numbers };
  return ['float', 'int'].map(kind => ({
    type: 'object',
    properties: {
      [kind]: {
        description: `${kind === 'int' ? 'Whole numbers' : 'Numbers'} from the first to the second, both included.`,
        type: 'array',
        items: bound,
        minItems: 2,
        maxItems: 2,
      },
      log: { description: 'Uniform in the logarithm; false unless stated.', type: 'boolean' },
      step: { description: 'Only low, low + step, …; not together with log.', type: 'number', exclusiveMinimum: 0 },
      name: NAME,
    },
    // Without steps few numbers of a float are whole.
    required: whole && kind === 'float' ? [kind, 'step'] : [kind],
    additionalProperties: false,
  }));
}

/** The distributions over options. */
function options(option: Schema): Schema[] {
  return ['choice', 'ordinal'].map(kind => ({
    type: 'object',
    properties: {
      [kind]: {
        description: `One of these${kind === 'ordinal' ? ', which are in order' : ''}; options may hold more distributions.`,
        type: 'array',
        items: option,
        minItems: 1,
      },
      name: NAME,
    },
    required: [kind],
    additionalProperties: false,
  }));
}
