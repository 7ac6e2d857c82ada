import { checkClasses, type Metric } from './metric.js';
import { predictedClass } from './predicted-class.js';

/** The share of rows whose class is predicted; one output counts as class 1 from 0.5 up. A NaN prediction is wrong. */
export const accuracy: Metric = {
  name: 'accuracy',
  direction: 'maximize',
  compute(context) {
    checkClasses('accuracy', context);
    let right = 0;
    for (let i = 0; i < context.rows; i++) right += Number(predictedClass(context, i) === context.y[i]);
    return right / context.rows;
  },
};
