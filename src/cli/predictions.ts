import { predictedClass } from '../nn/metrics/predicted-class.js';
import type { ModelData } from '../nn/model-header.js';

/** What a model says of a row. */
export interface Prediction {
  /** The likeliest class, empty when an output is NaN; undefined in a regression. */
  readonly label?: string;
  /** The classes' probabilities in the order of the classes, or the targets' values. */
  readonly values: readonly number[];
}

/** The predictions in linked outputs [rows, outputs]; one output for two classes is the probability of the second. */
export function predictions(
  data: Pick<ModelData, 'task' | 'classes'>,
  prediction: Float32Array,
  outputs: number,
): Prediction[] {
  const rows = prediction.length / outputs;
  const context = { prediction, outputs, y: [], targets: 1, rows };
  return Array.from({ length: rows }, (_, row) => {
    const values = [...prediction.subarray(row * outputs, (row + 1) * outputs)].map(shortest);
    if (data.task === 'regression') return { values };
    const label = data.classes[predictedClass(context, row)] ?? '';
    return { label, values: outputs === 1 ? [shortest(1 - values[0]!), values[0]!] : values };
  });
}

/** A float32 in as few digits as tell it from its neighbours. */
function shortest(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
