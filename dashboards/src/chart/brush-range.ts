import type { Wanted } from '../filter.js';
import type { AxisScale } from './axis-scale.js';

/** Closer to an end than this share is the end itself, which is then left open. */
const nearEnd = 0.006;

/** What is wanted of a field when the shares from `a` to `b` of its axis are brushed; undefined: anything, or nothing in particular. */
export function wantedBetween(scale: AxisScale, a: number, b: number): Wanted | undefined {
  const [from, to] = a < b ? [a, b] : [b, a];
  const { bands, field } = scale;
  if (bands !== undefined) {
    const within = bands.filter((_, i) => (i + 0.5) / bands.length >= from && (i + 0.5) / bands.length <= to);
    if (within.length === 0 || within.length === bands.length) return undefined;
    if (field.kind === 'category') return { of: within.map(String) };
    return { low: within[0] as number, high: within.at(-1) as number };
  }
  const low = from <= nearEnd ? undefined : rounded(scale, scale.value(from), Math.ceil);
  const high = to >= 1 - nearEnd ? undefined : rounded(scale, scale.value(to), Math.floor);
  return low === undefined && high === undefined ? undefined : { low, high };
}

/** The parts of an axis that are wanted, as shares, in order; the whole axis is no part, and what is not on it neither. */
export function brushedParts(scale: AxisScale, wanted: Wanted | undefined): readonly (readonly [number, number])[] {
  if (wanted === undefined) return [];
  const { bands } = scale;
  if (bands !== undefined) {
    const parts: [number, number][] = [];
    for (const [i, band] of bands.entries()) {
      if (!isWanted(wanted, band)) continue;
      const last = parts.at(-1);
      const [from, to] = [i / bands.length, (i + 1) / bands.length];
      if (last !== undefined && Math.abs(last[1] - from) < 1e-9) last[1] = to;
      else parts.push([from, to]);
    }
    return parts;
  }
  if ('of' in wanted) return [];
  const at = (value: number | undefined, end: number) => (value === undefined ? end : scale.share(value));
  return [[at(wanted.low, 0), at(wanted.high, 1)]];
}

function isWanted(wanted: Wanted, band: string | number): boolean {
  if ('of' in wanted) return wanted.of.includes(String(band));
  return Number(band) >= (wanted.low ?? -Infinity) && Number(band) <= (wanted.high ?? Infinity);
}

/** To a thousandth of the axis: what a hand can mean. Whole numbers inwards, so that what is not brushed is not in. */
function rounded({ integer, log, low, high }: AxisScale, value: number, inwards: (value: number) => number): number {
  if (integer) return inwards(value);
  if (log) return Number(value.toPrecision(3));
  const digits = Math.ceil(-Math.log10((high - low) / 1000));
  return digits > 0 ? Number(value.toFixed(Math.min(20, digits))) : Math.round(value);
}
