import { cholesky, dot, inverseFrom, solveLower, solveUpper } from './cholesky.js';
import { type Differentiable, minimizeInBox } from './minimize-in-box.js';

/** Points and what was seen at them. */
export interface Observed {
  /** [n, d], row after row; real features, or the numbers of categories. */
  readonly x: Float64Array;
  /** [n], about 0 on average with a variance of about 1. */
  readonly y: Float64Array;
  /** [n]: variances of noise beside the kernel's. */
  readonly doubt?: Float64Array | undefined;
}

/** A Matérn-5/2 kernel with a relevance for every feature (ARD), and noise. */
export interface Kernel {
  /** [d]: inverse squared length scales. */
  readonly weights: Float64Array;
  readonly scale: number;
  /** The variance of the noise. */
  readonly noise: number;
}

/** What is believed of a function after some observations. */
export interface Posterior {
  readonly mean: (at: Float64Array) => number;
  /** Mean and variance at a point, without the noise; with `slopes`, their derivatives by every real feature are written there. */
  readonly predict: (
    at: Float64Array,
    slopes?: { readonly mean: Float64Array; readonly variance: Float64Array },
  ) => readonly [mean: number, variance: number];
}

const SQRT5 = Math.sqrt(5);

/** k(r²) = (1 + √5 r + 5/3 r²) e^(−√5 r). */
function matern(r2: number): number {
  const r = SQRT5 * Math.sqrt(r2);
  return (1 + r + (5 / 3) * r2) * Math.exp(-r);
}

/** dk / d(r²) = −5/6 (1 + √5 r) e^(−√5 r). */
function maternSlope(r2: number): number {
  const r = SQRT5 * Math.sqrt(r2);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}

/** The squared distance of two features: 1 between different categories. */
function squared(a: number, b: number, categorical: number): number {
  if (categorical) return a === b ? 0 : 1;
  return (a - b) * (a - b);
}

/** The weighted squared distance of row `i` of `x` and a point. */
function distance(
  x: Float64Array,
  i: number,
  at: Float64Array,
  weights: Float64Array,
  categorical: Uint8Array,
): number {
  const d = weights.length;
  let r2 = 0;
  for (let j = 0; j < d; j++) {
    r2 += (weights[j] as number) * squared(x[i * d + j] as number, at[j] as number, categorical[j] as number);
  }
  return r2;
}

/**
 * The kernel of the largest posterior density (MAP), by L-BFGS over the logarithms of its parameters from a fixed start; the
 * priors keep what the data say nothing of in a sensible range: −0.1 (1 / w + w) for the weights, Gamma(2, 1) for the scale,
 * Gamma(1.1, 30) for the noise. Deterministic.
 *
 * @param categorical [d]: 1 for a feature that is the number of a category
 */
export function fitKernel({ x, y, doubt }: Observed, categorical: Uint8Array): Kernel {
  const d = categorical.length;
  const n = y.length;
  const weights = new Float64Array(d);
  const k = new Float64Array(n * n);
  const slopes = new Float64Array(n * n);

  // −log p(y | θ) − log p(θ); its gradient is ½ tr((K⁻¹ − α αᵀ) ∂K) and that of the priors.
  const loss: Differentiable = (theta, gradient) => {
    for (let j = 0; j < d; j++) weights[j] = Math.exp(theta[j] as number);
    const scale = Math.exp(theta[d] as number);
    const noise = Math.exp(theta[d + 1] as number);
    for (let i = 0; i < n; i++) {
      const row = x.subarray(i * d, i * d + d);
      for (let j = 0; j < i; j++) {
        const r2 = distance(x, j, row, weights, categorical);
        k[i * n + j] = scale * matern(r2);
        slopes[i * n + j] = scale * maternSlope(r2);
      }
      k[i * n + i] = scale + noise + (doubt?.[i] ?? 0);
    }
    const l = k.slice();
    if (!cholesky(l, n)) return Number.POSITIVE_INFINITY;
    const alpha = solveUpper(l, n, solveLower(l, n, y.slice()));
    const inverse = inverseFrom(l, n);
    let value = 0;
    for (let i = 0; i < n; i++) {
      value += 0.5 * (alpha[i] as number) * (y[i] as number) + Math.log(l[i * n + i] as number);
    }
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const ai = alpha[i] as number;
      for (let j = 0; j < i; j++) {
        const at = i * n + j;
        // Twice the half: both triangles.
        const w = (inverse[at] as number) - ai * (alpha[j] as number);
        gradient[d] = (gradient[d] as number) + w * (k[at] as number);
        const slope = w * (slopes[at] as number);
        for (let f = 0; f < d; f++) {
          gradient[f] =
            (gradient[f] as number) +
            slope * squared(x[i * d + f] as number, x[j * d + f] as number, categorical[f] as number);
        }
      }
      const own = 0.5 * ((inverse[i * n + i] as number) - ai * ai);
      gradient[d] = (gradient[d] as number) + own * scale;
      gradient[d + 1] = (gradient[d + 1] as number) + own * noise;
    }
    for (let f = 0; f < d; f++) {
      const w = weights[f] as number;
      gradient[f] = (gradient[f] as number) * w + 0.1 * (w - 1 / w);
      value += 0.1 * (w + 1 / w);
    }
    gradient[d] = (gradient[d] as number) + scale - 1;
    gradient[d + 1] = (gradient[d + 1] as number) + 30 * noise - 0.1;
    return value + scale - Math.log(scale) + 30 * noise - 0.1 * Math.log(noise);
  };

  const bounds = (weight: number, scale: number, noise: number) =>
    Float64Array.from({ length: d + 2 }, (_, i) => Math.log(i < d ? weight : i === d ? scale : noise));
  const { x: theta } = minimizeInBox(loss, bounds(2, 1, 1e-3), {
    low: bounds(1e-3, 1e-2, MIN_NOISE),
    high: bounds(1e4, 1e2, 1),
    evaluations: 40,
    tolerance: 1e-2,
  });
  return {
    weights: theta.slice(0, d).map(Math.exp),
    scale: Math.exp(theta[d] as number),
    noise: Math.exp(theta[d + 1] as number),
  };
}

