import { count, counted, hyperparameter } from '../../../src/cli/number.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Field } from '../fields.js';

/** How a trial's hyperparameter compares: where it is in its range, and among the trials. */
export interface Standing {
  readonly field: Field;
  readonly text: string;
  /** From 0 to 1 within the search space, by the logarithm if it is drawn so; undefined where there is no range. */
  readonly position?: number | undefined;
  /** In words: `higher than 72 % of 59 others`, `the same in 12 of 59 others`. */
  readonly among: string;
}

/** The standing of every hyperparameter that a trial has, in the file's order. */
export function standingsOf(
  trial: TrialRecord,
  fields: readonly Field[],
  trials: Iterable<TrialRecord>,
): readonly Standing[] {
  const others = [...trials].filter(({ number }) => number !== trial.number);
  return fields
    .filter(({ key }) => key.startsWith('hparam '))
    .flatMap((field): Standing[] => {
      const value = field.of(trial);
      if (value === undefined) return [];
      const position = positionOf(field, value);
      return [{ field, text: field.text(trial), position, among: amongWords(field, value, others) }];
    });
}

function positionOf({ low, high, log }: Field, value: number | string): number | undefined {
  if (typeof value !== 'number' || low === undefined || high === undefined || !(high > low)) return undefined;
  const scale = log && low > 0 ? Math.log : (x: number) => x;
  return Math.max(0, Math.min(1, (scale(value) - scale(low)) / (scale(high) - scale(low))));
}

function amongWords(field: Field, value: number | string, others: readonly TrialRecord[]): string {
  let [have, same, below] = [0, 0, 0];
  for (const other of others) {
    const theirs = field.of(other);
    if (theirs === undefined) continue;
    have++;
    if (theirs === value) same++;
    else if (typeof theirs === 'number' && typeof value === 'number' && theirs < value) below++;
  }
  if (have === 0) return 'no other trial has it';
  if (typeof value === 'string') return `the same in ${count(same)} of ${counted(have, 'other')}`;
  if (below === 0 && same === 0) return `the lowest of ${count(have + 1)}`;
  if (below === 0 && same < have) return `the lowest, as in ${count(same)} of ${counted(have, 'other')}`;
  if (typeof value === 'number' && below === have) return `the highest of ${count(have + 1)}`;
  if (same === have) return `the same in all ${counted(have, 'other')}`;
  return `higher than ${Math.round((100 * below) / have)} % of ${counted(have, 'other')}`;
}

/** What a hyperparameter may be, in words: `1e-4 to 1, logarithmic`, `relu, tanh or sigmoid`. */
export function rangeWords({ low, high, log, options }: Field): string {
  if (options !== undefined) {
    const shown = options.slice(0, 6);
    return options.length > shown.length
      ? `${shown.join(', ')} and ${options.length - shown.length} more`
      : [shown.slice(0, -1).join(', '), shown.at(-1)].filter(part => part !== '').join(' or ');
  }
  if (low === undefined || high === undefined) return '';
  return `${hyperparameter(low)} to ${hyperparameter(high)}${log ? ', logarithmic' : ''}`;
}

/** The trials before and after one: by number, and by rank of those that have a value. */
export interface Neighbours {
  readonly previous: number | undefined;
  readonly next: number | undefined;
  /** From 1; undefined for a trial without a value. */
  readonly rank: number | undefined;
  /** How many have a value. */
  readonly ranked: number;
  readonly better: number | undefined;
  readonly worse: number | undefined;
}

/** The neighbours of a trial among those given. */
export function neighboursOf(
  number: number,
  trials: Iterable<TrialRecord>,
  direction: 'minimize' | 'maximize',
): Neighbours {
  const all = [...trials];
  const sign = direction === 'minimize' ? 1 : -1;
  let [previous, next]: (number | undefined)[] = [];
  for (const { number: other } of all) {
    if (other < number && (previous === undefined || other > previous)) previous = other;
    if (other > number && (next === undefined || other < next)) next = other;
  }
  const ranked = all
    .filter(({ value }) => value !== undefined && Number.isFinite(value))
    .sort((a, b) => sign * ((a.value as number) - (b.value as number)) || a.number - b.number);
  const at = ranked.findIndex(trial => trial.number === number);
  return {
    previous,
    next,
    rank: at < 0 ? undefined : at + 1,
    ranked: ranked.length,
    better: at < 0 ? undefined : ranked[at - 1]?.number,
    worse: at < 0 ? undefined : ranked[at + 1]?.number,
  };
}
