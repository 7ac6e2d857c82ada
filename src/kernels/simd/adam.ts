import type { Operand, Side, SymbolicOp } from './map-writer.js';
import { Code } from './opcodes.js';

/** The ops that Adam's equations are written as, in order. */
const STEP = [Code.SUM_OF_PRODUCTS, Code.SUM_WITH_SQUARE, Code.MUL, Code.DIV_BY_ROOT, Code.MUL_ADD];

/** The ops of a map with every step of Adam as one op, which reads and writes each number once. */
export function withAdam(ops: readonly SymbolicOp[]): readonly SymbolicOp[] {
  const combined: SymbolicOp[] = [];
  for (let i = 0; i < ops.length; i++) {
    const adam = adamAt(ops, i);
    combined.push(adam ?? (ops[i] as SymbolicOp));
    if (adam !== undefined) i += STEP.length - 1;
  }
  return combined;
}

function adamAt(ops: readonly SymbolicOp[], start: number): SymbolicOp | undefined {
  const step = ops.slice(start, start + STEP.length);
  if (step.length < STEP.length || step.some(({ code }, i) => code !== STEP[i])) return undefined;
  const [mean, variance, scaled, direction, moved] = step as [
    SymbolicOp,
    SymbolicOp,
    SymbolicOp,
    SymbolicOp,
    SymbolicOp,
  ];
  const [m, beta1, gradient, rest1] = mean.operands as [Operand, Operand, Operand, Operand];
  const [squared, rest2, v, beta2] = variance.operands as [Operand, Operand, Operand, Operand];
  const [newMean, correctionM] = scaled.operands as [Operand, Operand];
  const [numerator, newVariance, correctionV, epsilon] = direction.operands as [Operand, Operand, Operand, Operand];
  const [along, rate, parameters] = moved.operands as [Operand, Operand, Operand];
  const chained =
    same(squared, gradient) &&
    same(newMean, mean.to) &&
    same(numerator, scaled.to) &&
    same(newVariance, variance.to) &&
    same(along, direction.to);
  const matrices = [mean.to, variance.to, moved.to, m, v, gradient, parameters];
  const numbers = [beta1, rest1, rest2, beta2, correctionM, correctionV, epsilon, rate];
  const fits = matrices.every(operand => 'matrix' in operand) && numbers.every(operand => 'slot' in operand);
  // Nobody else may want what is between: a later op, or a matrix of its own.
  const between = [scaled.to, direction.to];
  const inRegisters = between.every(value => 'value' in value);
  const readers = (value: Operand) =>
    ops.reduce((n, { operands }) => n + operands.filter(o => same(o, value)).length, 0);
  const readOnce = between.every(value => readers(value) === 1);
  if (!chained || !fits || !inRegisters || !readOnce) return undefined;
  return { code: Code.ADAM, to: mean.to, operands: [...matrices.slice(1), ...numbers] };
}

function same(a: Operand | Side | number, b: Operand): boolean {
  if (a === b) return true;
  if (typeof a === 'number') return false;
  if ('value' in a) return 'value' in b && a.value === b.value;
  if ('matrix' in a) return 'matrix' in b && a.matrix === b.matrix;
  return 'slot' in a && 'slot' in b && a.slot === b.slot;
}