const MIN_NOISE = 1e-7;

/** The Gaussian process with mean 0 and a kernel, given observations. */
export function posterior({ x, y, doubt }: Observed, kernel: Kernel, categorical: Uint8Array): Posterior {
  const { weights, scale } = kernel;
  const d = weights.length;
  const n = y.length;
  const l = factor(x, n, kernel, categorical, doubt);
  const alpha = solveUpper(l, n, solveLower(l, n, y.slice()));
  const k = new Float64Array(n);
  const slopes = new Float64Array(n);
  // This is where an ask spends its time: real features are scaled once, and no loop asks which feature is which.
  const real = [...weights.keys()].filter(j => !categorical[j]);
  const others = [...weights.keys()].filter(j => categorical[j]);
  const m = real.length;
  const roots = Float64Array.from(real, j => Math.sqrt(weights[j] as number));
  const scaled = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) scaled[i * m + j] = (roots[j] as number) * (x[i * d + (real[j] as number)] as number);
  }
  const point = new Float64Array(m);
  const sums = new Float64Array(2 * m);

  const distances = (at: Float64Array, out: Float64Array) => {
    for (let j = 0; j < m; j++) point[j] = (roots[j] as number) * (at[real[j] as number] as number);
    for (let i = 0, place = 0; i < n; i++) {
      let r2 = 0;
      for (let j = 0; j < m; j++, place++) {
        const gap = (point[j] as number) - (scaled[place] as number);
        r2 += gap * gap;
      }
      out[i] = r2;
    }
    for (const j of others) {
      for (let i = 0; i < n; i++) if (x[i * d + j] !== at[j]) out[i] = (out[i] as number) + (weights[j] as number);
    }
  };
  const covariances = (at: Float64Array) => {
    distances(at, k);
    for (let i = 0; i < n; i++) k[i] = scale * matern(k[i] as number);
  };
  const bounded = (variance: number) => Math.max(scale * 1e-12, variance);
  return {
    mean(at) {
      covariances(at);
      return dot(k, 0, alpha, 0, n);
    },
    predict(at, by) {
      if (by === undefined) {
        covariances(at);
        const mean = dot(k, 0, alpha, 0, n);
        solveLower(l, n, k);
        return [mean, bounded(scale - dot(k, 0, k, 0, n))];
      }
      distances(at, k);
      for (let i = 0; i < n; i++) {
        const r2 = k[i] as number;
        const r = SQRT5 * Math.sqrt(r2);
        const decay = scale * Math.exp(-r);
        k[i] = (1 + r + (5 / 3) * r2) * decay;
        slopes[i] = (-5 / 6) * (1 + r) * decay;
      }
      const mean = dot(k, 0, alpha, 0, n);
      solveLower(l, n, k);
      const variance = scale - dot(k, 0, k, 0, n);
      solveUpper(l, n, k);
      // ∂ mean = Σ αᵢ ∂kᵢ and ∂ variance = −2 Σ (K⁻¹ k)ᵢ ∂kᵢ, ∂kᵢ = 2 k′(r²) √w (√w x − √w xᵢ).
      sums.fill(0);
      for (let i = 0, place = 0; i < n; i++) {
        const ofMean = (alpha[i] as number) * (slopes[i] as number);
        const ofVariance = (k[i] as number) * (slopes[i] as number);
        for (let j = 0; j < m; j++, place++) {
          const gap = (point[j] as number) - (scaled[place] as number);
          sums[j] = (sums[j] as number) + ofMean * gap;
          sums[m + j] = (sums[m + j] as number) + ofVariance * gap;
        }
      }
      for (let j = 0; j < m; j++) {
        by.mean[real[j] as number] = 2 * (roots[j] as number) * (sums[j] as number);
        by.variance[real[j] as number] = -4 * (roots[j] as number) * (sums[m + j] as number);
      }
      return [mean, bounded(variance)];
    },
  };
}

/** The Cholesky factor of K, with as much jitter as that needs: points that are almost equal make K singular in floating point. */
function factor(
  x: Float64Array,
  n: number,
  { weights, scale, noise }: Kernel,
  categorical: Uint8Array,
  doubt?: Float64Array,
): Float64Array {
  const d = weights.length;
  for (let jitter = 0; ; jitter = jitter === 0 ? scale * 1e-10 : jitter * 10) {
    const k = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const row = x.subarray(i * d, i * d + d);
      for (let j = 0; j < i; j++) k[i * n + j] = scale * matern(distance(x, j, row, weights, categorical));
      k[i * n + i] = scale + noise + jitter + (doubt?.[i] ?? 0);
    }
    if (cholesky(k, n)) return k;
  }
}
