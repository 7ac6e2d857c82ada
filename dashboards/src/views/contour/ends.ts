import type { FieldAxis, KernelField } from '../../chart/kernel-field.js';

/** Differences smaller than this part of the objective's range are shown as such: small. */
const leastSpan = 0.05;

/** The ends of the colours for means of goodness, which differ less than the values themselves: their own, but not too close together. */
export function endsOf(means: readonly number[]): readonly [number, number] {
  const low = Math.min(1, ...means);
  const high = Math.max(0, ...means);
  if (means.length === 0) return [0, 1];
  const missing = Math.max(0, leastSpan - (high - low)) / 2;
  return [low - missing, high + missing];
}

/** The means of a field at its nodes, or in its bands, as far as it says something. */
export function meansOf(field: KernelField, x: FieldAxis, y: FieldAxis): number[] {
  const means: number[] = [];
  const at = (i: number, { count, banded }: FieldAxis) => (banded ? (i + 0.5) / count : i / (count - 1));
  for (let i = 0; i < x.count; i++) {
    for (let j = 0; j < y.count; j++) {
      const mean = field.at(at(i, x), at(j, y));
      if (!Number.isNaN(mean)) means.push(mean);
    }
  }
  return means;
}

/** The share of a goodness between the ends, in so many steps: the middle of its step. */
export function stepped(goodness: number, [low, high]: readonly [number, number], steps: number): number {
  const share = Math.min(1, Math.max(0, (goodness - low) / (high - low)));
  return (Math.min(steps - 1, Math.floor(share * steps)) + 0.5) / steps;
}
