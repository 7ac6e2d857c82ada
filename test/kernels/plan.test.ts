import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/kernels/autodiff.js';
import { type Graph, type Node, sizeOf } from '../../src/kernels/graph.js';
import { relu, sigmoid, tanh } from '../../src/kernels/ops/activations.js';
import { add, div, mul, square, sub } from '../../src/kernels/ops/arithmetic.js';
import { gather } from '../../src/kernels/ops/gather.js';
import { constant, input } from '../../src/kernels/ops/leaves.js';
import { matmul } from '../../src/kernels/ops/matmul.js';
import { max, mean, sum } from '../../src/kernels/ops/reduce.js';
import { logSoftmax, softmax } from '../../src/kernels/ops/softmax.js';
import { exp, sqrt } from '../../src/kernels/ops/transcendental.js';
import { inOrder } from '../../src/kernels/order.js';
import { plan } from '../../src/kernels/plan.js';
import { forwardGraph, gradientGraph, OP_CASES } from './op-cases.js';
import { randomGraph } from './random-graph.js';
import { evaluate } from './reference.js';
import { runPlan } from './run-plan.js';

const planOf = (inputs: readonly Node[], ...outputs: readonly Node[]) => plan({ inputs, outputs }, { maxOperands: 7 });
const kernels = (inputs: readonly Node[], ...outputs: readonly Node[]) => planOf(inputs, ...outputs).steps.length;

/** The nodes that a step computes. */
function fused(root: Node, operands: readonly Node[]): Node[] {
  const read = new Set(operands);
  const nodes = new Set([root]);
  for (const node of nodes) for (const next of node.inputs) if (!read.has(next)) nodes.add(next);
  return [...nodes];
}

function checkPlan(graph: Graph, maxOperands: number): void {
  const planned = plan(graph, { maxOperands });
  const { steps, slots, outputs, peakBytes } = planned;
  const roots = new Map(steps.map(({ root }, i) => [root, i]));
  expect(roots.size).toBe(steps.length);
  expect(new Set(outputs).size).toBe(outputs.length);
  const lastUse = steps.map(({ root }, i) => (outputs.includes(root) ? steps.length : i));
  for (const [i, { root, core, operands, slot }] of steps.entries()) {
    expect(operands.length).toBeLessThanOrEqual(maxOperands);
    expect(new Set(operands).size).toBe(operands.length);
    for (const operand of operands) {
      expect(graph.inputs.includes(operand) || roots.get(operand)! < i).toBe(true);
      if (roots.has(operand)) lastUse[roots.get(operand)!] = Math.max(lastUse[roots.get(operand)!]!, i);
    }
    const nodes = fused(root, operands);
    expect(nodes.filter(node => roots.has(node))).toEqual([root]);
    const cores = nodes.filter(node => node.op.kind === 'matmul' || node.op.kind === 'reduce');
    expect(cores).toEqual(core === undefined ? [] : [core]);
    if (core !== undefined) expect(core.shape).toEqual(root.shape);
    if (core?.op.kind === 'matmul')
      expect(core.inputs.filter(node => node.op.name !== 'constant' && !operands.includes(node))).toEqual([]);
    expect(slots[slot]!.bytes).toBeGreaterThanOrEqual(4 * sizeOf(root.shape));
  }
  let most = 0;
  for (const [i, { release }] of steps.entries()) {
    const alive = steps.filter((_, j) => j <= i && lastUse[j]! >= i);
    expect(new Set(alive.map(({ slot }) => slot)).size, `slots alive at step ${i}`).toBe(alive.length);
    most = Math.max(
      most,
      alive.reduce((bytes, { root }) => bytes + 4 * sizeOf(root.shape), 0),
    );
    expect(new Set(release)).toEqual(
      new Set(steps.filter((_, j) => j < i && lastUse[j] === i).map(({ root }) => root)),
    );
  }
  expect(peakBytes).toBe(most);
}

