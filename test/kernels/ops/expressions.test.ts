import { describe, expect, it } from 'vitest';
import type { Op } from '../../../src/kernels/op.js';
import { elementwiseNodes } from '../elementwise-nodes.js';

const NUMBERS = [
  -1000, -89, -3, -2, -1, -0.7, -0.3, -0.1, -1e-3, -1e-6, 0, 1e-6, 1e-3, 0.1, 0.3, 0.7, 1, 2, 3, 89, 1000,
];

/** The operands to try: for ops whose later operands are made from the first, as they are made. */
function operandsFor({ name }: Op, count: number): number[][] {
  if (name === 'softplus') return NUMBERS.map(x => [x, Math.log1p(Math.exp(-Math.abs(x)))]);
  if (name === 'normalTwoTails') return NUMBERS.map(x => [x, 1 / (1 + Math.abs(x) / (2 * Math.SQRT2))]);
  if (name === 'log1p') return NUMBERS.filter(x => x > -1).map(x => [x]);
  return Array.from({ length: count }).reduce<number[][]>(
    all => all.flatMap(some => NUMBERS.map(x => [...some, x])),
    [[]],
  );
}

const nodes = elementwiseNodes();

describe('the expression of an element-wise op', () => {
  it('covers at least the ops of the table', () => {
    expect(nodes.size).toBeGreaterThan(30);
  });

  it.each([...nodes.keys()])('of %s says what its evaluation does', key => {
    const { op, attributes, inputs } = nodes.get(key)!;
    const names = inputs.map((_, i) => `x${i}`);
    const formula = new Function(...names, `return ${op.expression!(names, attributes)};`) as (
      ...x: number[]
    ) => number;
    for (const operands of operandsFor(op, inputs.length)) {
      const expected = op.evaluate!(operands, attributes);
      const got = formula(...operands);
      if (Number.isNaN(expected) || !Number.isFinite(expected)) expect(got, String(operands)).toBe(expected);
      else expect(Math.abs(got - expected), String(operands)).toBeLessThanOrEqual(3e-7 * Math.abs(expected) + 1e-38);
    }
  });

  it.each([...nodes.keys()])('of %s passes NaN on unless it compares', key => {
    const { op, attributes, inputs } = nodes.get(key)!;
    if (inputs.length !== 1 || ['sign', 'equal'].includes(op.name)) return;
    const formula = new Function('x', `return ${op.expression!(['x'], attributes)};`) as (x: number) => number;
    expect(formula(Number.NaN)).toBeNaN();
  });
});
