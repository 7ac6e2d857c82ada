import { counted, metric } from '../../../src/cli/number.js';
import type { PredictionSummary } from '../../../src/train/report.js';
import type { PlainReport } from '../../../src/tune/events.js';

type Confusion = Extract<PredictionSummary, { readonly kind: 'confusion' }>;
type Residuals = Extract<PredictionSummary, { readonly kind: 'residuals' }>;

/** What the predictions of an epoch are, and which epoch it is. */
export interface PredictionsAt {
  readonly epoch: number;
  readonly predictions: PredictionSummary;
}

/** The newest predictions up to an epoch; of all without one. Undefined if there are none. */
export function predictionsUpTo(
  reports: readonly PlainReport[],
  epoch = Number.POSITIVE_INFINITY,
): PredictionsAt | undefined {
  for (let i = reports.length - 1; i >= 0; i--) {
    const { predictions, epoch: at } = reports[i] as PlainReport;
    if (predictions !== undefined && at <= epoch) return { epoch: at, predictions };
  }
  return undefined;
}

/** The rows of a confusion matrix: all, right ones, and of each true class. */
export function tallyOf({ counts }: Confusion): {
  readonly rows: number;
  readonly right: number;
  readonly byClass: readonly number[];
} {
  const byClass = counts.map(row => row.reduce((sum, n) => sum + n, 0));
  return {
    rows: byClass.reduce((sum, n) => sum + n, 0),
    right: counts.reduce((sum, row, truth) => sum + (row[truth] ?? 0), 0),
    byClass,
  };
}

/** The most frequent mistakes, the worst first: `8 taken for 3: 12 of its 36 rows`. */
export function confusionWords(confusion: Confusion, most = 5): string[] {
  const { byClass } = tallyOf(confusion);
  const { classes, counts } = confusion;
  return counts
    .flatMap((row, truth) => row.map((rows, taken) => ({ rows, truth, taken })))
    .filter(({ rows, truth, taken }) => truth !== taken && rows > 0)
    .sort((a, b) => b.rows - a.rows || a.truth - b.truth || a.taken - b.taken)
    .slice(0, most)
    .map(
      ({ rows, truth, taken }) =>
        `${classes[truth]} taken for ${classes[taken]}: ${rows} of its ${counted(byClass[truth] ?? 0, 'row')}`,
    );
}

/** How well predictions fit: R² (1 less the squared residuals over the squared deviations from the mean), the mean absolute error, the bias. */
export function fitOf({ pairs }: Residuals): {
  readonly r2: number | undefined;
  readonly mae: number | undefined;
  readonly bias: number | undefined;
} {
  const n = pairs.length;
  if (n === 0) return { r2: undefined, mae: undefined, bias: undefined };
  const mean = pairs.reduce((sum, [truth]) => sum + truth, 0) / n;
  let [squares, total, absolute, bias] = [0, 0, 0, 0];
  for (const [truth, prediction] of pairs) {
    squares += (prediction - truth) ** 2;
    total += (truth - mean) ** 2;
    absolute += Math.abs(prediction - truth);
    bias += prediction - truth;
  }
  return { r2: total > 0 ? 1 - squares / total : undefined, mae: absolute / n, bias: bias / n };
}

/** The fit in a sentence. */
export function fitWords(residuals: Residuals): string {
  const { r2, mae, bias } = fitOf(residuals);
  if (mae === undefined || bias === undefined) return 'There are no rows.';
  const of =
    residuals.pairs.length < residuals.rows
      ? `of ${residuals.pairs.length} of ${counted(residuals.rows, 'row')}`
      : `of ${counted(residuals.rows, 'row')}`;
  const side =
    Math.abs(bias) < 1e-12 ? 'no bias' : `on average ${metric(Math.abs(bias))} too ${bias > 0 ? 'high' : 'low'}`;
  return `R² ${metric(r2)}, mean absolute error ${metric(mae)}, ${side} (${of})`;
}
