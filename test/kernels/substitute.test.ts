import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kernels/graph.js';
import { add, mul, square } from '../../src/kernels/ops/arithmetic.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { exp } from '../../src/kernels/ops/transcendental.js';
import { substitute } from '../../src/kernels/substitute.js';
import { evaluate } from './reference.js';

describe('substitute', () => {
  const [x, y] = [input([1, 2]), input([1, 2])];

  it('rebuilds what is above a replaced node and shares all else', () => {
    const kept = exp(y);
    const [output, untouched] = substitute([add(square(x), kept), kept], new Map([[x, mul(y, 2)]]));
    expect(untouched).toBe(kept);
    expect(output!.inputs[1]).toBe(kept);
    expect([...evaluate({ inputs: [y], outputs: [output!] }, [[0, 1]])[0]!]).toEqual([1, 4 + Math.E]);
  });

  it('builds a shared node once', () => {
    const shared = exp(x);
    const [first, second] = substitute([square(shared), add(shared, 1)], new Map([[x, y]]));
    expect(first!.inputs[0]).toBe(second!.inputs[0]);
  });

  it('replaces an output itself, and inner nodes before what is below them', () => {
    const inner = exp(x);
    const cut = input([1, 2]);
    expect(substitute([inner, x], new Map([[inner, cut]]))).toEqual([cut, x]);
  });

  it('takes replacements as they are, so that two leaves can change places', () => {
    const [swapped] = substitute(
      [add(exp(x), y)],
      new Map([
        [x, y],
        [y, x],
      ]),
    );
    expect([
      ...evaluate({ inputs: [x, y], outputs: [swapped!] }, [
        [1, 2],
        [0, 0],
      ])[0]!,
    ]).toEqual([2, 3]);
  });

  it('is as deep as the graph without overflowing', () => {
    let deep: Node = x;
    for (let i = 0; i < 50_000; i++) deep = add(deep, deep);
    expect(substitute([deep], new Map([[x, y]]))[0] === deep).toBe(false);
  });

  it('refuses a replacement of another shape', () => {
    expect(() => substitute([exp(x)], new Map([[x, input([2, 1])]]))).toThrow(
      'substitute: input of shape [1, 2] cannot be replaced by one of [2, 1]',
    );
  });
});
