import { didYouMean, InputError } from '../errors.js';
import type { HParamValue, PlainReport } from '../tune/events.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';

/** Something that each trial of a study has, or has not (undefined). */
export interface TrialField {
  readonly name: string;
  /** What it is: something that every study's trials have, a hyperparameter, or a metric at the trial's best epoch (else at its last one). */
  readonly kind: 'trial' | 'hyperparameter' | 'metric';
  of(trial: TrialRecord): HParamValue | undefined;
}

const own: readonly (readonly [string, TrialField['of']])[] = [
  ['number', ({ number }) => number],
  ['state', ({ state }) => state],
  ['value', ({ value }) => value],
  ['bestEpoch', ({ bestEpoch }) => bestEpoch],
  ['epochs', ({ epochs }) => epochs],
  ['samples', ({ samples }) => samples],
  ['seconds', secondsOf],
  ['by', ({ stop }) => stop?.by],
  ['reason', ({ stop }) => stop?.reason],
  ['origin', ({ origin }) => origin?.kind],
  ['started', ({ startedAt }) => new Date(startedAt).toISOString()],
  ['finished', ({ finishedAt }) => (finishedAt === undefined ? undefined : new Date(finishedAt).toISOString())],
];

/**
 * Everything that can be said of a study's trials in a cell each: number, state, value, …, then the hyperparameters, then the metrics. One
 * whose name is taken already has its kind before it: `hyperparameter.epochs`.
 *
 * @param known the names of the metrics, where the trials do not keep their reports
 */
export function trialFields({ study, trials }: StudyState, known: readonly string[] = []): readonly TrialField[] {
  const hparams = new Set(study?.space.map(({ name }) => name));
  const metrics = new Set<string>();
  for (const trial of trials.values()) {
    for (const name in trial.hparams) hparams.add(name);
    for (const { metrics: reported } of trial.reports) for (const name in reported) metrics.add(name);
    for (const name in trial.metrics) metrics.add(name);
  }
  for (const name of known) metrics.add(name);
  const fields: TrialField[] = own.map(([name, of]) => ({ name, kind: 'trial', of }));
  const taken = new Set(fields.map(({ name }) => name));
  const add = (names: Iterable<string>, kind: TrialField['kind'], of: (name: string) => TrialField['of']) => {
    for (const name of names) {
      const free = taken.has(name) ? `${kind}.${name}` : name;
      taken.add(free);
      fields.push({ name: free, kind, of: of(name) });
    }
  };
  add(hparams, 'hyperparameter', name => trial => trial.hparams[name]);
  add(metrics, 'metric', name => trial => metricOf(trial, name));
  return fields;
}

/** The field of that name; an `InputError` says which there are. */
export function trialField(fields: readonly TrialField[], name: string): TrialField {
  const found = fields.find(field => field.name === name);
  if (found !== undefined) return found;
  const names = fields.map(field => field.name);
  throw new InputError(`trials have no "${name}"${didYouMean(name, names)}; they have ${names.join(', ')}`);
}

/** The report that the trial's value is of: that of its best epoch, or the last one. */
export function decisiveReport({ reports, bestEpoch }: TrialRecord): PlainReport | undefined {
  return reports.findLast(({ epoch }) => epoch === bestEpoch) ?? reports.at(-1);
}

function metricOf(trial: TrialRecord, name: string): number | undefined {
  const metrics = decisiveReport(trial)?.metrics ?? trial.metrics ?? {};
  // JSON has null for what is no finite number.
  return Object.hasOwn(metrics, name) ? (metrics[name] ?? Number.NaN) : undefined;
}

/** Of training, as reported; a trial without a report has the time from its start to its end. */
function secondsOf({ reports, seconds, startedAt, finishedAt }: TrialRecord): number | undefined {
  const trained = reports.at(-1)?.seconds ?? seconds;
  return trained ?? (finishedAt === undefined ? undefined : (finishedAt - startedAt) / 1000);
}
