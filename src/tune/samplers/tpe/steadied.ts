/** Over which share of the reports so far a mean is taken. */
const SHARE = 0.2;

/**
 * How good a trial is after each of its reports, without the luck of one report: the best so far of the means over the last fifth of
 * the reports up to there (at least one).
 *
 * @param losses the smaller the better; a mean over one that is infinite is infinite
 */
export function steadied(losses: readonly number[]): Float64Array {
  const best = new Float64Array(losses.length);
  let [sum, infinite, from, least] = [0, 0, 0, Number.POSITIVE_INFINITY];
  const count = (loss: number, sign: number) => {
    if (Number.isFinite(loss)) sum += sign * loss;
    else infinite += sign;
  };
  for (const [i, loss] of losses.entries()) {
    count(loss, 1);
    while (from < Math.floor((1 - SHARE) * (i + 1))) count(losses[from++] as number, -1);
    if (infinite === 0) least = Math.min(least, sum / (i + 1 - from));
    best[i] = least;
  }
  return best;
}
