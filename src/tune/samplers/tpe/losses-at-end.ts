import type { Standing } from './standing.js';

/** A trial that was stopped has come far if it has this share of the reports of the longest complete one. */
const FAR = 1 / 3;

/**
 * What trials come to in the end, by index: of the complete ones, and of pruned ones that have come far, which are taken to fall from
 * where they were stopped as complete ones did from there (the median of them). All without the luck of single reports (`steadied`),
 * where there are reports.
 */
export function lossesAtEnd(trials: readonly Standing[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const curves: Float64Array[] = [];
  for (const [i, { state, loss, steady }] of trials.entries()) {
    if (state !== 'complete') continue;
    const curve = steady?.();
    if (curve !== undefined && curve.length > 0) curves.push(curve);
    ends.set(i, curve?.at(-1) ?? loss);
  }
  const longest = curves.reduce((most, { length }) => Math.max(most, length), 0);
  const falls = new Map<number, number>();
  const fallFrom = (reports: number) => {
    const known = falls.get(reports) ?? medianFall(curves, reports);
    falls.set(reports, known);
    return known;
  };
  for (const [i, { state, step, steady }] of trials.entries()) {
    // Its reports are not counted until it is clear that it matters: they may be many.
    if (state !== 'pruned' || steady === undefined || longest === 0 || step < FAR * longest) continue;
    const curve = steady();
    const end = (curve.at(-1) ?? Number.NaN) - fallFrom(curve.length);
    if (curve.length >= FAR * longest && !Number.isNaN(end)) ends.set(i, end);
  }
  return ends;
}

/** The median of what curves lose from a report, by its count, to their end; NaN without a curve that has so many. */
function medianFall(curves: readonly Float64Array[], reports: number): number {
  const falls = curves
    .filter(({ length }) => length >= reports)
    .map(curve => (curve[reports - 1] as number) - (curve.at(-1) as number))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return falls[falls.length >> 1] ?? Number.NaN;
}
