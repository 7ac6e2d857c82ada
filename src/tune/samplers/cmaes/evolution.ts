import { type Eigen, eigen } from './eigen.js';

/** The normal distribution that CMA-ES draws from, and its memory. Names as in Hansen, "The CMA Evolution Strategy: A Tutorial" (2016). */
export interface Evolution {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** [n, n], row after row, and B D² Bᵀ = C. */
  readonly c: Float64Array;
  readonly axes: Eigen;
  /** Evolution paths, of C and of σ. */
  readonly pc: Float64Array;
  readonly ps: Float64Array;
  /** Updates so far. */
  readonly generation: number;
}

/** A distribution without a shape yet: around a mean, equally wide in every direction. */
export function beginEvolution(mean: Float64Array, sigma: number): Evolution {
  const n = mean.length;
  const c = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  return {
    mean,
    sigma,
    c,
    axes: eigen(c, n),
    pc: new Float64Array(n),
    ps: new Float64Array(n),
    generation: 0,
  };
}

/** A step y = B D z of the distribution N(0, C), for standard normal numbers z. */
export function stepFrom({ axes: { values, vectors } }: Evolution, z: ArrayLike<number>): Float64Array {
  const n = values.length;
  const y = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const length = Math.sqrt(values[j] as number) * (z[j] as number);
    for (let i = 0; i < n; i++) y[i] = (y[i] as number) + (vectors[i * n + j] as number) * length;
  }
  return y;
}

/** C^(−½) y = B D⁻¹ Bᵀ y. */
export function whitened({ axes: { values, vectors } }: Evolution, y: Float64Array): Float64Array {
  const n = y.length;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += (vectors[i * n + j] as number) * (y[i] as number);
    along /= Math.sqrt(values[j] as number);
    for (let i = 0; i < n; i++) out[i] = (out[i] as number) + (vectors[i * n + j] as number) * along;
  }
  return out;
}

/** The distribution after a generation's steps y = (x − m) / σ, the best first; at least two. Weights of the worse half are negative. */
export function evolve(state: Evolution, steps: readonly Float64Array[]): Evolution {
  const { mean, sigma, c, generation } = state;
  const n = mean.length;
  const { weights, muEff, cc, cs, c1, cmu, damping } = constants(n, steps.length);
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

  const y = new Float64Array(n);
  for (const [k, step] of steps.entries()) {
    const w = weights[k] as number;
    if (w > 0) for (let i = 0; i < n; i++) y[i] = (y[i] as number) + w * (step[i] as number);
  }
  const white = whitened(state, y);
  const ps = state.ps.map((p, i) => (1 - cs) * p + Math.sqrt(cs * (2 - cs) * muEff) * (white[i] as number));
  const psLength = Math.hypot(...ps);
  const stalled = psLength / Math.sqrt(1 - (1 - cs) ** (2 * (generation + 1))) >= (1.4 + 2 / (n + 1)) * chi;
  const pc = state.pc.map((p, i) => (1 - cc) * p + (stalled ? 0 : Math.sqrt(cc * (2 - cc) * muEff) * (y[i] as number)));

  const sum = weights.reduce((a, b) => a + b, 0);
  const kept = 1 - c1 - cmu * sum + (stalled ? c1 * cc * (2 - cc) : 0);
  const next = c.map(value => kept * value);
  const add = (w: number, v: Float64Array) => {
    for (let i = 0; i < n; i++) {
      const along = w * (v[i] as number);
      for (let j = 0; j < n; j++) next[i * n + j] = (next[i * n + j] as number) + along * (v[j] as number);
    }
  };
  add(c1, pc);
  for (const [k, step] of steps.entries()) {
    const w = weights[k] as number;
    // A step against which C shrinks counts with the length that it would have on average, so that C stays positive definite.
    const length2 = w < 0 ? whitened(state, step).reduce((a, b) => a + b * b, 0) : 1;
    if (length2 > 0) add(w < 0 ? (cmu * w * n) / length2 : cmu * w, step);
  }
  const axes = eigen(next, n);
  const floor = 1e-20 * axes.values.reduce((a, b) => Math.max(a, b), 0);
  return {
    mean: mean.map((m, i) => m + sigma * (y[i] as number)),
    // As in Hansen's code, no more than a factor of e a generation.
    sigma: sigma * Math.exp(Math.min(1, (cs / damping) * (psLength / chi - 1))),
    c: next,
    axes: { ...axes, values: axes.values.map(value => Math.max(value, floor, 1e-300)) },
    pc,
    ps,
    generation: generation + 1,
  };
}

/** The defaults of the tutorial's table 1, for n dimensions and λ points. */
function constants(n: number, lambda: number) {
  const raw = Float64Array.from({ length: lambda }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const total = (sign: number) => raw.reduce((sum, w) => sum + (w * sign > 0 ? Math.abs(w) : 0), 0);
  const effective = (sign: number) =>
    total(sign) ** 2 / (raw.reduce((sum, w) => sum + (w * sign > 0 ? w * w : 0), 0) || 1);
  const muEff = effective(1);
  const cc = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const cs = (muEff + 2) / (n + muEff + 5);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cmu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const damping = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cs;
  const negative = Math.min(1 + c1 / cmu, 1 + (2 * effective(-1)) / (muEff + 2), (1 - c1 - cmu) / (n * cmu));
  const weights = raw.map(w => (w >= 0 ? w / total(1) : (w * negative) / total(-1)));
  return { weights, muEff, cc, cs, c1, cmu, damping };
}
