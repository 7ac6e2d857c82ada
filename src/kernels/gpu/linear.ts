/** An index as a sum of variables times whole numbers, plus a constant: `r * 64 + k + 3`. */
export interface Linear {
  readonly terms: ReadonlyMap<string, number>;
  readonly constant: number;
}

/** A number. */
export const whole = (constant: number): Linear => ({ terms: new Map(), constant });

/** A variable, times a factor. */
export const variable = (name: string, factor = 1): Linear => ({ terms: new Map([[name, factor]]), constant: 0 });

/** Every term times a factor. */
export const scaled = (a: Linear, factor: number): Linear => ({
  terms: factor === 0 ? new Map() : new Map([...a.terms].map(([name, f]) => [name, f * factor])),
  constant: a.constant * factor,
});

/** The sum of two forms. */
export function plus(a: Linear, b: Linear): Linear {
  const terms = new Map(a.terms);
  for (const [name, factor] of b.terms) terms.set(name, (terms.get(name) ?? 0) + factor);
  return { terms, constant: a.constant + b.constant };
}

/** Its text in the kernel language. */
export function text(a: Linear): string {
  const parts = [...a.terms].map(([name, factor]) => (factor === 1 ? name : `${name} * ${factor}`));
  if (a.constant !== 0 || parts.length === 0) parts.push(String(a.constant));
  return parts.join(' + ');
}
