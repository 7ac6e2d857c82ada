import type { Dataset } from '../data/dataset.js';
import type { MetricContext } from '../nn/metrics/metric.js';
import { predictedClass } from '../nn/metrics/predicted-class.js';
import type { PredictionSummary } from './report.js';

/** A matrix of more classes is left out: people do not read it, and it would be most of a journal. */
const MOST_CLASSES = 50;

/** So many pairs of truth and prediction show where the residuals are. */
const MOST_PAIRS = 200;

/** Numbers are told apart that differ by this part of the range of all of them. */
const RESOLUTION = 1000;

/** Predictions after the loss's link beside the rows that they are for. */
export type Predicted = MetricContext & Pick<Dataset, 'task' | 'classes'>;

/**
 * What predictions say beside the truth: of a classification how often each class is taken for which, with one output too (class 1 from
 * 0.5 up), a row whose prediction is NaN for none; undefined for more than 50 classes. Of a regression pairs of truth and prediction, of the
 * first target if there are several, rounded to less than a thousandth of their range; rows whose prediction is not finite are left out.
 */
export function summarizePredictions(predicted: Predicted): PredictionSummary | undefined {
  return predicted.task === 'classification' ? confusionOf(predicted) : residualsOf(predicted);
}

/**
 * The summaries of several networks' validation rows as one, such as those of folds: counts are added, pairs put together and thinned. A row
 * counts for every network that it was held out from. Undefined unless all of them have one, of the same classes.
 */
export function joinSummaries(summaries: readonly (PredictionSummary | undefined)[]): PredictionSummary | undefined {
  const [first] = summaries;
  if (first?.kind === 'confusion') {
    const counts = first.classes.map(() => first.classes.map(() => 0));
    for (const each of summaries) {
      if (each?.kind !== 'confusion' || !isEqual(each.classes, first.classes)) return undefined;
      for (const [i, row] of each.counts.entries()) for (const [j, n] of row.entries()) counts[i]![j]! += n;
    }
    return { kind: 'confusion', classes: first.classes, counts };
  }
  const pairs: (readonly [number, number])[] = [];
  let rows = 0;
  for (const each of summaries) {
    if (each?.kind !== 'residuals') return undefined;
    pairs.push(...each.pairs);
    rows += each.rows;
  }
  return first && { kind: 'residuals', pairs: evenly(pairs.length).map(i => pairs[i]!), rows };
}

function confusionOf(predicted: Predicted): PredictionSummary | undefined {
  const { rows, y, classes, targets } = predicted;
  if (classes.length > MOST_CLASSES || targets !== 1) return undefined;
  const counts = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < rows; row++) {
    const predictedAs = predictedClass(predicted, row);
    const ofClass = counts[y[row]!];
    // A network may have more outputs than the data has classes.
    if (ofClass?.[predictedAs] !== undefined) ofClass[predictedAs]++;
  }
  return { kind: 'confusion', classes, counts };
}

function residualsOf({ rows, prediction, outputs, y, targets }: Predicted): PredictionSummary | undefined {
  if (outputs !== targets) return undefined;
  const chosen = evenly(rows).filter(row => Number.isFinite(prediction[row * outputs]));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of chosen) {
    const [truth, said] = [y[row * targets]!, prediction[row * outputs]!];
    low = Math.min(low, truth, said);
    high = Math.max(high, truth, said);
  }
  const round = roundingIn(high - low);
  return {
    kind: 'residuals',
    pairs: chosen.map(row => [round(y[row * targets]!), round(prediction[row * outputs]!)]),
    rows,
  };
}

/** At most 200 indices of so many, at equal distances. */
function evenly(count: number): number[] {
  const length = Math.min(count, MOST_PAIRS);
  const chosen: number[] = [];
  for (let i = 0; i < length; i++) chosen.push(Math.floor(((i + 0.5) * count) / length));
  return chosen;
}

/** Rounds to the power of ten that is a thousandth of the range, or the next one below. */
function roundingIn(range: number): (value: number) => number {
  const exponent = Math.floor(Math.log10(range / RESOLUTION));
  // The range of a single number, or one as large or small as no data's.
  if (!(Math.abs(exponent) <= 20)) return value => value;
  const unit = 10 ** Math.abs(exponent);
  // No -0: it is 0 to people and in text.
  return exponent < 0 ? value => Math.round(value * unit) / unit + 0 : value => Math.round(value / unit) * unit + 0;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
