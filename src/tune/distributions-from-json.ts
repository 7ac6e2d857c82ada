import { didYouMean, InputError } from '../errors.js';
import { choice, type Distribution, float, int, ordinal } from './distributions.js';
import { type Path, pathText } from './path.js';

const kinds = ['float', 'int', 'choice', 'ordinal'] as const;
type Kind = (typeof kinds)[number];

const settings: Readonly<Record<Kind, readonly string[]>> = {
  float: ['log', 'step', 'name'],
  int: ['log', 'step', 'name'],
  choice: ['name'],
  ordinal: ['name'],
};

/** The names by which JSON calls distributions, and what may stand beside one. */
export const distributionKinds: readonly string[] = kinds;
export const distributionSettings: readonly string[] = [...new Set(Object.values(settings).flat())];

/**
 * The distribution that a JSON value stands for, `{ "float": [low, high], "log"?, "step"?, "name"? }`, `{ "int": … }`,
 * `{ "choice": [...], "name"? }` or `{ "ordinal": … }`; undefined when it is none. Options are taken as they are.
 *
 * @throws InputError, with the path, for one that is wrong.
 */
export function distributionFromJson(value: unknown, path: Path = []): Distribution | undefined {
  const kind = kindOf(value);
  if (kind === undefined) return undefined;
  const { [kind]: body, ...options } = value as Record<string, unknown>;
  const place = { path: pathText(path) };
  for (const key of Object.keys(options)) {
    if (settings[kind].includes(key)) continue;
    throw new InputError(
      `unknown key "${key}" beside "${kind}"${didYouMean(key, settings[kind])}; it takes ${settings[kind].join(', ')}`,
      place,
    );
  }
  try {
    if (kind === 'choice') return choice(body as readonly unknown[], options);
    if (kind === 'ordinal') return ordinal(body as readonly unknown[], options);
    if (!Array.isArray(body) || body.length !== 2) {
      throw new InputError(`${kind}: expected [low, high], got ${JSON.stringify(body)}`);
    }
    return (kind === 'float' ? float : int)(body[0] as number, body[1] as number, options);
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}

/**
 * A copy of a JSON value in which everything that stands for a distribution is one, also within options.
 * What lies at a path for which `skip` is true is left alone (a table of a user's own names, say).
 *
 * @throws InputError, with the path, for a distribution that is wrong.
 */
export function parseDistributions(json: unknown, skip: (path: Path) => boolean = () => false): unknown {
  const parse = (value: unknown, path: Path): unknown => {
    if (skip(path)) return value;
    if (Array.isArray(value)) return value.map((item, index) => parse(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    const kind = kindOf(value);
    if (kind === undefined) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parse(item, [...path, key])]));
    }
    const body = (value as Record<string, unknown>)[kind];
    if ((kind !== 'choice' && kind !== 'ordinal') || !Array.isArray(body)) return distributionFromJson(value, path);
    // Before its options are parsed, so that errors come from the outside in, in the order of the file.
    distributionFromJson(value, path);
    return distributionFromJson({ ...value, [kind]: parse(body, [...path, kind]) }, path);
  };
  return parse(json, []);
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return kinds.find(kind => Object.hasOwn(value, kind));
}
