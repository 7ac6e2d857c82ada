import { didYouMean, InputError } from '../errors.js';
import { type TrialField, trialField } from '../journal/trial-fields.js';
import type { Direction, TrialState } from '../tune/events.js';
import type { TrialRecord } from '../tune/study-state.js';
import { stopper } from './describe-stop.js';

const STATES: readonly TrialState[] = ['waiting', 'running', 'paused', 'complete', 'pruned', 'failed'];

const form = /^\s*(.+?)\s*(<=|>=|!=|==|=|<|>)\s*(.*?)\s*$/s;

/**
 * Which trials fulfil a condition such as `valLoss<0.3`, `state=complete`, `units != 8`: a field, `<`, `<=`, `>`, `>=`, `=` or `!=`, and a
 * value. Numbers are compared as numbers, all else as text, in quotes or not; a trial that has no such value fulfils `!=` only. What the
 * table shows counts too: `trial=#4`, `by=all epochs`.
 *
 * @throws InputError for another form, an unknown field or state, and an order of what is no number.
 */
export function trialFilter(condition: string, fields: readonly TrialField[]): (trial: TrialRecord) => boolean {
  const [, name, operator, text] = form.exec(condition) ?? [];
  if (name === undefined || operator === undefined || text === undefined || text === '') {
    throw new InputError(
      `expected a condition such as "valLoss<0.3" or "state=complete", got ${JSON.stringify(condition)}`,
      { path: '--where' },
    );
  }
  const { name: field, of, kind } = named(fields, name, '--where');
  const stated = /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
  const wanted = kind === 'trial' && field === 'number' ? stated.replace(/^#/, '') : stated;
  if (kind === 'trial' && field === 'state' && !STATES.some(state => state === wanted)) {
    const near = didYouMean(wanted, STATES);
    throw new InputError(`no state ${JSON.stringify(wanted)}${near}; there are ${STATES.join(', ')}`, {
      path: '--where',
    });
  }
  const number = wanted === '' ? Number.NaN : Number(wanted);
  if (operator === '=' || operator === '==' || operator === '!=') {
    const same = (value: unknown) => (typeof value === 'number' ? value === number : String(value) === wanted);
    const shown = (trial: TrialRecord) => kind === 'trial' && field === 'by' && stopper(trial.stop) === wanted;
    const equal = (trial: TrialRecord) => of(trial) !== undefined && (same(of(trial)) || shown(trial));
    return operator === '!=' ? trial => !equal(trial) : equal;
  }
  if (Number.isNaN(number)) {
    throw new InputError(`${JSON.stringify(condition)}: "${operator}" compares numbers, and "${wanted}" is none`, {
      path: '--where',
    });
  }
  return trial => {
    const value = of(trial);
    if (typeof value !== 'number') return false;
    if (operator === '<') return value < number;
    if (operator === '<=') return value <= number;
    return operator === '>' ? value > number : value >= number;
  };
}

/**
 * Trials in the order of a field, from the smallest; numbers before texts, those that have none last either way. Of the value the best
 * comes first, and those that failed have none.
 */
export function sortedTrials(
  trials: readonly TrialRecord[],
  field: TrialField,
  reverse: boolean,
  direction: Direction = 'minimize',
): readonly TrialRecord[] {
  const ofValue = field.kind === 'trial' && field.name === 'value';
  const sign = reverse === (ofValue && direction === 'maximize') ? 1 : -1;
  const of = (trial: TrialRecord) => (ofValue && trial.state === 'failed' ? undefined : field.of(trial));
  const rank = (value: unknown) =>
    typeof value === 'number' ? (Number.isNaN(value) ? 2 : 0) : value === undefined ? 3 : 1;
  return trials.toSorted((one, other) => {
    const [a, b] = [of(one), of(other)];
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (typeof a === 'number' && typeof b === 'number' && rank(a) === 0) return sign * (a - b);
    const [x, y] = [String(a), String(b)];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  });
}

/** The field of that name, or with that heading in the table; the `InputError` names the option that asks for it. */
export function named(fields: readonly TrialField[], name: string, option: string): TrialField {
  try {
    return trialField(fields, name === 'trial' && !fields.some(field => field.name === name) ? 'number' : name);
  } catch (error) {
    throw error instanceof InputError ? error.at({ path: option }) : error;
  }
}
