/** A symmetric matrix as B diag(values) Bᵀ. */
export interface Eigen {
  /** [n], in no particular order. */
  readonly values: Float64Array;
  /** B [n, n], row after row; its columns are the eigenvectors. */
  readonly vectors: Float64Array;
}

/** The eigenvalues and eigenvectors of a symmetric matrix [n, n], by Jacobi's rotations; accurate to about 1e-14 of the largest. */
export function eigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const get = (m: Float64Array, i: number, j: number) => m[i * n + j] as number;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += get(a, i, i) ** 2;
      for (let j = 0; j < i; j++) off += get(a, i, j) ** 2;
    }
    if (off <= 1e-30 * diagonal) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = get(a, p, q);
        if (apq === 0) continue;
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cos = 1 / Math.sqrt(t * t + 1);
        const sin = t * cos;
        for (let k = 0; k < n; k++) {
          const [kp, kq] = [get(a, k, p), get(a, k, q)];
          a[k * n + p] = cos * kp - sin * kq;
          a[k * n + q] = sin * kp + cos * kq;
        }
        for (let k = 0; k < n; k++) {
          const [pk, qk] = [get(a, p, k), get(a, q, k)];
          a[p * n + k] = cos * pk - sin * qk;
          a[q * n + k] = sin * pk + cos * qk;
          const [kp, kq] = [get(v, k, p), get(v, k, q)];
          v[k * n + p] = cos * kp - sin * kq;
          v[k * n + q] = sin * kp + cos * kq;
        }
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => get(a, i, i)), vectors: v };
}
