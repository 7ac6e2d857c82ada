import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { type AxisScale, axisScale } from '../../chart/axis-scale.js';
import { type ObjectiveView, objectiveView, valuesOf } from '../../chart/objective.js';
import { type Places, placesOn } from '../../chart/places.js';
import { calmRange, robustRange } from '../../chart/range.js';
import type { Field } from '../../fields.js';
import { filterText } from '../../filter.js';
import type { Lens } from '../../lens.js';
import type { Link } from '../../link.js';
import type { Model } from '../../page.js';
import { defaultAxes, parseKeys, possibleAxes } from './axis-order.js';

/** Everything that a picture of parallel coordinates is made of, at one moment. */
export interface Frame {
  readonly objective: ObjectiveView | undefined;
  /** What can be an axis, and the keys of what is one, from the left. */
  readonly possible: readonly Field[];
  readonly axes: readonly string[];
  /** Of each axis. */
  readonly places: readonly Places[];
  /** Places of axes that were there before, too, for when they come back. */
  readonly known: ReadonlyMap<string, Places>;
  readonly inverted: ReadonlySet<string>;
  /** Trials that are over, and those of them that the filter lets through. */
  readonly finished: readonly TrialRecord[];
  readonly shown: readonly TrialRecord[];
  /** Those that are dimmed, on top of which the shown ones lie. */
  readonly others: readonly TrialRecord[];
  /** Numbers of the trials that may change. */
  readonly live: ReadonlySet<number>;
  /** Another text for every other arrangement of the axes, the filter, and the colours. */
  readonly arrangement: string;
  readonly where: string;
  readonly colours: string;
}

/** The frame of a study as the link and the lens want it; ranges stay as they were while they serve. */
export function frameOf(model: Model, link: Link, lens: Lens, former: Frame | undefined): Frame | undefined {
  const info = model.study.study;
  if (info === undefined) return undefined;
  const objective = objectiveView(model, link);
  const possible = possibleAxes(model.fields);
  const byKey = new Map(possible.map(field => [field.key, field]));
  const asked = parseKeys(link.get('parallel.order')).filter(key => byKey.has(key));
  const axes = asked.length >= 2 ? asked : defaultAxes(info, model.fields);
  const inverted = new Set(parseKeys(link.get('parallel.inverted')));
  const places = axes.map(key => {
    const found = former?.known.get(key);
    const scale = scaleOf(byKey.get(key) as Field, model, objective, found?.scale);
    return found?.scale.key === scale.key && found.scale.field === scale.field
      ? found
      : placesOn(
          scale,
          possible.findIndex(field => field.key === key),
        );
  });
  const known = new Map([...(former?.known ?? []), ...places.map(place => [place.scale.field.key, place] as const)]);
  const live = new Set<number>();
  const finished: TrialRecord[] = [];
  for (const trial of model.study.trials.values()) {
    if (trial.stop === undefined) live.add(trial.number);
    else finished.push(trial);
  }
  const where = filterText(lens.filter);
  const shown = where === '' ? finished : finished.filter(lens.passes);
  const others = lens.dims ? finished : [];
  const { scale, metric } = objective ?? {};
  return {
    ...{ objective, possible, axes, places, known, inverted, finished, shown, others, live, where },
    arrangement: [model.identity, ...places.map(place => place.scale.key), ...inverted].join(' '),
    colours: [metric, scale?.range.low, scale?.range.high, scale?.log].join(' '),
  };
}

/** How good a trial is, from 0 to 1; −1 if it has no value. */
export function goodnessOf(trial: TrialRecord, objective: ObjectiveView | undefined): number {
  const value = objective?.field.of(trial);
  return typeof value === 'number' && objective !== undefined ? objective.scale.goodness(value) : -1;
}

/** Trials with the worst first. */
export function byGoodness(trials: readonly TrialRecord[], objective: ObjectiveView | undefined): TrialRecord[] {
  // Each becomes one number, its goodness before its place in the list, as numbers are sorted many times as fast as objects.
  const keys = Float64Array.from(
    trials,
    (trial, i) => Math.round(1e6 * (1 + goodnessOf(trial, objective))) * 2 ** 26 + i,
  );
  return Array.from(keys.sort(), key => trials[key % 2 ** 26] as TrialRecord);
}

function scaleOf(
  field: Field,
  { study }: Model,
  objective: ObjectiveView | undefined,
  former: AxisScale | undefined,
): AxisScale {
  const info = study.study?.space.find(({ name }) => field.key === `hparam ${name}`);
  if (info !== undefined || field.kind === 'category') return axisScale(field, { info });
  if (field.key === objective?.field.key) {
    const { range, log } = objective.scale;
    return axisScale(field, { range, log, known: objective.known });
  }
  if (field.key === 'number') {
    // Powers of two, so that the axis does not move with every trial.
    return axisScale(field, { range: { low: 0, high: 2 ** Math.ceil(Math.log2(Math.max(2, study.trials.size))) } });
  }
  const values = valuesOf(study.trials.values(), field);
  const range = calmRange(former, robustRange(values, false), false);
  return axisScale(field, { range, known: values.length > 0 });
}
