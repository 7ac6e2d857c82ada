import { type Node, sameShape, sizeOf } from './graph.js';
import { EXPAND } from './ops/expand.js';
import { CONSTANT, INPUT } from './ops/leaves.js';
import { MAX } from './ops/reduce.js';

/** Nodes that one kernel computes. */
export interface Group {
  readonly root: Node;
  readonly core: Node | undefined;
  /** Roots of other groups and inputs that it reads, in the order in which a walk from the root meets them. */
  readonly operands: readonly Node[];
}

interface OpenGroup {
  readonly root: Node;
  core: Node | undefined;
  operands: ReadonlySet<Node>;
  readonly members: Map<Node, Member>;
}

interface Member {
  /** How often a kernel computes it: once for each element of its shape, unless it is repeated. */
  readonly evaluations: number;
  /** Between the core and the root, or would be if there were a core. */
  readonly epilogue: boolean;
}

/** Ops that a kernel may compute anew for every element of a larger shape. */
const CHEAP = new Set(['expand', 'add', 'sub', 'mul', 'neg', 'abs', 'sign', 'square', 'maximum', 'minimum', 'select']);
for (const comparison of ['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'oneHot']) CHEAP.add(comparison);

/** Ops that only move elements. */
const MOVES = new Set(['oneHot', 'transpose', 'pick', 'gather']);

/** What a device's kernels can take. */
export interface PlanOptions {
  /** The most array operands that one kernel may read; 7 on gpu.js. */
  readonly maxOperands: number;
  /** Whether ops that only move elements take them from operands, never from what the same kernel computes; false. */
  readonly movesOperandsOnly?: boolean | undefined;
}

const PASSED_THROUGH = new Set(['elementwise', ...MOVES]);
const TAKES_EXPRESSIONS = new Set(['elementwise', 'oneHot', 'transpose', 'pick', 'reduce']);

/**
 * Divides nodes, given in order of computation, into groups of one kernel each, with the outputs among the roots.
 *
 * From the outputs up, a node joins the group of its consumers if they are all in one and the kernel can take it: an
 * element-wise node (or one that only moves elements) before others of its kind or before a reduction; a matrix product or
 * reduction, at most one in a group, before element-wise nodes of its own shape. A cheap formula of one operand joins
 * every group that needs it. No group then waits for itself, since nothing but its root is read from outside.
 */
export function fuse(order: readonly Node[], outputs: ReadonlySet<Node>, limits: PlanOptions): Map<Node, Group> {
  const consumers = new Map<Node, Node[]>(order.map(node => [node, []]));
  for (const node of order) for (const input of node.inputs) consumers.get(input)?.push(node);
  const groupsOf = new Map<Node, readonly OpenGroup[]>();
  for (const node of order.toReversed()) {
    if (isLeaf(node)) continue;
    const wanting = [...new Set((consumers.get(node) as Node[]).flatMap(user => groupsOf.get(user) as OpenGroup[]))];
    const joins =
      !outputs.has(node) && (wanting.length === 1 || (isRepeatable(node, limits) && !isRanked(node, consumers)));
    const members = joins ? wanting.map(group => asMember(node, consumers, group, limits)) : [undefined];
    if (members.every(member => member !== undefined)) {
      for (const [i, group] of wanting.entries()) join(group, node, members[i] as Member);
      groupsOf.set(node, wanting);
    } else {
      groupsOf.set(node, [open(node)]);
    }
  }
  const groups = new Map<Node, Group>();
  for (const node of order) {
    const group = groupsOf.get(node)?.[0];
    if (group?.root === node) groups.set(node, { root: node, core: group.core, operands: [...group.operands] });
  }
  return groups;
}

const isLeaf = (node: Node): boolean => node.op === INPUT || node.op === CONSTANT;
const isCore = (node: Node): boolean => node.op.kind === 'matmul' || node.op.kind === 'reduce';
const operandsOf = (node: Node): Node[] => node.inputs.filter(input => input.op !== CONSTANT);

function open(root: Node): OpenGroup {
  return {
    root,
    core: isCore(root) ? root : undefined,
    operands: new Set(operandsOf(root)),
    members: new Map([[root, { evaluations: sizeOf(root.shape), epilogue: root.op.kind === 'elementwise' }]]),
  };
}

/** A formula that costs no more to compute again than to read, and needs no more operands than its own value would. */
const isRepeatable = (node: Node, limits: PlanOptions): boolean =>
  isCheap(node, limits) && new Set(operandsOf(node)).size <= 1;

/** Where elements are moved from operands only, picking one costs no more than reading a number. */
const isCheap = ({ op }: Node, { movesOperandsOnly }: PlanOptions): boolean =>
  CHEAP.has(op.name) || (op.kind === 'pick' && movesOperandsOnly === true);

/**
 * True for what a maximum is taken of: whoever compares the values with it must see them rounded as it did, which they are
 * not if some kernel computes them anew in another precision.
 */
const isRanked = (node: Node, consumers: ReadonlyMap<Node, readonly Node[]>): boolean =>
  (consumers.get(node) as readonly Node[]).some(
    user => user.op === MAX || (user.op === EXPAND && isRanked(user, consumers)),
  );

/** How a node would stand in a group that needs it; undefined when it cannot join, or the group would read too much. */
function asMember(
  node: Node,
  consumers: ReadonlyMap<Node, readonly Node[]>,
  group: OpenGroup,
  limits: PlanOptions,
): Member | undefined {
  if (operandsWith(group, node).size > limits.maxOperands) return undefined;
  const users = (consumers.get(node) as readonly Node[]).filter(user => group.members.has(user));
  const roles = users.map(user => ({ user, ...(group.members.get(user) as Member) }));
  const epilogue = roles.every(role => role.epilogue && sameShape(role.user.shape, node.shape));
  if (isCore(node)) {
    const fits = epilogue && group.core === undefined;
    return fits ? { evaluations: sizeOf(node.shape), epilogue } : undefined;
  }
  const takes = (user: Node) =>
    limits.movesOperandsOnly === true && MOVES.has(user.op.kind)
      ? false
      : TAKES_EXPRESSIONS.has(user.op.kind) || (user.op.kind === 'gather' && user.inputs[0] !== node);
  if (!PASSED_THROUGH.has(node.op.kind) || !users.every(takes)) return undefined;
  const evaluations = Math.max(
    ...roles.map(role => (role.user.op.kind === 'reduce' ? role.evaluations * fan(role.user) : role.evaluations)),
  );
  // Repeating an expensive formula, or one that could be the end of a product's or a reduction's kernel, does not pay.
  const repeated = evaluations > sizeOf(node.shape);
  const moved = limits.movesOperandsOnly === true && MOVES.has(node.op.kind) && node.op.kind !== 'pick';
  if (repeated && moved) return undefined;
  const ends = node.inputs.some(input => isCore(input) && consumers.get(input)?.length === 1);
  if (repeated && (!isCheap(node, limits) || ends)) return undefined;
  return { evaluations, epilogue: epilogue && node.op.kind === 'elementwise' };
}

/** The elements that one element of a reduction is made of. */
const fan = (reduction: Node): number => sizeOf((reduction.inputs[0] as Node).shape) / sizeOf(reduction.shape);

/** What a group would read if it computed one of its operands itself. */
function operandsWith(group: OpenGroup, node: Node): Set<Node> {
  const operands = new Set([...group.operands, ...operandsOf(node)]);
  operands.delete(node);
  return operands;
}

function join(group: OpenGroup, node: Node, member: Member): void {
  group.operands = operandsWith(group, node);
  group.members.set(node, member);
  if (isCore(node)) group.core = node;
}
