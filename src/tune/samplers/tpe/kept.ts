/** A number that follows from an observation's kernel, computed again only when its width has changed. */
export interface Kept {
  of(mu: number, sigma: number): number;
  /** Makes room for so many observations. */
  reserve(rows: number): void;
  at(row: number, mu: number, sigma: number): number;
  /** Forgets everything. */
  clear(): void;
}

/** Keeps what `compute` returns, observation by observation. */
export function kept(compute: (mu: number, sigma: number) => number): Kept {
  let sigmas = new Float64Array(0);
  let values = new Float64Array(0);
  return {
    of: compute,
    reserve(rows) {
      if (rows <= sigmas.length) return;
      const [more, moreValues] = [new Float64Array(2 * rows).fill(Number.NaN), new Float64Array(2 * rows)];
      more.set(sigmas);
      moreValues.set(values);
      [sigmas, values] = [more, moreValues];
    },
    at(row, mu, sigma) {
      if (sigmas[row] !== sigma) {
        sigmas[row] = sigma;
        values[row] = compute(mu, sigma);
      }
      return values[row] as number;
    },
    clear: () => void sigmas.fill(Number.NaN),
  };
}
