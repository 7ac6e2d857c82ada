// Beyond, 2^n sums are too many to count without rounding, and the normal distribution is close.
const EXACT_UP_TO = 50;

/**
 * The p-value of Wilcoxon's signed-rank test that paired differences tend to lie above 0, one-sided: the share of all ways to give
 * the differences signs whose positive ranks sum up to at least as much. Ties get the mean of their ranks; differences of 0 have a
 * rank and take no side. Exact for up to 50 pairs, ties included; above, by the normal distribution with the variance of the ranks as they
 * are, without a correction for continuity. 1 when nothing differs. Wilcoxon, "Individual Comparisons by Ranking Methods" (1945).
 *
 * @param differences infinities are the largest; NaN counts as 0
 */
export function signedRank(differences: readonly number[]): number {
  const ranks: number[] = [];
  let positive = 0;
  for (const { difference, twice } of ranked(differences)) {
    if (difference === 0) continue;
    ranks.push(twice);
    if (difference > 0) positive += twice;
  }
  if (ranks.length === 0) return 1;
  return ranks.length <= EXACT_UP_TO ? exact(ranks, positive) : normal(ranks, positive);
}

/** The differences with twice their mid-ranks by size, which are whole numbers. */
function ranked(differences: readonly number[]): { readonly difference: number; readonly twice: number }[] {
  const bySize = differences
    .map(difference => (Number.isNaN(difference) ? 0 : difference))
    .sort((a, b) => (Math.abs(a) === Math.abs(b) ? 0 : Math.abs(a) - Math.abs(b)));
  let first = 0;
  return bySize.map((difference, i) => {
    const size = Math.abs(difference);
    if (size !== Math.abs(bySize[first] as number)) first = i;
    let last = i;
    while (last + 1 < bySize.length && Math.abs(bySize[last + 1] as number) === size) last++;
    return { difference, twice: first + last + 2 };
  });
}

/** How many of the 2^n sums of some of the ranks are at least `positive`, as a share. */
function exact(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    for (let sum = reached; sum >= 0; sum--) (ways[sum + rank] as number) += ways[sum] as number;
    reached += rank;
  }
  let found = 0;
  for (let sum = positive; sum <= total; sum++) found += ways[sum] as number;
  return found / 2 ** ranks.length;
}

function normal(ranks: readonly number[], positive: number): number {
  let mean = 0;
  let variance = 0;
  for (const rank of ranks) {
    mean += rank / 2;
    variance += rank ** 2 / 4;
  }
  return upperTail((positive - mean) / Math.sqrt(variance));
}

/**
 * The normal distribution's mass above z, with a relative error below 1.2e-7: the Chebyshev fit of erfc in Press et al., "Numerical
 * Recipes", 2nd edition, section 6.2.
 */
function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = coefficients.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  const tail = (t * Math.exp(-x * x + fit)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];
