import type { Graph, Node, Shape } from './graph.js';

/**
 * One kernel launch. `root` is the node that it computes; `operands` are the nodes whose values it reads (graph inputs
 * or the roots of earlier steps), and every node between them is fused into it.
 */
export interface PlanStep {
  readonly root: Node;
  readonly operands: readonly Node[];
  /** The buffer slot that receives the result. */
  readonly slot: number;
  /** Roots whose last use is this step: their slots are free afterwards. */
  readonly release: readonly Node[];
}

/** A graph in execution order: dead nodes dropped, equal nodes merged, element-wise chains fused, buffers reused. */
export interface Plan {
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  readonly steps: readonly PlanStep[];
  readonly slots: readonly { readonly shape: Shape; readonly bytes: number }[];
  /** The most bytes of intermediate and output buffers that are alive at one time. */
  readonly peakBytes: number;
}

export interface PlanOptions {
  /** The most array operands that one kernel may read; 7 on gpu.js. */
  readonly maxOperands: number;
}

export declare function plan(graph: Graph, options: PlanOptions): Plan;
