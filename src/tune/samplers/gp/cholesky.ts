/**
 * The lower triangle L of A = L Lᵀ, in place of the lower triangle of `a` [n, n], row after row.
 *
 * @returns whether `a` was positive definite.
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      const sum = (a[row + j] as number) - dot(a, row, a, other, j);
      if (j < i) a[row + j] = sum / (a[other + j] as number);
      else if (sum > 0) a[row + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** L⁻¹ b, in place of `b`. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    b[i] = ((b[i] as number) - dot(l, row, b, 0, i)) / (l[row + i] as number);
  }
  return b;
}

/** L⁻ᵀ b, in place of `b`. */
export function solveUpper(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const x = (b[i] as number) / (l[row + i] as number);
    b[i] = x;
    // Column by column of Lᵀ, which are L's rows, so that memory is read in order.
    for (let k = 0; k < i; k++) b[k] = (b[k] as number) - (l[row + k] as number) * x;
  }
  return b;
}

/** The lower triangle of A⁻¹ = L⁻ᵀ L⁻¹; the upper one is left at 0. */
export function inverseFrom(l: Float64Array, n: number): Float64Array {
  // M = L⁻¹ row by row: M_i = (e_i − Σ_k<i L_ik M_k) / L_ii.
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const pivot = 1 / (l[row + i] as number);
    for (let k = 0; k < i; k++) {
      const factor = l[row + k] as number;
      if (factor === 0) continue;
      const other = k * n;
      for (let j = 0; j <= k; j++) m[row + j] = (m[row + j] as number) - factor * (m[other + j] as number);
    }
    for (let j = 0; j < i; j++) m[row + j] = (m[row + j] as number) * pivot;
    m[row + i] = pivot;
  }
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const row = k * n;
    for (let i = 0; i <= k; i++) {
      const factor = m[row + i] as number;
      const into = i * n;
      for (let j = 0; j <= i; j++) inverse[into + j] = (inverse[into + j] as number) + factor * (m[row + j] as number);
    }
  }
  return inverse;
}

/** Σ a[p + k] b[q + k] for k < n: four sums at a time, so that no addition waits for the one before it. */
export function dot(a: Float64Array, p: number, b: Float64Array, q: number, n: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < n; k += 4) {
    s0 += (a[p + k] as number) * (b[q + k] as number);
    s1 += (a[p + k + 1] as number) * (b[q + k + 1] as number);
    s2 += (a[p + k + 2] as number) * (b[q + k + 2] as number);
    s3 += (a[p + k + 3] as number) * (b[q + k + 3] as number);
  }
  for (; k < n; k++) s0 += (a[p + k] as number) * (b[q + k] as number);
  return s0 + s1 + (s2 + s3);
}
