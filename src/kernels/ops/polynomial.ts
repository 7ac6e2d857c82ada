import { float } from './elementwise.js';

/** The text of c₀ + c₁x + c₂x² + … in Horner's form; `x` is a name, for it is repeated. */
export const polynomial = (x: string, coefficients: readonly number[]): string =>
  coefficients
    .slice(0, -1)
    .reduceRight((rest, c) => `(${float(c)} + ${x} * ${rest})`, float(coefficients.at(-1) as number));
