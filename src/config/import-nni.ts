import { type Drawn, keyFrom, normalFrom, rangeFrom, type Teller } from './import-ranges.js';
import type { Translation } from './import-search.js';
import { isJsonObject, type JsonObject } from './read-json.js';

/** The tuners of NNI that there are here. */
const TUNERS: Readonly<Record<string, string>> = { TPE: 'tpe', Random: 'random', GridSearch: 'grid', GP: 'gp' };

/** Keys of an experiment that can be said elsewhere here, or not at all. */
const OF_THERE = ['trialCommand', 'trial', 'trainingService', 'maxExperimentDuration', 'maxExecDuration', 'assessor'];

/**
 * An NNI search space: every parameter is `{ "_type": "uniform", "_value": [0, 1] }`, also within the options of a choice. Of the
 * experiment around it, if there is one, come the number of trials and of those at a time, the direction and the tuner.
 */
export function nniSpace(parameters: JsonObject, experiment: JsonObject = {}): Translation {
  const notes: string[] = [];
  const note = (sentence: string) => void notes.push(sentence);
  const space = parametersFrom(parameters, '', note);
  const { experimentName, trialConcurrency, tuner } = experiment;
  const trials = [experiment.maxTrialNumber, experiment.maxTrialNum].find(isCount);
  const { name = 'TPE', builtinTunerName = name, classArgs } = isJsonObject(tuner) ? tuner : {};
  const maximize = isJsonObject(classArgs) && classArgs.optimize_mode === 'maximize';
  const sampler = Object.hasOwn(TUNERS, String(builtinTunerName)) ? TUNERS[String(builtinTunerName)] : 'tpe';
  if (sampler === 'tpe' && builtinTunerName !== 'TPE')
    note(`tuner: there is no "${String(builtinTunerName)}" here; the sampler is tpe`);
  const objective = maximize ? { maximize: 'score' } : { minimize: 'loss' };
  const goal = maximize ? 'maximize "score"' : 'minimize "loss"';
  const twenty = trials === undefined && sampler !== 'grid';
  note(
    `${twenty ? 'neither metric nor trials are said' : 'no metric is said'}; the objective is to ${goal}${twenty ? ', in 20 trials' : ''}`,
  );
  const left = OF_THERE.filter(key => experiment[key] !== undefined);
  if (left.length > 0)
    note(`${left.join(', ')}: how the experiment is run there; here a module trains, ./objective.mjs`);
  return {
    space,
    settings: {
      ...(typeof experimentName === 'string' && experimentName !== '' && { name: experimentName }),
      objective,
      sampler,
      ...(trials !== undefined && { trials }),
      ...(isCount(trialConcurrency) && { parallel: trialConcurrency }),
    },
    notes,
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
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
