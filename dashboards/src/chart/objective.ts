import type { Direction } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Field } from '../fields.js';
import type { Link } from '../link.js';
import type { Model } from '../page.js';
import { calmRange, type Range, robustRange } from './range.js';

/** An objective of the study, with the field that has its values. */
export interface ShownObjective {
  readonly metric: string;
  readonly direction: Direction;
  readonly field: Field;
}

/** The objectives of a study of which values are known, the first one first. */
export function objectivesOf({ study: { study }, fields }: Pick<Model, 'study' | 'fields'>): readonly ShownObjective[] {
  if (study === undefined) return [];
  return (study.objectives ?? [study.objective]).flatMap(({ metric, direction }) => {
    const key = metric === study.objective.metric ? 'value' : `metric ${metric}`;
    const field = fields.find(one => one.key === key);
    return field === undefined ? [] : [{ metric, direction, field }];
  });
}

/** The objective that the views of hyperparameters show: `parameters.objective` of the link, else the first. */
export function chosenObjective(model: Model, link: Link): ShownObjective | undefined {
  const offered = objectivesOf(model);
  const asked = link.get('parameters.objective');
  return offered.find(({ metric }) => metric === asked) ?? offered[0];
}

/** The chosen objective with the scale of its values. */
export interface ObjectiveView extends ShownObjective {
  readonly scale: ObjectiveScale;
  /** Whether there are values; without, the scale means nothing. */
  readonly known: boolean;
}

/** What was shown last, by the page's link: the views share it. */
const last = new WeakMap<Link, { readonly model: Model; readonly asked: string; readonly view: ObjectiveView }>();

/** What the views of hyperparameters show of the objective now; the former scale as long as it serves. */
export function objectiveView(model: Model, link: Link): ObjectiveView | undefined {
  const objective = chosenObjective(model, link);
  if (objective === undefined) return undefined;
  const asked = `${objective.metric} ${askedScale(link)}`;
  const before = last.get(link);
  if (before?.model === model && before.asked === asked) return before.view;
  const view = viewAfter(model, objective, askedScale(link), before?.view);
  last.set(link, { model, asked, view });
  return view;
}

function viewAfter(
  model: Model,
  objective: ShownObjective,
  asked: 'log' | 'linear' | undefined,
  former: ObjectiveView | undefined,
): ObjectiveView {
  const values = valuesOf(model.study.trials.values(), objective.field);
  const scale = objectiveScale(values, objective.direction, asked);
  const same = former?.metric === objective.metric && former.scale.log === scale.log;
  const kept = same && calmRange(former.scale.range, scale.range, scale.log) === former.scale.range;
  return { ...objective, scale: kept ? former.scale : scale, known: values.length > 0 };
}

/** The values of an objective as they are shown: within a range, by logarithms or not. */
export interface ObjectiveScale {
  readonly range: Range;
  readonly log: boolean;
  /** How good a value is within the range: 0 at its worse end, 1 at its better one. */
  goodness(value: number): number;
  /** The value at a goodness. */
  valueAt(goodness: number): number;
}

/** The part of a robust range that is its margin, at each end. */
const margin = 0.04 / 1.08;

/** Positive values that span this factor are shown by their logarithms unless a person wants otherwise. */
const wide = 10;

/** A scale over the values, without letting a few that are far off flatten the others. */
export function objectiveScale(
  values: readonly number[],
  direction: Direction,
  asked: 'log' | 'linear' | undefined,
): ObjectiveScale {
  const plain = robustRange(values, false);
  const log = asked === undefined ? isWide(values) : asked === 'log' && values.some(value => value > 0);
  const range = log ? robustRange(values, true) : plain;
  const scale = log ? Math.log : (value: number) => value;
  // Without the margin that an axis has: the colours belong to values that there are.
  const [from, to] = [scale(range.low), scale(range.high)];
  const [low, high] = [from + margin * (to - from), to - margin * (to - from)];
  return {
    range,
    log,
    goodness(value) {
      const share = Math.min(1, Math.max(0, ((log && value <= 0 ? low : scale(value)) - low) / (high - low)));
      return direction === 'minimize' ? 1 - share : share;
    },
    valueAt(goodness) {
      const share = direction === 'minimize' ? 1 - goodness : goodness;
      const value = low + share * (high - low);
      return log ? Math.exp(value) : value;
    },
  };
}

/** How the link wants objectives to be shown: `parameters.scale`, `log` or `linear`; undefined: as the values suggest. */
export function askedScale(link: Link): 'log' | 'linear' | undefined {
  const asked = link.get('parameters.scale');
  return asked === 'log' || asked === 'linear' ? asked : undefined;
}

/** The values of an objective that the given trials have; those of failed ones are of no interest for a range. */
export function valuesOf(trials: Iterable<TrialRecord>, field: Field): number[] {
  const values: number[] = [];
  for (const trial of trials) {
    if (trial.state === 'failed') continue;
    const value = field.of(trial);
    if (typeof value === 'number') values.push(value);
  }
  return values;
}

function isWide(values: readonly number[]): boolean {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return sorted.length > 0 && at(0) > 0 && at(0.95) / at(0.05) > wide;
}
