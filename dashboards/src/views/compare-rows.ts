import { metric } from '../../../src/cli/number.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { endingOf } from '../ending.js';
import type { Field } from '../fields.js';

/** A row of a comparison: what it is, and what each trial has of it. */
export interface CompareRow {
  readonly key: string;
  readonly title: string;
  readonly group: 'outcome' | 'metric' | 'hparam';
  readonly cells: readonly string[];
  /** Not all trials have the same. */
  readonly differs: boolean;
  /** Which of them is best, where it is the objective. */
  readonly best?: number | undefined;
}

/** What trials have side by side: how each went and ended, its metrics at its best epoch, its hyperparameters. */
export function compareRows(
  trials: readonly TrialRecord[],
  fields: readonly Field[],
  maximize: boolean,
): readonly CompareRow[] {
  const row = (
    group: CompareRow['group'],
    key: string,
    title: string,
    text: (trial: TrialRecord) => string,
    of: (trial: TrialRecord) => unknown = text,
  ): CompareRow => ({
    key,
    title,
    group,
    cells: trials.map(text),
    differs: new Set(trials.map(of)).size > 1,
  });
  const rows = fields
    .filter(({ key }) => key !== 'number' && key !== 'ending')
    .map((field): CompareRow => {
      const { key, title } = field;
      const group = key.startsWith('hparam ') ? 'hparam' : key.startsWith('metric ') ? 'metric' : 'outcome';
      const made = row(group, key, title, field.text, field.of);
      return key === 'value' ? { ...made, best: bestOf(trials, maximize) } : made;
    });
  const place = rows.findIndex(({ key }) => key === 'value') + 1;
  rows.splice(
    place,
    0,
    row('outcome', 'best epoch', 'Best epoch', ({ bestEpoch }) => (bestEpoch === undefined ? '' : String(bestEpoch))),
  );
  const outcome = rows.filter(({ group }) => group === 'outcome');
  const others = rows.filter(({ group }) => group !== 'outcome');
  const who = row('outcome', 'ending', 'Ended by', trial => endingOf(trial)?.who ?? '');
  const why = row('outcome', 'why', 'Why', trial => endingOf(trial)?.why ?? '');
  return [...outcome, who, why, ...others];
}

function bestOf(trials: readonly TrialRecord[], maximize: boolean): number | undefined {
  let best: number | undefined;
  for (const [i, { value }] of trials.entries()) {
    if (value === undefined || !Number.isFinite(value)) continue;
    const than = best === undefined ? undefined : (trials[best] as TrialRecord).value;
    if (than === undefined || (maximize ? value > than : value < than)) best = i;
  }
  return trials.length > 1 ? best : undefined;
}

/** What two trials' objective is apart, in a sentence for the chart's label. */
export function compareLabel(trials: readonly TrialRecord[], name: string): string {
  const values = trials.map(({ number, value }) => `#${number} ${value === undefined ? 'none yet' : metric(value)}`);
  return `Curves of ${name} of ${trials.length} trials: ${values.join(', ')}`;
}
