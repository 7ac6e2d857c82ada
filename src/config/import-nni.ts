import { type Drawn, keyFrom, normalFrom, rangeFrom, type Teller } from './import-ranges.js';
import type { Translation } from './import-search.js';
import { isJsonObject, type JsonObject } from './read-json.js';

/** An NNI search space: every parameter is `{ "_type": "uniform", "_value": [0, 1] }`, also within the options of a choice. */
export function nniSpace(parameters: JsonObject): Translation {
  const notes: string[] = [];
  const space = parametersFrom(parameters, '', sentence => void notes.push(sentence));
  notes.push('a search space says neither metric nor trials; the objective is to minimize "loss", in 20 trials');
  return { space, settings: { sampler: 'tpe' }, notes };
}

function parametersFrom(parameters: JsonObject, before: string, note: (sentence: string) => void): JsonObject {
  const entries = Object.entries(parameters).flatMap(([key, parameter]) => {
    const teller: Teller = { name: before + key, note };
    const drawn = isJsonObject(parameter) ? parameterFrom(parameter, teller) : undefined;
    if (!isJsonObject(parameter)) note(`${teller.name}: expected { "_type": …, "_value": … }; it is left out`);
    return drawn === undefined ? [] : [[keyFrom(key, teller), drawn] as const];
  });
  return Object.fromEntries(entries);
}

function parameterFrom({ _type: type, _value: value }: JsonObject, teller: Teller): Drawn {
  const { name, note } = teller;
  if (!Array.isArray(value) || value.length === 0) return void note(`${name}: it has no values; it is left out`);
  const [first, second, q] = value.map(Number) as [number, number, number];
  switch (type) {
    case 'choice':
      return { choice: [...new Set(value.map(option => optionFrom(option, teller)))] };
    case 'randint':
      // Its upper end is excluded there.
      return rangeFrom({ low: first, high: second - 1, int: true }, teller);
    case 'uniform':
      return rangeFrom({ low: first, high: second }, teller);
    case 'quniform':
      return rangeFrom({ low: first, high: second, q }, teller);
    case 'loguniform':
      return rangeFrom({ low: first, high: second, log: true }, teller);
    case 'qloguniform':
      return rangeFrom({ low: first, high: second, log: true, q }, teller);
    case 'normal':
      return normalFrom(first, second, {}, teller);
    case 'qnormal':
      return normalFrom(first, second, { q }, teller);
    case 'lognormal':
      return normalFrom(first, second, { log: true }, teller);
    case 'qlognormal':
      return normalFrom(first, second, { log: true, q }, teller);
    default:
      return void note(`${name}: there is no "${String(type)}" here; it is left out`);
  }
}

/** An option that holds more parameters has its name as `_name` there, and as its only key here. */
function optionFrom(option: unknown, { name, note }: Teller): unknown {
  if (!isJsonObject(option) || typeof option._name !== 'string') return option;
  const { _name, ...inside } = option;
  if (Object.keys(inside).length === 0) return _name;
  return { [_name]: parametersFrom(inside, `${name}.${_name}.`, note) };
}
