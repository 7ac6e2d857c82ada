import type { Report } from '../train/report.js';
import { better } from './direction.js';
import { type OpenStanding, openStanding, type Standing, without } from './standing.js';
import type { Objective, Rung, Standings, StudyView, TrialView } from './study-view.js';
import { trialValue } from './trial-value.js';

/** Standings that are kept up to date by whoever is told of the study's events. */
export interface OpenStandings extends Standings {
  /** A trial has joined the list, so that it is found by its number wherever it stands there. */
  entered(trial: TrialView): void;
  /** A trial's next report, which is not yet in its view; `before` is the furthest epoch it had reached, 0 for none. */
  reported(trial: TrialView, report: Report, before: number): void;
  /** A trial's state has become `complete`. */
  completed(trial: TrialView): void;
}

/** The study's own standings; for a view made by hand, which has none, those of its trials as they are now. */
export function standingsOf(study: StudyView): Standings {
  return study.standings ?? openStandings(study.trials, study.objective);
}

/** Places that differ in the epoch only. */
interface Family {
  readonly place: Omit<Rung, 'epoch'>;
  readonly byEpoch: Map<number, OpenStanding>;
}

/**
 * The standings of a study's trials, in the order of their numbers. A place is filled from the trials when it is first asked
 * for, and with each report or end from then on, so that no decision looks at all trials.
 */
export function openStandings(trials: readonly TrialView[], objective: Objective): OpenStandings {
  const families: Family[] = [];
  // By group, then by metric: the names are there already, and joining them would take longer than the rest of a decision.
  const found = new Map<string, Map<string, Family[]>>();
  const isComplete = ({ state }: TrialView) => state === 'complete';
  let complete = trials.filter(isComplete).length;
  let asked = false;
  let best: { readonly trial: TrialView; readonly value: number } | undefined;

  const consider = (trial: TrialView) => {
    const value = trialValue(trial.reports, objective);
    if (value === undefined) return;
    const first = value === best?.value && trial.number < best.trial.number;
    if (best === undefined || first || better(value, best.value, objective.direction)) best = { trial, value };
  };

  const entered = new Map<number, TrialView>();
  const trialOf = (number: number) => entered.get(number) ?? trials.find(trial => trial.number === number);

  const familyOf = (place: Rung): Family => {
    const { of, group, metric } = place;
    const key = group?.key ?? '';
    const ofGroup = found.get(key) ?? new Map<string, Family[]>();
    const ofMetric = ofGroup.get(metric) ?? [];
    let family = ofMetric.find(each => each.place.of === of);
    if (family === undefined) {
      family = { place, byEpoch: new Map() };
      families.push(family);
      ofMetric.push(family);
      found.set(key, ofGroup.set(metric, ofMetric));
    }
    return family;
  };

  const everyone = (place: Rung): OpenStanding => {
    const { byEpoch } = familyOf(place);
    let standing = byEpoch.get(place.epoch);
    if (standing === undefined) {
      standing = openStanding(trials.flatMap(trial => valueAt(trial, place) ?? []));
      byEpoch.set(place.epoch, standing);
    }
    return standing;
  };

  return {
    entered: trial => void entered.set(trial.number, trial),
    best() {
      if (!asked) trials.filter(isComplete).forEach(consider);
      asked = true;
      return best?.trial;
    },
    complete(except) {
      const own = trialOf(except);
      return own !== undefined && isComplete(own) ? complete - 1 : complete;
    },
    standing(place, except): Standing {
      const standing = everyone(place);
      const own = trialOf(except);
      const value = own && valueAt(own, place);
      return value === undefined ? standing : without(standing, value);
    },
    reported(trial, report, before) {
      for (const { place, byEpoch } of families) {
        if (place.of !== 'reached' || place.group?.has(trial.number) === false) continue;
        const value = report.metrics[place.metric];
        if (value === undefined) continue;
        for (const [epoch, standing] of byEpoch) if (epoch > before && epoch <= report.epoch) standing.add(value);
      }
    },
    completed(trial) {
      complete++;
      if (asked) consider(trial);
      for (const { place, byEpoch } of families) {
        if (place.of !== 'complete') continue;
        for (const [epoch, standing] of byEpoch) {
          const value = valueAt(trial, { ...place, epoch });
          if (value !== undefined) standing.add(value);
        }
      }
    },
  };
}

/** A trial's value at a place, NaN among them; undefined when it is not there. */
function valueAt({ number, state, reports }: TrialView, { of, epoch, metric, group }: Rung): number | undefined {
  if (of === 'complete' && state !== 'complete') return undefined;
  if (group?.has(number) === false) return undefined;
  // Reports nearly always come one an epoch, from 1.
  const likely = reports[epoch - 1];
  if (likely?.epoch === epoch) return likely.metrics[metric];
  const found = of === 'complete' ? (each: Report) => each.epoch === epoch : (each: Report) => each.epoch >= epoch;
  return reports.find(found)?.metrics[metric];
}
