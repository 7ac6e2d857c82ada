import { InputError } from '../errors.js';
import { fuse, type PlanOptions } from './fuse.js';
import { apply, type Graph, type Node, type Shape, shapeText } from './graph.js';
import { EXPAND } from './ops/expand.js';
import { CONSTANT, INPUT } from './ops/leaves.js';
import { inOrder } from './order.js';
import { simplify } from './simplify.js';
import { assignSlots } from './slots.js';

/**
 * One kernel launch. `root` is the node that it computes; `operands` are the nodes whose values it reads (graph inputs
 * or the roots of earlier steps; never constants), and every node between them is fused into it.
 *
 * At most one of the fused nodes, root included, is a matrix product or a reduction: the `core`. What lies between it and
 * the root is element-wise and has the core's shape (its epilogue); what lies between a reduction and the operands is
 * element-wise, `oneHot`, `gather`, `transpose` or `pick` (its prologue); a product reads operands directly. Without a core
 * the step is a chain of these. The table of a `gather` is always an operand. Nothing within a step is read by another.
 */
export interface PlanStep {
  readonly root: Node;
  readonly core?: Node | undefined;
  readonly operands: readonly Node[];
  /** The buffer slot that receives the result. */
  readonly slot: number;
  /** Roots whose last use is this step: their slots are free afterwards. */
  readonly release: readonly Node[];
}

/** A graph in execution order: dead nodes dropped, equal nodes merged, element-wise chains fused, buffers reused. */
export interface Plan {
  readonly inputs: readonly Node[];
  /** Each is the root of a step of its own: an output that is an input, a constant or another output is a copy of it. */
  readonly outputs: readonly Node[];
  readonly steps: readonly PlanStep[];
  /** Buffers; a result may be smaller than its buffer, and an output has one to itself. */
  readonly slots: readonly { readonly shape: Shape; readonly bytes: number }[];
  /** The most bytes of intermediate and output buffers that are alive at one time. */
  readonly peakBytes: number;
}

/**
 * Puts a graph into the order in which a device runs it. The same graph gives the same plan.
 *
 * @throws InputError when the outputs need an `input` node that is not among the graph's inputs.
 */
export function plan(graph: Graph, limits: PlanOptions): Plan {
  return planSimple(simplified(graph), limits);
}

/** A graph of as few nodes as possible, each output a root of its own. */
export interface SimpleGraph extends Graph {
  /** All that the outputs reach, each node after its inputs. */
  readonly order: readonly Node[];
}

/** What a graph computes in as few nodes as possible; throws as `plan` does. */
export function simplified({ inputs, outputs }: Graph): SimpleGraph {
  const planned = ownRoots(simplify(outputs));
  const order = inOrder(planned);
  checkInputs(order, inputs);
  return { inputs, outputs: planned, order };
}

/** The rest of planning, for a graph that is `simplified`. */
export function planSimple({ inputs, outputs: planned, order }: SimpleGraph, limits: PlanOptions): Plan {
  const results = new Set(planned);
  const groups = [...fuse(order, results, limits).values()];
  const { of, release, slots, peakBytes } = assignSlots(groups, results);
  const steps = groups.map(({ root, core, operands }, i) => ({
    root,
    core,
    operands,
    slot: of.get(root) as number,
    release: release[i] as readonly Node[],
  }));
  return { inputs, outputs: planned, steps, slots, peakBytes };
}

/** The outputs with a copy in place of leaves and of those that stood before. */
function ownRoots(outputs: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  return outputs.map(node => {
    const needsCopy = seen.has(node) || node.op === INPUT || node.op === CONSTANT;
    seen.add(node);
    return needsCopy ? apply(EXPAND, [node], { rows: node.shape[0], columns: node.shape[1] }) : node;
  });
}

function checkInputs(order: readonly Node[], inputs: readonly Node[]): void {
  const stated = new Set(inputs);
  const missing = order.find(node => node.op === INPUT && !stated.has(node));
  if (missing === undefined) return;
  throw new InputError(
    `the outputs depend on an input of shape ${shapeText(missing.shape)} that is not among the ${inputs.length} inputs of the graph`,
  );
}
