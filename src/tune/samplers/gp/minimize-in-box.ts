/** A function and its gradient: writes the gradient into `gradient`, returns the value. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

/** Where a minimization ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

/** How long to go on. */
export interface MinimizeOptions {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** Evaluations at most. */
  readonly evaluations: number;
  /** Ends when a step lowers the value by less than this. */
  readonly tolerance: number;
}

const MEMORY = 6;
/** Armijo's condition. */
const DECREASE = 1e-4;

/**
 * A local minimum within a box: L-BFGS over the coordinates that are not held at a bound, steps projected onto the box
 * (Bertsekas, "Projected Newton methods", 1982), with backtracking. Deterministic; a value that is not finite counts as too far.
 */
export function minimizeInBox(f: Differentiable, start: ArrayLike<number>, options: MinimizeOptions): Minimum {
  const { low, high, evaluations, tolerance } = options;
  const n = start.length;
  const clamp = (value: number, i: number) => Math.min(high[i] as number, Math.max(low[i] as number, value));
  let x = Float64Array.from(start, clamp);
  let gradient = new Float64Array(n);
  let value = f(x, gradient);
  let past: { s: Float64Array; y: Float64Array; rho: number }[] = [];

  for (let used = 1; used < evaluations; ) {
    const free = Uint8Array.from(x, (at, i) => {
      const slope = gradient[i] as number;
      return (at <= (low[i] as number) && slope > 0) || (at >= (high[i] as number) && slope < 0) ? 0 : 1;
    });
    let direction = descent(gradient, free, past);
    if (dot(direction, gradient) >= 0) {
      past = [];
      direction = descent(gradient, free, past);
    }
    let length = past.length > 0 ? 1 : Math.min(1, 0.2 / (Math.sqrt(dot(direction, direction)) + 1e-300));
    let moved: Float64Array<ArrayBuffer> | undefined;
    let nextValue = value;
    const nextGradient = new Float64Array(n);
    while (used < evaluations) {
      const next = x.map((at, i) => clamp(at + length * (direction[i] as number), i));
      const expected = next.reduce((sum, at, i) => sum + (gradient[i] as number) * (at - (x[i] as number)), 0);
      if (!(expected < 0)) break;
      nextValue = f(next, nextGradient);
      used++;
      if (nextValue <= value + DECREASE * expected) {
        moved = next;
        break;
      }
      length *= Number.isFinite(nextValue) ? 0.4 : 0.1;
      if (length < 1e-12) break;
    }
    if (moved === undefined) break;
    const s = moved.map((at, i) => at - (x[i] as number));
    const y = nextGradient.map((slope, i) => slope - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      past.push({ s, y, rho: 1 / curvature });
      if (past.length > MEMORY) past.shift();
    }
    const gained = value - nextValue;
    x = moved;
    value = nextValue;
    gradient = nextGradient;
    if (gained < tolerance) break;
  }
  return { x, value };
}

/** The two-loop recursion (Nocedal, 1980) over the free coordinates. */
function descent(
  gradient: Float64Array,
  free: Uint8Array,
  past: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((slope, i) => (free[i] ? slope : 0));
  const alphas: number[] = [];
  for (const { s, y, rho } of past.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) - alpha * (y[i] as number);
  }
  const last = past.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  for (const { s, y, rho } of past) {
    const beta = rho * dot(y, q);
    const alpha = alphas.pop() as number;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) + (alpha - beta) * (s[i] as number);
  }
  return q.map((value, i) => (free[i] ? -value : 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
