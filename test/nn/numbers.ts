import { expect } from 'vitest';
import { differentiate } from '../../src/kernels/autodiff.js';
import { type Node, type Shape, sizeOf } from '../../src/kernels/graph.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { evaluate } from '../kernels/reference.js';

/** The values of a function of one matrix, in float64. */
export function valuesOf(build: (x: Node) => Node, shape: Shape, x: readonly number[]): number[] {
  const leaf = input(shape);
  return [...evaluate({ inputs: [leaf], outputs: [build(leaf)] }, [Float64Array.from(x)])[0]!];
}

/** The value and the gradient, by differentiation, of a [1, 1] function of one matrix, in float64. */
export function valueAndGradient(build: (x: Node) => Node, shape: Shape, x: readonly number[]) {
  const leaf = input(shape);
  const output = build(leaf);
  const [value, gradient] = evaluate({ inputs: [leaf], outputs: [output, ...differentiate(output, [leaf])] }, [
    Float64Array.from(x),
  ]);
  expect(gradient).toHaveLength(sizeOf(shape));
  return { value: value![0]!, gradient: [...gradient!] };
}

/** Expects each number within `relative` of what is wanted, or within `absolute` near zero. */
export function expectClose(
  got: readonly number[],
  wanted: readonly number[],
  { relative = 1e-11, absolute = 1e-13 } = {},
): void {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    const tolerance = Math.max(absolute, relative * Math.abs(wanted[i]!));
    if (!(Math.abs(value - wanted[i]!) <= tolerance)) {
      expect.fail(`element ${i} is ${value}, wanted ${wanted[i]} within ${tolerance}`);
    }
  });
}
