import { checkClasses, type Metric } from './metric.js';

/**
 * The probability that a random row of the class scores above a random other row, ties counting half: the area under
 * the ROC curve, by ranks (Hanley and McNeil, 1982). NaN when one side is empty or a score is NaN.
 */
function area(score: Float64Array, positive: Uint8Array): number {
  if (score.some(Number.isNaN)) return Number.NaN;
  const order = Uint32Array.from(score, (_, i) => i).sort((a, b) => score[a]! - score[b]! || 0);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && score[order[to]!] === score[order[from]!]) to++;
    let tied = 0;
    for (let i = from; i < to; i++) tied += positive[order[i]!]!;
    positives += tied;
    // Tied rows share the mean of the ranks from + 1 … to.
    rankSum += (tied * (from + 1 + to)) / 2;
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Area under the ROC curve. With one or two outputs that of class 1; with more the mean of one class against the rest
 * over the classes that have rows on both sides. NaN when no class has (y of one class only), or for a NaN score.
 */
export const rocAuc: Metric = {
  name: 'rocAuc',
  direction: 'maximize',
  compute(context) {
    checkClasses('rocAuc', context);
    const { prediction, outputs, y, rows } = context;
    const ofClass = (label: number): number => {
      const column = outputs === 1 ? 0 : label;
      const score = Float64Array.from({ length: rows }, (_, i) => prediction[i * outputs + column]!);
      return area(
        score,
        Uint8Array.from({ length: rows }, (_, i) => Number(y[i] === label)),
      );
    };
    if (outputs <= 2) return ofClass(1);
    const classes = new Set(Array.from({ length: rows }, (_, i) => y[i]!));
    if (classes.size < 2) return Number.NaN;
    let total = 0;
    for (const label of classes) total += ofClass(label);
    return total / classes.size;
  },
};
