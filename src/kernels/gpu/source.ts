import type { Shape } from '../graph.js';
import type { PlanStep } from '../plan.js';
import { type Dialect, functionText, type KernelSource, labelOf } from './dialect.js';
import { emitter } from './emit.js';
import { variable, whole } from './linear.js';
import { tiledSource } from './tile.js';

/** Writes the kernel of a step: the root and everything fused between it and the operands. */
export function kernelSource(step: PlanStep, dialect: Dialect): KernelSource {
  const tiled = dialect.tiles ? tiledSource(step, dialect) : undefined;
  if (tiled !== undefined) return tiled;
  const [rows, columns] = step.root.shape;
  const { value, used, top } = emitter(step, dialect);
  // A root of one row or one column needs no division: its only index is the position itself.
  const r = rows === 1 ? whole(0) : variable(columns === 1 ? 'i' : 'r');
  const c = columns === 1 ? whole(0) : variable(rows === 1 ? 'i' : 'c');
  const result = value(step.root, { r, c }, top);
  const head = header(dialect, step.root.shape, used);
  return {
    source: functionText(step, [...head.lines, ...top.lines, `return ${result};`]),
    output: head.output,
    label: labelOf(step),
  };
}

/** The statements that name the position of the element: `r`, `c` and the flat index `i`, as far as they are used. */
function header(
  dialect: Dialect,
  shape: Shape,
  used: { readonly r: boolean; readonly c: boolean; readonly i: boolean },
): { readonly lines: readonly string[]; readonly output: readonly number[] } {
  const [rows, columns] = shape;
  if (dialect.layout === 'matrix' && (rows === 1 || columns === 1)) {
    const lines = used.i ? [`const i = this.thread.${rows === 1 ? 'x' : 'y'};`] : [];
    return { lines, output: [columns, rows] };
  }
  if (dialect.layout !== 'matrix' && !used.r && !used.c) {
    return { lines: used.i ? ['const i = this.thread.x;'] : [], output: [rows * columns] };
  }
  if (dialect.layout === 'flat') {
    const lines = ['const i = this.thread.x;', `const r = Math.floor(i / ${columns});`];
    if (used.c) lines.push(`const c = i - r * ${columns};`);
    return { lines, output: [rows * columns] };
  }
  const lines = ['const c = this.thread.x;'];
  if (used.r || used.i) lines.push('const r = this.thread.y;');
  if (used.i) lines.push(`const i = r * ${columns} + c;`);
  return { lines, output: [columns, rows] };
}
