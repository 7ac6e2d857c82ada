import { createHash } from 'node:crypto';
import type { HParamValue, HyperparameterInfo } from '../tune/events.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import type { StoredStudy } from './read-journal.js';

// Optuna's journal (optuna/storages/journal/_storage.py, the same from 3.1 on): a line an operation, with the number of the operation.
const CREATE_STUDY = 0;
const SET_STUDY_USER_ATTR = 2;
const SET_STUDY_SYSTEM_ATTR = 3;
const CREATE_TRIAL = 4;

const directions = { minimize: 1, maximize: 2 } as const;
const states = { running: 0, complete: 1, pruned: 2, failed: 3, waiting: 4, paused: 0 } as const;

/**
 * A study as a file of Optuna's `JournalFileStorage`, from which Optuna 3.1 and later loads it: parameters with their distributions, states,
 * values and, if there is one objective, intermediate values by epoch. Ordinals are categories there; a trial that waits has its point as
 * `fixed_params`; one that was completed without a value is failed; times are in UTC. How a trial ended is in its user attributes.
 *
 * @example
 * optuna.load_study(study_name=None, storage=JournalStorage(JournalFileStorage('study.log')))
 */
export function exportOptuna({ header, state }: Pick<StoredStudy, 'header' | 'state'>): string {
  const { study } = state;
  const objectives = study?.objectives ?? (study === undefined ? [] : [study.objective]);
  const worker = createHash('sha256').update(header.study.identity).digest('hex').slice(0, 32);
  const line = (op: number, fields: object) => pythonJson({ op_code: op, worker_id: worker, ...fields });
  const distributions = new Map(study?.space.map(info => [info.name, distributionOf(info, state)]));
  const about = { rxnn: header.rxnn, sampler: study?.sampler, rules: study?.rules, seeds: header.seeds };
  const lines = [
    line(CREATE_STUDY, {
      study_name: header.study.name,
      directions: objectives.map(({ direction }) => directions[direction]),
    }),
    line(SET_STUDY_SYSTEM_ATTR, {
      study_id: 0,
      system_attr: { 'study:metric_names': objectives.map(({ metric }) => metric) },
    }),
    line(SET_STUDY_USER_ATTR, { study_id: 0, user_attr: { rxnn: about } }),
    // Optuna numbers trials in the order of their lines.
    ...[...state.trials.values()]
      .sort((a, b) => a.number - b.number)
      .map(trial => line(CREATE_TRIAL, { study_id: 0, ...trialFields(trial, objectives, distributions) })),
  ];
  return `${lines.join('\n')}\n`;
}

/** A distribution in Optuna's JSON, and what stands for a value of it: a number, or the index of a category. */
interface OptunaDistribution {
  readonly json: string;
  internal(value: HParamValue): number;
}

function trialFields(
  trial: TrialRecord,
  objectives: readonly { readonly metric: string }[],
  distributions: ReadonlyMap<string, OptunaDistribution>,
): object {
  const { number, hparams, reports, stop, startedAt, finishedAt, bestEpoch, epochs, samples } = trial;
  const values = valuesOf(trial, objectives.length);
  const state = trial.state === 'complete' && values === undefined ? 'failed' : trial.state;
  const shown = state === 'failed' ? undefined : values;
  const waits = state === 'waiting';
  const known = waits ? [] : Object.entries(hparams).filter(([name]) => distributions.has(name));
  const [{ metric } = { metric: '' }] = objectives;
  const curve = objectives.length > 1 ? [] : reports.flatMap(({ epoch, metrics }) => entry(epoch, metrics[metric]));
  return {
    state: states[state],
    value: shown?.length === 1 ? shown[0] : null,
    values: shown !== undefined && shown.length > 1 ? shown : null,
    datetime_start: waits ? null : dateOf(startedAt),
    ...(finishedAt !== undefined && { datetime_complete: dateOf(finishedAt) }),
    distributions: Object.fromEntries(known.map(([name]) => [name, distributions.get(name)?.json])),
    params: Object.fromEntries(known.map(([name, value]) => [name, distributions.get(name)?.internal(value)])),
    user_attrs: {
      'rxnn:trial': number,
      ...(bestEpoch !== undefined && { 'rxnn:best_epoch': bestEpoch }),
      'rxnn:epochs': epochs,
      'rxnn:samples': samples,
      ...(stop && { 'rxnn:stopped_by': stop.by, 'rxnn:reason': stop.reason }),
    },
    system_attrs: waits ? { fixed_params: hparams } : {},
    intermediate_values: Object.fromEntries(curve),
  };
}

function valuesOf({ state, value, values }: TrialRecord, objectives: number): readonly number[] | undefined {
  if (state === 'running' || state === 'waiting' || state === 'paused') return undefined;
  const all = objectives > 1 ? values : value === undefined ? undefined : [value];
  return all?.length === objectives && all.every(Number.isFinite) ? all : undefined;
}

function entry(epoch: number, value: number | undefined): (readonly [number, number])[] {
  return value === undefined ? [] : [[epoch, value]];
}

function distributionOf(info: HyperparameterInfo, { trials }: StudyState): OptunaDistribution {
  const json = (name: string, attributes: object) => pythonJson({ name: `${name}Distribution`, attributes });
  if ('options' in info) {
    const choices = choicesOf(info, trials.values());
    return { json: json('Categorical', { choices }), internal: value => choices.indexOf(value) };
  }
  const { kind, low, high, log = false, step } = info;
  if (kind === 'float') {
    const top = step === undefined ? high : lastOf(low, high, step);
    return { json: json('Float', { step: step ?? null, low, high: top, log }), internal: Number };
  }
  return { json: json('Int', { log, step: step ?? 1, low, high: lastOf(low, high, step ?? 1) }), internal: Number };
}

/** The last value of a stepped range, which Optuna wants as its end. */
function lastOf(low: number, high: number, step: number): number {
  const steps = Math.floor((high - low) / step + 1e-9);
  return Math.min(high, Number((low + steps * step).toPrecision(15)));
}

/** What a study is told of its options are texts; trials have the values. One that no trial has is taken for a number if all others are. */
function choicesOf(
  { name, options }: HyperparameterInfo & { readonly options: readonly string[] },
  trials: Iterable<TrialRecord>,
): HParamValue[] {
  const seen = new Map<string, HParamValue>();
  for (const { hparams } of trials) {
    const value = hparams[name];
    if (value !== undefined) seen.set(String(value), value);
  }
  const numbers = [...seen.values()].every(value => typeof value === 'number') && seen.size > 0;
  return options.map(option => {
    const value = seen.get(option);
    if (value !== undefined) return value;
    return numbers && option.trim() !== '' && Number.isFinite(Number(option)) ? Number(option) : option;
  });
}

/** As Python's `isoformat(timespec='microseconds')`, without a time zone. */
function dateOf(time: number): string {
  return new Date(time).toISOString().replace('Z', '000');
}

/** JSON with Python's words for numbers that JSON has not. */
function pythonJson(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`).join(', ')}}`;
}
