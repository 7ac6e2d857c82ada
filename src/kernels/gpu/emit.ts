import { type Node, type Shape, sizeOf } from '../graph.js';
import type { PlanStep } from '../plan.js';
import type { Dialect } from './dialect.js';
import { type Linear, plus, scaled, text, variable, whole } from './linear.js';

/** The row and column of an element. */
export interface Position {
  readonly r: Linear;
  readonly c: Linear;
}

/** Statements of one nesting level; `memo` holds the values and index sums that they have already named. */
export interface Scope {
  readonly lines: string[];
  readonly memo: Map<Node | string, Map<string, string>>;
  readonly parent?: Scope;
  /** The loop variable that is defined here. */
  readonly loop?: string;
}

/** What a kernel is written with. */
export interface Emitter {
  /** The statements outside of all loops. */
  readonly top: Scope;
  /** Which of the variables `r`, `c` and `i` the statements read. */
  readonly used: { readonly r: boolean; readonly c: boolean; readonly i: boolean };
  /** A new name. */
  fresh(prefix: string): string;
  /** The name or literal of an element, after the statements that compute it. */
  value(node: Node, at: Position, scope: Scope): string;
  /** Like `value`, for something that is used once: an operand is read in place. */
  term(node: Node, at: Position, scope: Scope): string;
  /** States that an element has been computed under this name. */
  know(node: Node, at: Position, name: string): void;
}

type Fold = (n: number, scope: Scope, unroll: number, at: (k: Linear, scope: Scope) => string) => string;

/** Additions into one float32 accumulator before it is folded into the total. */
export const BLOCK = 32;
const ACCUMULATORS = 4;

/**
 * Writes the statements of a step's kernel: of its root and everything fused between that and the operands.
 * The position of the element may be told by the variables `r` and `c`, and `i` for the index r · columns + c.
 */
