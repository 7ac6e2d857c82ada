import type { Node } from '../../src/kernels/graph.js';
import { sizeOf } from '../../src/kernels/graph.js';
import type { Plan } from '../../src/kernels/plan.js';
import { evaluate } from './reference.js';

/**
 * Runs a plan in float64 on buffers that are overwritten as the slots say: what a step reads is taken from its operands'
 * slots, and a released slot is filled with NaN at once.
 */
export function runPlan(plan: Plan, values: readonly (Float64Array | readonly number[])[]): Float64Array[] {
  const buffers = plan.slots.map(({ bytes }) => new Float64Array(bytes / 4).fill(Number.NaN));
  const slotOf = new Map<Node, number>();
  const fed = new Map(plan.inputs.map((node, i) => [node, Float64Array.from(values[i]!)]));
  const read = (node: Node): Float64Array => {
    const slot = slotOf.get(node);
    return slot === undefined ? fed.get(node)! : buffers[slot]!.slice(0, sizeOf(node.shape));
  };
  for (const { root, operands, slot, release } of plan.steps) {
    const [result] = evaluate({ inputs: operands, outputs: [root] }, operands.map(read));
    buffers[slot]!.set(result!);
    slotOf.set(root, slot);
    for (const node of release) buffers[slotOf.get(node)!]!.fill(Number.NaN);
  }
  return plan.outputs.map(read);
}
