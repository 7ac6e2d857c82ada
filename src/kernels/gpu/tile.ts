import type { Node } from '../graph.js';
import type { PlanStep } from '../plan.js';
import { type Dialect, functionText, type KernelSource, labelOf, type Tile } from './dialect.js';
import { BLOCK, emitter, type Position, type Scope } from './emit.js';
import { type Linear, plus, variable, whole } from './linear.js';

/** Rows of a product that one call of a kernel computes together. */
export const TILE = 4;
const UNROLL = 2;

/** The largest inner side: a tile that hangs over the edge reads this much past the end of an operand, within spare memory. */
const MAX_INNER = 2 ** 15;

/**
 * The kernel of a matrix product, with what is fused to it, in tiles; undefined for other steps and thin results.
 * gpu.js reads the elements of a vector one by one, so what counts is how seldom that is done: here once for four products.
 */
export function tiledSource(step: PlanStep, dialect: Dialect): KernelSource | undefined {
  const { root, core } = step;
  const [rows, columns] = root.shape;
  if (core?.op.kind !== 'matmul' || rows < TILE || columns < TILE) return undefined;
  const [x, y] = core.inputs as readonly [Node, Node];
  const { transposeA, transposeB } = core.attributes;
  const inner = x.shape[transposeA === true ? 0 : 1];
  if (inner > MAX_INNER) return undefined;
  const across = columns % TILE === 0 || rows % TILE !== 0 ? 'rows' : 'columns';
  const { top, fresh, term, value, know } = emitter(step, dialect);

  const positions = Array.from({ length: TILE }, (_, j): Position => {
    const tiled = plus(variable('q', TILE), whole(j));
    return across === 'rows' ? { r: tiled, c: variable('p') } : { r: variable('p'), c: tiled };
  });
  const a = (k: Linear, { r }: Position, scope: Scope) =>
    term(x, transposeA === true ? { r: k, c: r } : { r, c: k }, scope);
  const b = (k: Linear, { c }: Position, scope: Scope) =>
    term(y, transposeB === true ? { r: c, c: k } : { r: k, c }, scope);
  const [own, shared] = across === 'rows' ? [a, b] : [b, a];

  /** Adds the products at k to the four sums. */
  const accumulate = (sums: readonly string[], k: Linear, scope: Scope) => {
    const once = fresh('v');
    scope.lines.push(`const ${once} = ${shared(k, positions[0] as Position, scope)};`);
    positions.forEach((at, j) => {
      scope.lines.push(`${sums[j]} += ${own(k, at, scope)} * ${once};`);
    });
  };

  /** Declares four sums and adds `n` products from `start` on to each. */
  const sumLoop = (n: number, start: Linear, scope: Scope): string[] => {
    const sums = positions.map(() => fresh('s'));
    const k = fresh('k');
    const body: Scope = { lines: [], memo: new Map(), parent: scope, loop: k };
    const turns = Math.floor(n / UNROLL) * UNROLL;
    for (let j = 0; j < UNROLL; j++) accumulate(sums, plus(start, plus(variable(k), whole(j))), body);
    scope.lines.push(...sums.map(sum => `let ${sum} = 0.0;`));
    if (turns > 0) scope.lines.push(`for (let ${k} = 0; ${k} < ${turns}; ${k} += ${UNROLL}) {`, ...body.lines, '}');
    for (let j = turns; j < n; j++) accumulate(sums, plus(start, whole(j)), scope);
    return sums;
  };

  const blocks = Math.floor(inner / (2 * BLOCK));
  let sums: readonly string[];
  if (blocks < 2) {
    sums = sumLoop(inner, whole(0), top);
  } else {
    const totals = positions.map(() => fresh('s'));
    const k = fresh('k');
    const body: Scope = { lines: [], memo: new Map(), parent: top, loop: k };
    const partial = sumLoop(2 * BLOCK, variable(k, 2 * BLOCK), body);
    top.lines.push(...totals.map(sum => `let ${sum} = 0.0;`), `for (let ${k} = 0; ${k} < ${blocks}; ${k}++) {`);
    top.lines.push(...body.lines, ...totals.map((sum, j) => `${sum} += ${partial[j]};`), '}');
    const rest = sumLoop(inner - blocks * 2 * BLOCK, whole(blocks * 2 * BLOCK), top);
    sums = totals.map((sum, j) => `(${sum} + ${rest[j]})`);
  }
  positions.forEach((at, j) => {
    know(core, at, sums[j] as string);
  });
  const results = positions.map(at => value(root, at, top));
  const lines = [
    'const p = this.thread.x;',
    'const q = this.thread.y;',
    ...top.lines,
    `return [${results.join(', ')}];`,
  ];
  const output = across === 'rows' ? [columns, Math.ceil(rows / TILE)] : [rows, Math.ceil(columns / TILE)];
  return { source: functionText(step, lines), output, label: labelOf(step), tile: { across, rows, columns } };
}

/** Puts the elements of a tiled result, which begin at `start`, into rows. */
export function untile(tiled: Float32Array, start: number, { across, rows, columns }: Tile): Float32Array {
  const values = new Float32Array(rows * columns);
  const [lanes, others] = across === 'rows' ? [columns, rows] : [rows, columns];
  const [laneStep, step] = across === 'rows' ? [1, columns] : [columns, 1];
  for (let q = 0; q < others; q += TILE) {
    const last = Math.min(TILE, others - q);
    let from = start + q * lanes;
    for (let p = 0; p < lanes; p++, from += TILE) {
      let to = p * laneStep + q * step;
      for (let j = 0; j < last; j++, to += step) values[to] = tiled[from + j] as number;
    }
  }
  return values;
}