export function emitter(step: PlanStep, dialect: Dialect): Emitter {
  const [, columns] = step.root.shape;
  const operands = new Map(step.operands.map((node, index) => [node, `a${index}`]));
  const top: Scope = { lines: [], memo: new Map() };
  let names = 0;
  const fresh = (prefix: string) => `${prefix}${names++}`;
  const used = { r: false, c: false, i: false };

  /** Names the part of an index that does not change in the loop of `scope` outside of it. */
  const hoist = (index: Linear, scope: Scope): string => {
    const { parent } = scope;
    if (parent === undefined || scope.loop === undefined) return text(index);
    // The column that a gather has read (`v…`) may itself be of this loop.
    const stays = (name: string) => name === scope.loop || name.startsWith('v');
    const inner = new Map([...index.terms].filter(([name]) => stays(name)));
    const outer = new Map([...index.terms].filter(([name]) => !stays(name)));
    const plain = outer.size === 0 || (outer.size === 1 && [...outer.values()][0] === 1);
    if (plain) return text(index);
    const moved = hoist({ terms: outer, constant: 0 }, parent);
    const known = parent.memo.get('index') ?? new Map<string, string>();
    parent.memo.set('index', known);
    let name = known.get(moved);
    if (name === undefined) {
      name = fresh('h');
      parent.lines.push(`const ${name} = ${moved};`);
      known.set(moved, name);
    }
    return text({ terms: new Map([[name, 1], ...inner]), constant: index.constant });
  };

  const load = (node: Node, at: Position, scope: Scope): string => {
    const name = operands.get(node);
    const [, width] = node.shape;
    if (at.r.terms.get('r') === 1 && at.c.terms.get('c') === 1 && width === columns) {
      if (at.r.terms.size === 1 && at.c.terms.size === 1 && at.r.constant === 0 && at.c.constant === 0) {
        used.i = true;
        return `${name}[i]`;
      }
    }
    const index = plus(scaled(at.r, width), at.c);
    for (const key of ['r', 'c', 'i'] as const) if (index.terms.has(key)) used[key] = true;
    return `${name}[${hoist(index, scope)}]`;
  };

  const within = (at: Position, shape: Shape): Position => ({
    r: shape[0] === 1 ? whole(0) : at.r,
    c: shape[1] === 1 ? whole(0) : at.c,
  });

  /** The name or literal of an element, after the statements that compute it. */
  const value = (node: Node, position: Position, scope: Scope): string => {
    if (node.op.name === 'constant' && !operands.has(node)) return literal(Number(node.attributes.value));
    const at = within(position, node.shape);
    const key = keyOf(at);
    for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
      const known = s.memo.get(node)?.get(key);
      if (known !== undefined) return known;
    }
    let home = scope;
    while (home.parent !== undefined && !varies(at, home.loop)) home = home.parent;
    const expression = element(node, at, home);
    const name = fresh('v');
    home.lines.push(`const ${name} = ${expression};`);
    const known = home.memo.get(node) ?? new Map<string, string>();
    home.memo.set(node, known.set(key, name));
    return name;
  };

  /** Like `value`, for something that is used once: an operand is read in place. */
  const term = (node: Node, at: Position, scope: Scope): string =>
    operands.has(node) ? load(node, within(at, node.shape), scope) : value(node, at, scope);

  const element = (node: Node, at: Position, scope: Scope): string => {
    if (operands.has(node)) return load(node, at, scope);
    const { op, inputs, attributes } = node;
    const [x, y] = inputs as readonly [Node, Node];
    switch (op.kind) {
      case 'elementwise':
        return (
          op.expression?.(
            inputs.map(input => value(input, at, scope)),
            attributes,
          ) ?? missing(node)
        );
      case 'matmul': {
        const [aAcross, bAcross] = [attributes.transposeA === true, attributes.transposeB === true];
        const inner = x.shape[aAcross ? 0 : 1];
        const unroll = operands.has(x) && operands.has(y) ? dialect.unroll : ACCUMULATORS;
        return total(inner, scope, unroll, (k, loop) => {
          const a = term(x, aAcross ? { r: k, c: at.r } : { r: at.r, c: k }, loop);
          const b = term(y, bAcross ? { r: at.c, c: k } : { r: k, c: at.c }, loop);
          return `${a} * ${b}`;
        });
      }
      case 'reduce':
        return reduced(node, x, at, scope);
      case 'transpose':
        return term(x, { r: at.c, c: at.r }, scope);
      case 'gather': {
        const column = value(y, { r: at.r, c: whole(0) }, scope);
        return term(x, { r: at.r, c: variable(column) }, scope);
      }
      case 'oneHot': {
        for (const key of ['r', 'c', 'i'] as const) if (at.c.terms.has(key)) used[key] = true;
        return `(${value(x, { r: at.r, c: whole(0) }, scope)} == ${text(at.c)} ? 1.0 : 0.0)`;
      }
      case 'pick':
        return term(x, { r: whole(Number(attributes.row)), c: whole(Number(attributes.column)) }, scope);
      default:
        return missing(node);
    }
  };

  const reduced = (node: Node, x: Node, at: Position, scope: Scope): string => {
    const [height, width] = x.shape;
    const { axis } = node.attributes;
    const unroll = operands.has(x) ? dialect.unroll : ACCUMULATORS;
    const fold = node.op.name === 'max' ? largest : total;
    const n = axis === 0 ? height : axis === 1 ? width : height * width;
    let result: string;
    if (axis === 0) result = fold(height, scope, unroll, (k, loop) => term(x, { r: k, c: at.c }, loop));
    else if (axis === 1) result = fold(width, scope, unroll, (k, loop) => term(x, { r: at.r, c: k }, loop));
    else if (isFlat(x, x.shape, operands)) {
      result = fold(height * width, scope, unroll, (k, loop) =>
        term(x, width === 1 ? { r: k, c: whole(0) } : { r: whole(0), c: k }, loop),
      );
    } else {
      result = fold(height, scope, 1, (r, outer) => fold(width, outer, unroll, (c, loop) => term(x, { r, c }, loop)));
    }
    return node.op.name === 'mean' ? `${result} / ${literal(n)}` : result;
  };

  /** The sum of `n` terms, `unroll` of them in one turn of its loop. */
  const total: Fold = (n, scope, unroll, at) => {
    if (n <= unroll) return `(${Array.from({ length: n }, (_, k) => at(whole(k), scope)).join(' + ')})`;
    const block = BLOCK * unroll;
    if (dialect.exactSums || n <= block) return sumLoop(n, scope, unroll, at);
    const blocks = Math.floor(n / block);
    const sum = fresh('s');
    const outer = fresh('k');
    const body: Scope = { lines: [], memo: new Map(), parent: scope, loop: outer };
    const partial = sumLoop(block, body, unroll, (k, loop) => at(plus(variable(outer, block), k), loop));
    scope.lines.push(`let ${sum} = 0.0;`, `for (let ${outer} = 0; ${outer} < ${blocks}; ${outer}++) {`);
    scope.lines.push(...body.lines, `${sum} += ${partial};`, '}');
    const rest = n - blocks * block;
    if (rest === 0) return sum;
    return `(${sum} + ${total(rest, scope, unroll, (k, loop) => at(plus(whole(blocks * block), k), loop))})`;
  };

  /** One loop over `n` terms into a few accumulators, and what is left over after it. */
  const sumLoop: Fold = (n, scope, unroll, at) => {
    const turns = Math.floor(n / unroll) * unroll;
    const sums = Array.from({ length: Math.min(ACCUMULATORS, unroll) }, () => fresh('s'));
    const into = (j: number) => sums[j % sums.length];
    const k = fresh('k');
    const body: Scope = { lines: [], memo: new Map(), parent: scope, loop: k };
    for (let j = 0; j < unroll; j++) body.lines.push(`${into(j)} += ${at(plus(variable(k), whole(j)), body)};`);
    scope.lines.push(...sums.map(sum => `let ${sum} = 0.0;`));
    scope.lines.push(`for (let ${k} = 0; ${k} < ${turns}; ${k} += ${unroll}) {`, ...body.lines, '}');
    for (let j = turns; j < n; j++) scope.lines.push(`${into(j)} += ${at(whole(j), scope)};`);
    return `(${sums.join(' + ')})`;
  };

  /** The largest of `n` terms; NaN is passed over. */
  const largest: Fold = (n, scope, _unroll, at) => {
    const best = fresh('m');
    scope.lines.push(`let ${best} = ${at(whole(0), scope)};`);
    if (n === 1) return best;
    const k = fresh('k');
    const body: Scope = { lines: [], memo: new Map(), parent: scope, loop: k };
    const candidate = fresh('v');
    body.lines.push(`const ${candidate} = ${at(variable(k), body)};`);
    scope.lines.push(`for (let ${k} = 1; ${k} < ${n}; ${k}++) {`, ...body.lines);
    scope.lines.push(`${best} = (${candidate} > ${best} ? ${candidate} : ${best});`, '}');
    return best;
  };

  const know = (node: Node, at: Position, name: string) => {
    const known = top.memo.get(node) ?? new Map<string, string>();
    top.memo.set(node, known.set(keyOf(at), name));
  };

  return { top, used, fresh, value, term, know };
}

/** True when every operand below `node` has its shape or is one number, so that elements pair by flat index. */
function isFlat(node: Node, shape: Shape, operands: ReadonlyMap<Node, string>): boolean {
  if (sizeOf(node.shape) === 1) return true;
  if (node.shape[0] !== shape[0] || node.shape[1] !== shape[1]) return false;
  if (operands.has(node) || node.op.name === 'constant') return true;
  return node.op.kind === 'elementwise' && node.inputs.every(input => isFlat(input, shape, operands));
}

const keyOf = (at: Position) => `${text(at.r)}|${text(at.c)}`;

const varies = (at: Position, loop = '') => at.r.terms.has(loop) || at.c.terms.has(loop);

/** A number as the kernel language writes it: with a decimal point, negative ones in parentheses. */
function literal(value: number): string {
  const digits = Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
  return value < 0 || Object.is(value, -0) ? `(${digits})` : digits;
}

function missing(node: Node): never {
  throw new Error(`no kernel for op ${node.op.name} (${node.op.kind}) here`);
}
