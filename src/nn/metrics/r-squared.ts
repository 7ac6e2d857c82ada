import { checkValues, type Metric } from './metric.js';

/**
 * Coefficient of determination, 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean over the outputs: 1 is perfect, 0 no better than the
 * mean. NaN when a target does not vary, where it is undefined.
 */
export const r2: Metric = {
  name: 'r2',
  direction: 'maximize',
  compute(context) {
    checkValues('r2', context);
    const { prediction, y, rows, outputs } = context;
    let total = 0;
    for (let j = 0; j < outputs; j++) {
      let mean = 0;
      for (let i = 0; i < rows; i++) mean += y[i * outputs + j]! / rows;
      let [residual, spread] = [0, 0];
      for (let i = 0; i < rows; i++) {
        const at = i * outputs + j;
        residual += (y[at]! - prediction[at]!) ** 2;
        spread += (y[at]! - mean) ** 2;
      }
      total += varies(y, outputs, j, rows) ? 1 - residual / spread : Number.NaN;
    }
    return total / outputs;
  },
};

// Not `spread > 0`: the rounding of the mean can leave a tiny spread where every value is the same.
function varies(y: ArrayLike<number>, outputs: number, column: number, rows: number): boolean {
  for (let i = 1; i < rows; i++) if (y[i * outputs + column] !== y[column]) return true;
  return false;
}
