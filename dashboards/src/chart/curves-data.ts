/** Numbers in a row, in whatever form they are kept. */
export interface Numbers extends Iterable<number> {
  readonly length: number;
  readonly [index: number]: number;
  at(index: number): number | undefined;
  indexOf(value: number): number;
  entries(): Iterable<[number, number]>;
  findLastIndex(found: (value: number) => boolean): number;
}

/** One metric of one trial over its epochs; what is no number is NaN, a gap. */
export interface Curve {
  readonly xs: Numbers;
  readonly ys: Numbers;
}

/** The curves of all trials for one metric, which grow as reports come. */
export interface Curves {
  append(trial: number, x: number, y: number): void;
  /** Instead of what was there of this trial; the arrays are kept. */
  replace(trial: number, xs: Float32Array, ys: Float32Array): void;
  get(trial: number): Curve | undefined;
  /** Numbers shown, all curves together. */
  points(): number;
  /** The greatest value on the axis, at least 1. */
  last(): number;
  /** At most about so many of the values, evenly chosen, within a stretch of the axis if one is given. */
  sample(size: number, wanted: (trial: number) => boolean, from?: number, to?: number): number[];
}

interface Growing {
  xs: Float32Array;
  ys: Float32Array;
  length: number;
  /** Of its present length; made when it is asked for. */
  view: Curve | undefined;
}

/** No curves yet: columns of numbers that double when they are full, so that a million points need no million objects. */
export function curvesData(): Curves {
  const curves = new Map<number, Growing>();
  let points = 0;
  let rows = 0;
  let last = 1;
  return {
    append(trial, x, y) {
      let curve = curves.get(trial);
      if (curve === undefined) {
        curve = { xs: new Float32Array(8), ys: new Float32Array(8), length: 0, view: undefined };
        curves.set(trial, curve);
      }
      if (curve.length === curve.xs.length) {
        curve.xs = grown(curve.xs);
        curve.ys = grown(curve.ys);
      }
      curve.xs[curve.length] = x;
      curve.ys[curve.length++] = y;
      curve.view = undefined;
      rows++;
      if (Number.isFinite(y)) points++;
      if (x > last) last = x;
    },
    replace(trial, xs, ys) {
      const before = curves.get(trial);
      if (before !== undefined) {
        rows -= before.length;
        points -= finiteIn(before.ys, before.length);
      }
      curves.set(trial, { xs, ys, length: xs.length, view: undefined });
      rows += xs.length;
      points += finiteIn(ys, ys.length);
      last = Math.max(last, xs.at(-1) ?? 1);
    },
    get(trial) {
      const curve = curves.get(trial);
      if (curve === undefined) return undefined;
      curve.view ??= { xs: curve.xs.subarray(0, curve.length), ys: curve.ys.subarray(0, curve.length) };
      return curve.view;
    },
    points: () => points,
    last: () => last,
    sample(size, wanted, from = -Infinity, to = Infinity) {
      const every = Math.max(1, Math.floor(rows / size));
      const values: number[] = [];
      // What is left of a stride when a curve ends is the beginning of the next: long curves count for more than short ones.
      let skip = 0;
      for (const [trial, { xs, ys, length }] of curves) {
        if (!wanted(trial)) continue;
        let i = skip;
        for (; i < length; i += every) {
          const x = xs[i] as number;
          if (x >= from && x <= to) values.push(ys[i] as number);
        }
        skip = i - length;
      }
      return values;
    },
  };
}

function grown(numbers: Float32Array): Float32Array {
  const more = new Float32Array(2 * numbers.length);
  more.set(numbers);
  return more;
}

function finiteIn(numbers: Float32Array, length: number): number {
  let found = 0;
  for (let i = 0; i < length; i++) if (Number.isFinite(numbers[i])) found++;
  return found;
}

/** The first index whose number is not less than `wanted`, in ascending numbers; their length if there is none. */
export function firstFrom(xs: Numbers, wanted: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
