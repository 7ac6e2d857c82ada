import { type Drawn, keyFrom, normalFrom, power, rangeFrom, type Teller } from './import-ranges.js';
import type { Translation } from './import-search.js';
import type { ParsedYaml } from './parse-yaml.js';
import { isJsonObject, type JsonObject } from './read-json.js';

/** Keys of a sweep that say how it is run there. */
const OF_THERE = ['program', 'command', 'project', 'entity', 'description', 'controller', 'job', 'image_uri'];

/** What is needed for a parameter: its keys in the file, and how scalars are written there. */
interface Place extends Teller {
  readonly path: readonly string[];
  readonly sourceAt: ParsedYaml['sourceAt'];
}

/** A Weights & Biases sweep's parameters, metric, method, count and early termination. */
export function sweepSpace(sweep: JsonObject, sourceAt: ParsedYaml['sourceAt']): Translation {
  const notes: string[] = [];
  const note = (sentence: string) => void notes.push(sentence);
  const space = parametersFrom(sweep.parameters as JsonObject, { name: '', path: ['parameters'], note, sourceAt });
  const { name, metric, method, run_cap: trials, early_terminate: early } = sweep;
  const goal = isJsonObject(metric) && typeof metric.name === 'string' ? metric.name : undefined;
  if (goal === undefined) note('the sweep names no metric; the objective is to minimize "loss"');
  const side = isJsonObject(metric) && metric.goal === 'maximize' ? 'maximize' : 'minimize';
  const sampler = samplerFrom(method, note);
  const rule = early === undefined ? undefined : ruleFrom(early, note);
  const left = OF_THERE.filter(key => sweep[key] !== undefined);
  if (left.length > 0) note(`${left.join(', ')}: how the sweep is run there; here a module trains, ./objective.mjs`);
  return {
    space,
    settings: {
      ...(typeof name === 'string' && name !== '' && { name }),
      objective: { [side]: goal ?? 'loss' },
      sampler,
      ...(rule !== undefined && { earlyStopping: ['diverged', rule] }),
      ...(Number.isSafeInteger(trials) && (trials as number) > 0 && { trials }),
    },
    notes,
  };
}

function parametersFrom(parameters: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(parameters).flatMap(([key, parameter]) => {
    const inner: Place = { ...place, name: place.name + key, path: [...place.path, key] };
    if (!isJsonObject(parameter)) {
      inner.note(`${inner.name}: expected an object such as { values: [1, 2] }; it is left out`);
      return [];
    }
    const drawn = isJsonObject(parameter.parameters)
      ? parametersFrom(parameter.parameters, {
          ...inner,
          name: `${inner.name}.`,
          path: [...inner.path, 'parameters'],
        })
      : parameterFrom(parameter, inner);
    return drawn === undefined ? [] : [[keyFrom(key, inner), drawn] as const];
  });
  return Object.fromEntries(entries);
}

function parameterFrom(parameter: JsonObject, teller: Place): Drawn {
  const { value, values, probabilities, min, max, q } = parameter;
  const { name, note, path, sourceAt } = teller;
  if (value !== undefined) return value;
  if (Array.isArray(values)) {
    if (probabilities !== undefined)
      note(`${name}: its values are equally likely here; the probabilities are left out`);
    return values.length === 0
      ? void note(`${name}: there are no values; it is left out`)
      : { choice: [...new Set(values)] };
  }
  // There `0.0` and `1e3` are no integers.
  const whole = (end: 'min' | 'max') =>
    Number.isInteger(parameter[end]) && !/^[^x]*[.e]/i.test(sourceAt([...path, end]) ?? '');
  const distribution = parameter.distribution ?? (whole('min') && whole('max') ? 'int_uniform' : 'uniform');
  const [low, high, step] = [min, max, q].map(Number) as [number, number, number];
  const quantum = { q: q === undefined ? undefined : step };
  const quantized = { q: q === undefined ? 1 : step };
  const [mean, deviation] = [Number(parameter.mu ?? 0), Number(parameter.sigma ?? 1)];
  switch (distribution) {
    case 'int_uniform':
      return rangeFrom({ low, high, int: true }, teller);
    case 'uniform':
      return rangeFrom({ low, high, ...quantum }, teller);
    case 'q_uniform':
      return rangeFrom({ low, high, ...quantized }, teller);
    case 'log_uniform_values':
    case 'inv_log_uniform_values':
      return rangeFrom({ low, high, log: true }, teller);
    case 'q_log_uniform_values':
      return rangeFrom({ low, high, log: true, ...quantized }, teller);
    case 'log_uniform':
      return rangeFrom({ low: power(low), high: power(high), log: true }, teller);
    case 'inv_log_uniform':
      return rangeFrom({ low: power(-high), high: power(-low), log: true }, teller);
    case 'q_log_uniform':
      return rangeFrom({ low: power(low), high: power(high), log: true, ...quantized }, teller);
    case 'normal':
      return normalFrom(mean, deviation, {}, teller);
    case 'q_normal':
      return normalFrom(mean, deviation, quantized, teller);
    case 'log_normal':
      return normalFrom(mean, deviation, { log: true }, teller);
    case 'q_log_normal':
      return normalFrom(mean, deviation, { log: true, ...quantized }, teller);
    case 'beta':
    case 'q_beta':
      note(`${name}: a beta distribution becomes an even one from 0 to 1`);
      return rangeFrom({ low: 0, high: 1 }, teller);
    default:
      note(`${name}: no distribution "${String(distribution)}" is known; it is left out`);
      return undefined;
  }
}

function samplerFrom(method: unknown, note: (sentence: string) => void): string {
  if (method === 'grid' || method === 'random') return method;
  const sampler = 'gp';
  if (method !== 'bayes') note(`method: there is no "${String(method)}" here; the sampler is ${sampler}`);
  else note(`method: bayes becomes the sampler ${sampler}`);
  return sampler;
}

function ruleFrom(early: unknown, note: (sentence: string) => void): JsonObject | undefined {
  if (!isJsonObject(early) || early.type !== 'hyperband') {
    note('early_terminate: only hyperband can be translated; it is left out');
    return undefined;
  }
  const reductionFactor = Math.max(2, Number(early.eta ?? 3));
  const [most, brackets] = [Number(early.max_iter), Number(early.s ?? 1)];
  const first = early.min_iter === undefined ? most / reductionFactor ** brackets : Number(early.min_iter);
  note('early_terminate: hyperband there stops trials at rungs, as successiveHalving does here');
  return {
    successiveHalving: {
      minResource: Number.isFinite(first) ? Math.max(1, Math.round(first)) : 1,
      reductionFactor: Number.isFinite(reductionFactor) ? reductionFactor : 3,
    },
  };
}
