import type { Objective } from '../../events.js';
import type { TrialRecord } from '../../study-state.js';
import { type Standing, standing } from './standing.js';

/** The trials of a study, by their number, as its sampling knows them. */
export interface Past {
  readonly records: readonly TrialRecord[];
  readonly standings: readonly Standing[];
  /**
   * Takes over what is new in the history.
   *
   * @returns whether the trials before are still the same ones, so that what was computed of their hyperparameters still holds.
   */
  follow(history: ReadonlyMap<number, TrialRecord>): boolean;
}

/** A past without trials. */
export function past(objectives: readonly Objective[]): Past {
  let records: TrialRecord[] = [];
  let standings: Standing[] = [];
  const append = (history: Iterable<TrialRecord>) => {
    for (const record of history) {
      records.push(record);
      standings.push(standing(record, objectives));
    }
  };
  /** False when something is missing, out of order, or not the trial that it was. */
  const update = (history: ReadonlyMap<number, TrialRecord>): boolean => {
    if (history.size < records.length) return false;
    let i = 0;
    for (const record of history.values()) {
      const known = records[i];
      if (known !== record) {
        if (known === undefined) {
          if (i > 0 && record.number < (records[i - 1] as TrialRecord).number) return false;
          append([record]);
        } else {
          if (known.number !== record.number || known.hparams !== record.hparams) return false;
          records[i] = record;
          standings[i] = standing(record, objectives);
        }
      }
      i++;
    }
    return true;
  };
  return {
    get records() {
      return records;
    },
    get standings() {
      return standings;
    },
    follow(history) {
      if (update(history)) return true;
      [records, standings] = [[], []];
      append([...history.values()].sort((a, b) => a.number - b.number));
      return false;
    },
  };
}
