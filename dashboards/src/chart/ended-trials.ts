import type { StudyState, TrialRecord } from '../../../src/tune/study-state.js';
import type { Changed } from '../page.js';

/** The trials that are over, in one list that only grows while nothing else happens. */
export interface EndedTrials {
  readonly list: readonly TrialRecord[];
  /** Another one when the list is not the former one with some more at its end. */
  readonly generation: number;
  update(study: StudyState, changed: Changed): void;
}

/** None yet. */
export function endedTrials(): EndedTrials {
  let trials: StudyState['trials'] | undefined;
  let list: TrialRecord[] = [];
  let known = new Set<number>();
  let generation = 0;
  const anew = () => {
    const next = [...(trials?.values() ?? [])].filter(({ stop }) => stop !== undefined);
    const same = next.length >= list.length && list.every((trial, i) => trial === next[i]);
    list = next;
    known = new Set(list.map(({ number }) => number));
    if (!same) generation++;
  };
  return {
    get list() {
      return list;
    },
    get generation() {
      return generation;
    },
    update(study, changed) {
      if (study.trials !== trials || changed === 'all') {
        trials = study.trials;
        return anew();
      }
      for (const number of changed) {
        const trial = trials.get(number);
        if (trial === undefined) continue;
        // A trial whose process had died may go on.
        if (trial.stop === undefined ? known.has(number) : known.has(number) && !list.includes(trial)) return anew();
        if (trial.stop === undefined || known.has(number)) continue;
        known.add(number);
        list.push(trial);
      }
    },
  };
}
