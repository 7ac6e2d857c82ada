import type { Objective } from '../../events.js';
import type { TrialRecord } from '../../study-state.js';
import { lossRanking } from './loss-ranking.js';
import { type Standing, standing } from './standing.js';

/** The trials of a study, by their number, as its sampling knows them. */
export interface Past {
  readonly records: readonly TrialRecord[];
  readonly standings: readonly Standing[];
  /** How many trials are in a state. */
  count(state: Standing['state']): number;
  /** The `n` complete trials with the least losses, as indices; of equal ones the older first. */
  best(n: number): readonly number[];
  /**
   * Takes over what is new in the history. One that is the same map as the last time is taken to have grown in place: its finished
   * trials are not looked at again.
   *
   * @returns whether the trials before are still the same ones, so that what was computed of their hyperparameters still holds.
   */
  follow(history: ReadonlyMap<number, TrialRecord>): boolean;
}

/** A past without trials. */
export function past(objectives: readonly Objective[]): Past {
  let records: TrialRecord[] = [];
  let standings: Standing[] = [];
  let last: ReadonlyMap<number, TrialRecord> | undefined;
  /** The places of the trials that are not finished. */
  let open: number[] = [];

  let counts = new Map<Standing['state'], number>();
  let complete = lossRanking();

  const count = (state: Standing['state'], change: number) => void counts.set(state, (counts.get(state) ?? 0) + change);
  const put = (index: number, record: TrialRecord) => {
    const before = standings[index];
    if (before !== undefined) count(before.state, -1);
    if (before?.state === 'complete') complete.remove(index, before.loss);
    const after = standing(record, objectives);
    records[index] = record;
    standings[index] = after;
    count(after.state, 1);
    if (after.state === 'complete') complete.add(index, after.loss);
  };
  /** False for a record that is not of the trial that was there. */
  const replace = (index: number, record: TrialRecord | undefined): boolean => {
    const known = records[index] as TrialRecord;
    if (record === known) return true;
    if (record?.number !== known.number || record.hparams !== known.hparams) return false;
    put(index, record);
    return true;
  };
  const append = (record: TrialRecord): boolean => {
    if (records.length > 0 && record.number <= (records.at(-1) as TrialRecord).number) return false;
    put(records.length, record);
    return true;
  };
  const update = (history: ReadonlyMap<number, TrialRecord>): boolean => {
    if (history.size < records.length) return false;
    if (history !== last) {
      let index = 0;
      for (const record of history.values()) {
        if (!(index < records.length ? replace(index, record) : append(record))) return false;
        index++;
      }
      return true;
    }
    if (!open.every(index => replace(index, history.get((records[index] as TrialRecord).number)))) return false;
    while (records.length < history.size) {
      const next = history.get((records.at(-1)?.number ?? -1) + 1);
      if (next === undefined || !append(next)) return false;
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
    count: state => counts.get(state) ?? 0,
    best: n => complete.first(n),
    follow(history) {
      const before = history === last ? open : standings.keys();
      const from = standings.length;
      const same = update(history);
      if (!same) {
        [records, standings, counts, complete] = [[], [], new Map(), lossRanking()];
        for (const record of [...history.values()].sort((a, b) => a.number - b.number)) append(record);
      }
      const candidates = same
        ? [...before, ...Array.from({ length: standings.length - from }, (_, i) => from + i)]
        : standings.keys();
      open = [...candidates].filter(index => standings[index]?.state === 'open');
      last = history;
      return same;
    },
  };
}
