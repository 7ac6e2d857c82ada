import { type Graph, type Node, sizeOf } from '../graph.js';
import { type Plan, plan } from '../plan.js';
import type { Dialect } from './dialect.js';
import type { CachedKernel, KernelCache } from './kernel-cache.js';
import { kernelSource } from './source.js';

/** gpu.js kernels read at most seven arrays on `webgpu`. */
const MAX_OPERANDS = 7;

/** One kernel call: values are numbered, the inputs of the graph first and then the results of the steps in order. */
export interface Step<V> {
  readonly kernel: CachedKernel<V>;
  readonly operands: readonly number[];
  readonly release: readonly number[];
  readonly size: number;
}

/** A plan with its kernels acquired. */
export interface Steps<V> {
  readonly plan: Plan;
  readonly inputs: number;
  readonly steps: readonly Step<V>[];
  /** Each is the result of a step of its own. */
  readonly outputs: readonly number[];
  release(): void;
}

/** Plans a graph and acquires a kernel for each step. */
export function prepare<V>(graph: Graph, dialect: Dialect, cache: KernelCache<V>): Steps<V> {
  const planned = plan(graph, { maxOperands: MAX_OPERANDS });
  const numbers = new Map<Node, number>(planned.inputs.map((node, index) => [node, index]));
  const number = (node: Node) => numbers.get(node) as number;
  const steps: Step<V>[] = [];
  try {
    for (const step of planned.steps) {
      const kernel = cache.acquire(
        kernelSource(step, dialect),
        step.operands.map(node => node.shape),
      );
      numbers.set(step.root, planned.inputs.length + steps.length);
      const release = step.release.map(number);
      steps.push({ kernel, operands: step.operands.map(number), release, size: sizeOf(step.root.shape) });
    }
  } catch (error) {
    for (const step of steps) step.kernel.release();
    throw error;
  }
  return {
    plan: planned,
    inputs: planned.inputs.length,
    steps,
    outputs: planned.outputs.map(number),
    release: () => {
      for (const step of steps) step.kernel.release();
    },
  };
}
