import { checkValue, count } from '../options.js';
import { checkClasses, type Metric } from './metric.js';

/**
 * The share of rows whose class is among the k largest outputs; among equal ones the lower index comes first, so that
 * k = 1 is accuracy. Named `top5Accuracy` for k = 5. NaN outputs make a row wrong.
 */
export function topK(k: number): Metric {
  checkValue('topK: k', k, count);
  const name = `top${k}Accuracy`;
  return {
    name,
    direction: 'maximize',
    compute(context) {
      checkClasses(name, context);
      const { prediction, outputs, y, rows } = context;
      let right = 0;
      for (let i = 0; i < rows; i++) {
        const own = y[i]!;
        const score = prediction[i * outputs + own]!;
        let before = 0;
        for (let j = 0; j < outputs; j++) {
          const other = prediction[i * outputs + j]!;
          if (Number.isNaN(other)) before = Number.POSITIVE_INFINITY;
          else if (other > score || (other === score && j < own)) before++;
        }
        // A class beyond the outputs has no score, so nothing is above it: it is wrong all the same.
        if (before < k && own < outputs) right++;
      }
      return right / rows;
    },
  };
}
