import { checkClasses, type Metric, type MetricContext } from './metric.js';
import { predictedClass } from './predicted-class.js';

/** Of one class: rows of it that were predicted, rows predicted, rows of it. */
interface ClassCounts {
  readonly hits: number;
  readonly predicted: number;
  readonly actual: number;
}

function countsByClass(context: MetricContext): ClassCounts[] {
  const { rows, outputs, y } = context;
  const classes = Math.max(2, outputs);
  const [hits, predicted, actual] = [0, 1, 2].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < rows; i++) {
    const guess = predictedClass(context, i);
    const truth = y[i]!;
    if (guess >= 0) predicted[guess]!++;
    actual[truth]!++;
    if (guess === truth) hits[guess]!++;
  }
  return Array.from(hits, (n, c) => ({ hits: n, predicted: predicted[c]!, actual: actual[c]! }));
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** With one or two outputs the score of class 1; with more the mean over the classes that occur, in y or in the predictions. */
function byClass(name: string, score: (counts: ClassCounts) => number): Metric {
  return {
    name,
    direction: 'maximize',
    compute(context) {
      checkClasses(name, context);
      if (context.rows === 0) return Number.NaN;
      const counts = countsByClass(context);
      if (context.outputs <= 2) return score(counts[1]!);
      const occurring = counts.filter(({ predicted, actual }) => predicted + actual > 0);
      return occurring.reduce((total, one) => total + score(one), 0) / occurring.length;
    },
  };
}

/**
 * Of the rows predicted as a class, the share that are of it; 0 when none was predicted.
 * With one or two outputs that of class 1, with more the macro average: the plain mean over the classes that occur.
 */
export const precision = byClass('precision', ({ hits, predicted }) => ratio(hits, predicted));

/** Of the rows of a class, the share that were predicted as it; 0 when there are none. Averaged as `precision`. */
export const recall = byClass('recall', ({ hits, actual }) => ratio(hits, actual));

/** The harmonic mean of precision and recall, 2·hits / (predicted + actual), for each class. Averaged as `precision`. */
export const f1 = byClass('f1', ({ hits, predicted, actual }) => ratio(2 * hits, predicted + actual));
