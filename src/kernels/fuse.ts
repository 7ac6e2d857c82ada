import { type Node, sameShape, sizeOf } from './graph.js';
import { CONSTANT, INPUT } from './ops/leaves.js';

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
  readonly operands: Set<Node>;
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

const PASSED_THROUGH = new Set(['elementwise', 'oneHot', 'transpose', 'pick', 'gather']);
const TAKES_EXPRESSIONS = new Set(['elementwise', 'oneHot', 'transpose', 'pick', 'reduce']);

/**
 * Divides nodes, given in order of computation, into groups of one kernel each, with the outputs among the roots.
 *
 * From the outputs up, a node joins the group of its consumers if they are all in one and the kernel can take it: an
 * element-wise node (or one that only moves elements) before others of its kind or before a reduction; a matrix product or
 * reduction, at most one in a group, before element-wise nodes of its own shape. No group then waits for itself, since
 * nothing but its root is read from outside.
 */
export function fuse(order: readonly Node[], outputs: ReadonlySet<Node>, maxOperands: number): Map<Node, Group> {
  const consumers = new Map<Node, Node[]>(order.map(node => [node, []]));
  for (const node of order) for (const input of node.inputs) consumers.get(input)?.push(node);
  const groupOf = new Map<Node, OpenGroup>();
  for (const node of order.toReversed()) {
    if (isLeaf(node)) continue;
    const users = consumers.get(node) as readonly Node[];
    const group = outputs.has(node) ? undefined : commonGroup(users, groupOf);
    const member = group && asMember(node, users, consumers, group);
    if (group !== undefined && member !== undefined && join(group, node, member, maxOperands)) {
      groupOf.set(node, group);
    } else {
      groupOf.set(node, open(node));
    }
  }
  const groups = new Map<Node, Group>();
  for (const node of order) {
    const group = groupOf.get(node);
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

function commonGroup(users: readonly Node[], groupOf: ReadonlyMap<Node, OpenGroup>): OpenGroup | undefined {
  const group = groupOf.get(users[0] as Node);
  return users.every(user => groupOf.get(user) === group) ? group : undefined;
}

/** How the node would stand in the group of its users; undefined when it cannot. */
function asMember(
  node: Node,
  users: readonly Node[],
  consumers: ReadonlyMap<Node, readonly Node[]>,
  group: OpenGroup,
): Member | undefined {
  const roles = users.map(user => ({ user, ...(group.members.get(user) as Member) }));
  const epilogue = roles.every(role => role.epilogue && sameShape(role.user.shape, node.shape));
  if (isCore(node)) {
    const fits = epilogue && group.core === undefined;
    return fits ? { evaluations: sizeOf(node.shape), epilogue } : undefined;
  }
  const takes = (user: Node) =>
    TAKES_EXPRESSIONS.has(user.op.kind) || (user.op.kind === 'gather' && user.inputs[0] !== node);
  if (!PASSED_THROUGH.has(node.op.kind) || !users.every(takes)) return undefined;
  const evaluations = Math.max(
    ...roles.map(role => (role.user.op.kind === 'reduce' ? role.evaluations * fan(role.user) : role.evaluations)),
  );
  // Repeating an expensive formula, or one that could be the end of a product's or a reduction's kernel, does not pay.
  const repeated = evaluations > sizeOf(node.shape);
  const ends = node.inputs.some(input => isCore(input) && consumers.get(input)?.length === 1);
  if (repeated && (!CHEAP.has(node.op.name) || ends)) return undefined;
  return { evaluations, epilogue: epilogue && node.op.kind === 'elementwise' };
}

/** The elements that one element of a reduction is made of. */
const fan = (reduction: Node): number => sizeOf((reduction.inputs[0] as Node).shape) / sizeOf(reduction.shape);

/** Takes a node into a group unless that would read too many operands. */
function join(group: OpenGroup, node: Node, member: Member, maxOperands: number): boolean {
  const operands = new Set([...group.operands, ...operandsOf(node)]);
  operands.delete(node);
  if (operands.size > maxOperands) return false;
  group.operands.delete(node);
  for (const operand of operands) group.operands.add(operand);
  group.members.set(node, member);
  if (isCore(node)) group.core = node;
  return true;
}
