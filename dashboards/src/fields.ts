import { count, hyperparameter, metric } from '../../src/cli/number.js';
import type { StudyInfo } from '../../src/tune/events.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { endingOf } from './ending.js';

/** Something that a trial has: what it is called, and what it is, as text and as what it is sorted, filtered and drawn by. */
export interface Field {
  /** `number`, `state`, `value`, `epochs`, `seconds`, `ending`, `metric <name>`, `hparam <name>`: the same in tables, filters and links. */
  readonly key: string;
  readonly title: string;
  readonly kind: 'number' | 'category';
  /** Drawn by its logarithm. */
  readonly log?: boolean | undefined;
  /** What the search space says of it, if it is a hyperparameter. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** The categories, if they are known beforehand, in their order. */
  readonly options?: readonly string[] | undefined;
  /** When a conditional hyperparameter is there. */
  readonly condition?: string | undefined;
  /** Undefined where a trial has none; numbers are finite. */
  of(trial: TrialRecord): number | string | undefined;
  text(trial: TrialRecord): string;
}

/** Everything that the trials of a study have: the objective's value first of the metrics, then the hyperparameters in the file's order. */
export function fieldsOf(info: StudyInfo, metrics: readonly string[]): readonly Field[] {
  return [
    { key: 'number', title: 'Trial', kind: 'number', of: t => t.number, text: t => `#${t.number}` },
    { key: 'state', title: 'State', kind: 'category', of: t => t.state, text: t => t.state },
    {
      key: 'value',
      title: info.objective.metric,
      kind: 'number',
      of: t => finite(t.value),
      text: t => (t.value === undefined ? '' : metric(t.value)),
    },
    {
      key: 'epochs',
      title: 'Epochs',
      kind: 'number',
      of: t => t.epochs,
      text: t => (info.epochs === undefined ? count(t.epochs) : `${count(t.epochs)}/${count(info.epochs)}`),
    },
    {
      key: 'seconds',
      title: 'Seconds',
      kind: 'number',
      of: secondsOf,
      text: t => secondsOf(t)?.toFixed(1) ?? '',
    },
    ...metrics.filter(name => name !== info.objective.metric).map(metricField),
    ...info.space.map(hparamField),
    {
      key: 'ending',
      title: 'Ended by',
      kind: 'category',
      of: t => t.stop?.by,
      text: t => endingOf(t)?.who ?? '',
    },
  ];
}

function metricField(name: string): Field {
  const of = ({ metrics }: TrialRecord) => finite(metrics !== undefined && own(metrics, name));
  return {
    key: `metric ${name}`,
    title: name,
    kind: 'number',
    of,
    text: trial => {
      const value = of(trial);
      return value === undefined ? '' : metric(value);
    },
  };
}

function hparamField({ name, condition, ...domain }: StudyInfo['space'][number]): Field {
  const options = 'options' in domain ? domain.options : undefined;
  const setting = ({ hparams }: TrialRecord) => own(hparams, name);
  return {
    key: `hparam ${name}`,
    title: name,
    kind: options === undefined ? 'number' : 'category',
    condition,
    options,
    ...('low' in domain && { low: domain.low, high: domain.high, log: domain.log }),
    of(trial) {
      const value = setting(trial);
      return value === undefined || (options === undefined && typeof value === 'number') ? value : String(value);
    },
    text(trial) {
      const value = setting(trial);
      return value === undefined ? '' : hyperparameter(value);
    },
  } as Field;
}

function secondsOf({ startedAt, finishedAt }: TrialRecord): number | undefined {
  return finishedAt === undefined ? undefined : (finishedAt - startedAt) / 1000;
}

/** A name that a user chose may be one that every object has. */
function own<V>(of: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