describe('a plan', () => {
  it('computes what its graph says, whatever the graph, with buffers overwritten as it says', () => {
    fc.assert(
      fc.property(randomGraph, fc.integer({ min: 3, max: 8 }), ({ graph, values }, maxOperands) => {
        checkPlan(graph, maxOperands);
        const expected = evaluate(graph, values);
        const got = runPlan(plan(graph, { maxOperands }), values);
        for (const [i, output] of expected.entries()) {
          for (const [k, value] of output.entries()) {
            const difference = Math.abs(got[i]![k]! - value) / Math.max(1, Math.abs(value));
            expect(difference, `output ${i}, element ${k}`).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it.each(OP_CASES)('of $name is sound, forward and backward', opCase => {
    checkPlan(forwardGraph(opCase), 7);
    checkPlan(gradientGraph(opCase), 7);
  });

  it('is the same for the same graph', () => {
    const [x, w] = [input([8, 4]), input([4, 3])];
    const outputs = differentiate(mean(square(tanh(matmul(x, w)))), [x, w]);
    const described = () => {
      const { steps, slots, peakBytes } = planOf([x, w], ...outputs);
      return { slots, peakBytes, steps: steps.map(({ root, slot }) => [root.op.name, root.shape, slot]) };
    };
    expect(described()).toEqual(described());
  });

  it('leaves out what no output needs', () => {
    const x = input([2, 2]);
    exp(x);
    const [, gradient] = [sum(exp(x)), mul(x, 2)];
    expect(planOf([x, input([9, 9])], gradient).steps.map(({ root }) => root.op.name)).toEqual(['mul']);
  });

  it('computes equal nodes once, operands in either order', () => {
    const [a, b] = [input([2, 2]), input([2, 2])];
    expect(kernels([a, b], matmul(a, b), matmul(a, b), add(a, b), add(b, a)) - 2).toBe(2);
    const { steps } = planOf([a, b], sub(sum(mul(a, b)), sum(mul(b, a))));
    expect(steps.filter(({ core }) => core !== undefined).length).toBe(2);
  });

  it('does not merge two inputs of one shape, differences of either direction, or products of different orientation', () => {
    const [a, b] = [input([2, 2]), input([2, 2])];
    const products = [matmul(a, b), matmul(a, b, { transposeA: true })];
    const { steps } = planOf([a, b], exp(a), exp(b), sub(a, b), sub(b, a), ...products);
    expect(steps.filter(({ root }) => root.op.name !== 'expand').length).toBe(6);
  });

  it('drops additions of 0, multiplications by 1 and arithmetic on constants', () => {
    const x = input([2, 3]);
    const { steps } = planOf([x], exp(mul(add(x, 0), div(constant(6, [2, 3]), 6))));
    expect(inOrder(steps.map(({ root }) => root)).map(({ op }) => op.name)).toEqual(['input', 'exp']);
  });
});

describe('fusion', () => {
  const x = input([32, 64]);
  const w = input([64, 10]);
  const b = input([1, 10]);

  it('makes one kernel of a chain of element-wise ops', () => {
    expect(kernels([x], sqrt(add(square(sigmoid(x)), 1)))).toBe(1);
  });

  it('makes one kernel of a dense layer: product, bias and activation', () => {
    const { steps } = planOf([x, w, b], relu(add(matmul(x, w), b)));
    expect(steps.map(({ root, core, operands }) => [root.op.name, core?.op.name, operands])).toEqual([
      ['relu', 'matmul', [b, x, w]],
    ]);
  });

  it('makes two kernels of a sum over everything, the element-wise ops before it within the first', () => {
    const { steps } = planOf([x], mul(sum(square(x)), 0.5));
    expect(steps.map(({ root, core }) => [root.op.name, core?.op.name, root.shape])).toEqual([
      ['sum', 'sum', [32, 1]],
      ['mul', 'sum', [1, 1]],
    ]);
  });

  it('makes three kernels of logSoftmax', () => {
    const { steps } = planOf([x], logSoftmax(x));
    expect(steps.map(({ root }) => root.op.name)).toEqual(['max', 'log', 'logSoftmax']);
    expect(kernels([x], softmax(x))).toBe(3);
  });

  it('computes a node that two kernels read once, in a kernel of its own', () => {
    const y = exp(x);
    expect(kernels([x], sum(y, 0), sum(y, 1))).toBe(3);
    expect(kernels([x], y, square(y))).toBe(2);
  });

  it('computes a cheap formula of one operand anew in every kernel that needs it', () => {
    const rest = sub(1, x);
    const { steps } = planOf([x], sum(mul(rest, x), 0), sum(mul(exp(x), rest), 1));
    expect(steps.map(({ core, operands }) => [core?.op.name, operands])).toEqual([
      ['sum', [x]],
      ['sum', [x]],
    ]);
  });

  it('takes a node into one kernel that uses it twice', () => {
    const y = exp(x);
    expect(kernels([x], mul(y, sub(1, y)))).toBe(1);
  });

  it('keeps two products apart, and adds the one to the other', () => {
    const { steps } = planOf([x, w], add(matmul(x, w), matmul(square(x), w)));
    expect(steps.map(({ root }) => root.op.name).sort()).toEqual(['add', 'matmul', 'square']);
  });

  it('does not compute an expensive row anew for every element of a matrix', () => {
    expect(planOf([x, b, w], mul(matmul(x, w), exp(b))).steps.map(({ root }) => root.op.name)).toEqual(['exp', 'mul']);
    expect(kernels([x, b, w], mul(matmul(x, w), mul(b, 2)))).toBe(1);
  });

  it('keeps a kernel to the operands that a device allows', () => {
    const inputs = Array.from({ length: 12 }, () => input([2, 2]));
    const total = inputs.reduce((a, c) => add(exp(a), c));
    for (const maxOperands of [3, 7, 12]) {
      const { steps } = plan({ inputs, outputs: [total] }, { maxOperands });
      expect(Math.max(...steps.map(({ operands }) => operands.length))).toBeLessThanOrEqual(maxOperands);
      expect(steps.length).toBe(maxOperands === 12 ? 1 : maxOperands === 7 ? 2 : 6);
    }
  });

  it('reads the table of a gather as an operand', () => {
    const classes = input([32, 1]);
    const { steps } = planOf([x, classes], gather(exp(x), classes));
    expect(steps.map(({ root }) => root.op.name)).toEqual(['exp', 'gather']);
  });
});

describe('the outputs of a plan', () => {
  const x = input([2, 3]);

  it('are copies where they are inputs, constants or one another', () => {
    const y = exp(x);
    const { outputs, steps } = planOf([x], x, constant(7, [1, 2]), y, y, x);
    expect(new Set(outputs).size).toBe(5);
    expect(steps.map(({ root }) => root)).toEqual(expect.arrayContaining([...outputs]));
    const got = runPlan(planOf([x], x, constant(7, [1, 2]), y, y, x), [[1, 2, 3, 4, 5, 6]]);
    expect(got[0]).toEqual(got[4]);
    expect([...got[1]!]).toEqual([7, 7]);
    expect(got[2]).toEqual(got[3]);
  });

  it('may be none', () => {
    expect(planOf([x])).toEqual({ inputs: [x], outputs: [], steps: [], slots: [], peakBytes: 0 });
  });

  it('are an error when they need an input that the graph does not state', () => {
    expect(() => planOf([input([2, 3])], exp(x))).toThrow('an input of shape [2, 3] that is not among the 1 inputs');
  });
});

describe('buffers', () => {
  it('are reused along a deep network, so that the peak does not grow with its depth', () => {
    const x = input([16, 16]);
    const deep = (layers: number) => {
      let y: Node = x;
      for (let i = 0; i < layers; i++) y = tanh(matmul(y, y));
      return planOf([x], y);
    };
    expect(deep(3).peakBytes).toBe(2 * 16 * 16 * 4);
    expect(deep(500).peakBytes).toBe(2 * 16 * 16 * 4);
    expect(deep(500).slots.length).toBe(3);
  });

  it('are not overflowed by a graph of many thousand nodes', () => {
    const x = input([1, 1]);
    let y: Node = x;
    for (let i = 0; i < 20_000; i++) y = max(exp(y), 1);
    expect(differentiate(y, [x])).toHaveLength(1);
    expect(kernels([x], y)).toBeGreaterThan(0);
  });
});
