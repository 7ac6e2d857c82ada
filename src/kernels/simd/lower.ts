import { DeviceError } from '../../errors.js';
import { type Node, type Shape, sameShape, shapeText, sizeOf } from '../graph.js';
import { inOrder } from '../order.js';
import type { Plan, PlanStep } from '../plan.js';
import { type Access, isOver } from './access.js';
import { withAdam } from './adam.js';
import { type MapWriter, mapWriter, type Operand, type Side, type Storage } from './map-writer.js';
import { Code, Instruction, Orientation, Place, Reduction, SHARED_MAP, SHARED_PRODUCT } from './opcodes.js';
import { SOFTMAX_GRADIENT } from './own-ops.js';
import { assignRegisters, REGISTERS } from './registers.js';

/** A plan as the words that `execute` reads. */
export interface Lowered {
  /** What the entries of the table stand for: the inputs, then the outputs, then what is the program's own. */
  readonly own: readonly OwnMatrix[];
  readonly instructions: Int32Array;
  /** The words that are a number of elements, of rows or of columns. */
  readonly sizeWords: readonly SizeWord[];
  /** The words that name a slot by its number, to which the address of the first one is to be added. */
  readonly slotWords: readonly number[];
  /** The number in every slot; undefined where it is computed. */
  readonly slots: readonly (number | undefined)[];
  /** The steps that several threads could share. */
  readonly works: readonly Work[];
  /** For every output, the inputs in whose memory it may be computed: nothing reads them after it is written. */
  readonly inPlace: readonly ReadonlySet<number>[];
}

/** A matrix that belongs to the program: an intermediate result, or a constant that must stand in memory. */
export interface OwnMatrix {
  /** What it must have room for, one at a time. */
  readonly shapes: readonly Shape[];
  /** Bytes beyond that. */
  readonly spare: number;
  readonly fill?: number;
}

/** A word that is the product of two sides, one of which may be 1. */
export interface SizeWord {
  readonly at: number;
  readonly sides: Shape;
}

/** A step of rows · columns · inner · each multiplications, which several threads share from `least` on. */
export interface Work {
  readonly sides: readonly [rows: number, columns: number, inner: number];
  readonly each: number;
  readonly least: number;
}

/** Bytes of a slot. */
export const SLOT_BYTES = 16;

/** Words of an op. */
const OP_WORDS = 6;

const VECTOR_BYTES = 16;

/** Translates a plan into instructions. Throws a DeviceError that names the op for which there is no kernel. */
export function lower(plan: Plan): Lowered {
  const { inputs, outputs, steps } = plan;
  const words: number[] = [];
  const slotWords: number[] = [];
  const sizeWords: SizeWord[] = [];
  const slots: (number | undefined)[] = [];
  const works: Work[] = [];
  const constants = new Map<number | '−0', Operand>();
  const own: OwnMatrix[] = [];
  const table = new Map<Node, number>(inputs.map((node, i) => [node, i]));
  const reads = new Map<number, Access[]>();
  const writes = new Map<number, Access>();
  const uses = countUses(outputs);
  let instruction = 0;
  let op = 0;

  const ownIndex = (matrix: OwnMatrix): number => inputs.length + outputs.length + own.push(matrix) - 1;
  const places = new Map<Node, number>(outputs.map((node, o) => [node, inputs.length + o]));
  const ofOutputs = new Map(steps.map(({ slot, root }) => [slot, places.get(root)]));
  const shapesOf = (slot: number) => steps.filter(step => step.slot === slot).map(({ root }) => root.shape);
  const slotIndices = plan.slots.map(
    (_, slot) => ofOutputs.get(slot) ?? ownIndex({ shapes: shapesOf(slot), spare: 0 }),
  );
  const indexOf = (step: PlanStep) => slotIndices[step.slot] as number;

  const addSlot = (value: number | undefined): Operand => ({ slot: slots.push(value) - 1 });
  const read = (matrix: number, how: Access['how']) => {
    const list = reads.get(matrix) ?? [];
    list.push({ instruction, op: op++, how });
    reads.set(matrix, list);
  };
  const written = (matrix: number, how: Access['how']) => {
    if (!writes.has(matrix)) writes.set(matrix, { instruction, op, how });
  };
  const requireMatrix = (node: Node): number => {
    let index = table.get(node);
    if (index === undefined) {
      if (node.op.name !== 'constant') throw new Error(`${node.op.name} ${shapeText(node.shape)} is no operand`);
      index = ownIndex({ shapes: [node.shape], spare: 0, fill: Number(node.attributes.value) });
      table.set(node, index);
    }
    return index;
  };
  const storage: Storage = {
    matrixOf: node => table.get(node),
    requireMatrix,
    constant(value) {
      // A map takes −0 for 0.
      const key = Object.is(value, -0) ? '−0' : value;
      let slot = constants.get(key);
      if (slot === undefined) {
        slot = addSlot(value);
        constants.set(key, slot);
      }
      return slot;
    },
    slot: () => addSlot(undefined),
    uses: node => uses.get(node) ?? 0,
    reads: read,
  };

  /** The words that name values; those without a register stand in a matrix of the program's own. */
  const wordsOf = (registerOf: ReadonlyMap<number, number>, shape: Shape): ReadonlyMap<number, number> => {
    const matrices = new Map<number, number>();
    const wordOf = (register: number) => {
      if (register < REGISTERS) return (register << 2) | Place.REGISTER;
      // The blocks of a reduction may begin at any number, so that the last vector ends past the matrix.
      const matrix = matrices.get(register) ?? ownIndex({ shapes: [shape], spare: VECTOR_BYTES });
      matrices.set(register, matrix);
      return (matrix << 2) | Place.MATRIX;
    };
    return new Map([...registerOf].map(([value, register]) => [value, wordOf(register)]));
  };
  const size = (sides: Shape): void => {
    sizeWords.push({ at: words.length, sides });
    words.push(sizeOf(sides));
  };
  const word = (operand: Operand | Side | number, values: ReadonlyMap<number, number>): void => {
    if (typeof operand === 'number') words.push(operand);
    else if ('side' in operand) size([operand.side, 1]);
    else if ('value' in operand) words.push(values.get(operand.value) as number);
    else if ('matrix' in operand) words.push((operand.matrix << 2) | Place.MATRIX);
    else {
      slotWords.push(words.length);
      words.push((operand.slot * SLOT_BYTES) | Place.SPLAT);
    }
  };
  /** Appends the counts and ops of a writer; returns how many ops a block takes. */
  const appendOps = (
    { scalars, blocks }: Pick<MapWriter, 'scalars' | 'blocks'>,
    values: ReadonlyMap<number, number>,
  ) => {
    const many = blocks.reduce((count, { code }) => count + (code === Code.ADAM ? 3 : 1), 0);
    words.push(scalars.length, many);
    for (const { code, to, operands } of [...scalars, ...blocks]) {
      const length = code === Code.ADAM ? 3 * OP_WORDS : OP_WORDS;
      words.push(code);
      word(to, values);
      for (let i = 0; i < length - 2; i++) word(operands[i] ?? 0, values);
    }
    return many;
  };
  const begin = (kind: Instruction): number => {
    instruction++;
    op = 0;
    words.push(kind, 0);
    return words.length - 1;
  };
  const end = (lengthAt: number) => {
    words[lengthAt] = words.length - lengthAt - 1;
  };

  /** A MAP that stores nodes of one shape, each in the matrix of its step; `known` stand there already. */
  const map = (shape: Shape, roots: readonly PlanStep[], known?: { readonly node: Node; readonly matrix: number }) => {
    const length = begin(Instruction.MAP);
    const writer = mapWriter(shape, storage);
    if (known !== undefined) writer.know(known.node, known.matrix);
    for (const step of roots) {
      writer.store(step.root, indexOf(step));
      written(indexOf(step), 'here');
    }
    const ops = { scalars: writer.scalars, blocks: withAdam(writer.blocks) };
    const values = wordsOf(assignRegisters(ops.blocks), shape);
    size(shape);
    const many = appendOps(ops, values);
    works.push({ sides: [...shape, 1], each: many, least: SHARED_MAP });
    end(length);
    for (const step of roots) table.set(step.root, indexOf(step));
  };

  const epilogue = (step: PlanStep, done: Node) => {
    if (done !== step.root) map(step.root.shape, [step], { node: done, matrix: indexOf(step) });
    table.set(step.root, indexOf(step));
  };

  const product = (step: PlanStep, core: Node) => {
    const [x, y] = core.inputs as readonly [Node, Node];
    const { transposeA, transposeB } = core.attributes;
    const [m, n] = core.shape;
    const k = x.shape[transposeA === true ? 0 : 1];
    const orientation = transposeA === true ? Orientation.ATB : transposeB === true ? Orientation.ABT : Orientation.AB;
    const biased = biasOf(step, core, uses);
    works.push({ sides: [m, n, k], each: 1, least: SHARED_PRODUCT });
    instruction++;
    const [a, b] = [requireMatrix(x), requireMatrix(y)];
    const bias = biased === undefined ? -1 : requireMatrix(biased.bias);
    for (const matrix of [a, b, bias]) if (matrix >= 0) read(matrix, 'anywhere');
    written(indexOf(step), 'anywhere');
    words.push(Instruction.MATMUL, orientation);
    for (const side of [m, n, k]) size([side, 1]);
    words.push(a, b, bias, indexOf(step));
    epilogue(step, biased?.sum ?? core);
  };

  const reduction = (step: PlanStep, core: Node) => {
    const x = core.inputs[0] as Node;
    const [rows, columns] = x.shape;
    const length = begin(Instruction.REDUCE);
    const writer = mapWriter(x.shape, storage);
    const source = writer.source(x);
    // All of it is read before the first number is final.
    if ('matrix' in source) read(source.matrix, 'anywhere');
    const values = wordsOf(assignRegisters(writer.blocks, source), x.shape);
    written(indexOf(step), 'anywhere');
    const kind = { sum: Reduction.SUM, mean: Reduction.MEAN, max: Reduction.MAX }[core.op.name];
    if (kind === undefined) throw noKernel(core);
    words.push(kind, Number(core.attributes.axis));
    for (const side of [rows, columns]) size([side, 1]);
    words.push(indexOf(step));
    word(source, values);
    appendOps(writer, values);
    end(length);
    epilogue(step, core);
  };

  /** This device's own ops. */
  const rows = (step: PlanStep) => {
    const { root } = step;
    instruction++;
    const operands = root.inputs.map(requireMatrix);
    for (const matrix of operands) read(matrix, 'anywhere');
    written(indexOf(step), 'anywhere');
    const softmaxGradient = root.op === SOFTMAX_GRADIENT;
    words.push(softmaxGradient ? Instruction.SOFTMAX_GRADIENT : Instruction.LOG_SOFTMAX);
    for (const side of root.shape) size([side, 1]);
    words.push(...operands);
    if (softmaxGradient) words.push(root.inputs[2]?.shape[0] === 1 ? 0 : Float32Array.BYTES_PER_ELEMENT);
    words.push(indexOf(step));
    table.set(root, indexOf(step));
  };

  for (let s = 0; s < steps.length; s++) {
    const step = steps[s] as PlanStep;
    const { root, core } = step;
    if (core?.op.kind === 'matmul') product(step, core);
    else if (core?.op.kind === 'reduce') reduction(step, core);
    else if (root.op.kind === 'rows') {
      rows(step);
    } else {
      const together = [step];
      if (isPlain(step)) {
        while (s + 1 < steps.length && joins(together, steps[s + 1] as PlanStep)) together.push(steps[++s] as PlanStep);
      }
      map(root.shape, together);
    }
  }
  words.push(Instruction.END);

  const inPlace = outputs.map(({ shape }, o) => {
    const write = writes.get(inputs.length + o) as Access;
    const fits = (input: Node, i: number) =>
      sameShape(input.shape, shape) && (reads.get(i) ?? []).every(access => isOver(access, write));
    return new Set(inputs.flatMap((input, i) => (fits(input, i) ? [i] : [])));
  });
  return { own, instructions: Int32Array.from(words), sizeWords, slotWords, slots, works, inPlace };
}

/**
 * Whether a step can be computed block by block together with plain ones that come just before it: all of them read their
 * operands where they write, or the same ones for all elements.
 */
function joins(steps: readonly PlanStep[], step: PlanStep): boolean {
  const { root, operands } = step;
  const isHere = (node: Node) => sameShape(node.shape, root.shape);
  const roots = operands.filter(node => steps.some(before => before.root === node));
  return (
    isHere((steps[0] as PlanStep).root) &&
    roots.every(isHere) &&
    steps.every(({ release }) => release.every(isHere)) &&
    isPlain(step) &&
    !roots.some(node => isPicked(step, node))
  );
}

/** Whether a step consists of element-wise ops, and of elements that are picked from operands. */
function isPlain({ root, core, operands }: PlanStep): boolean {
  if (core !== undefined) return false;
  const found = [root];
  // Grows while it is gone through.
  for (const { op, inputs } of found) {
    if (op.kind !== 'elementwise' && op.kind !== 'pick' && op.kind !== 'leaf') return false;
    for (const input of inputs) if (!operands.includes(input) && !found.includes(input)) found.push(input);
  }
  return true;
}

const isPicked = (step: PlanStep, node: Node): boolean =>
  inOrder([step.root], new Set(step.operands)).some(({ op, inputs }) => op.kind === 'pick' && inputs[0] === node);

/** The row that is added to a product as the first thing that is done with it, and the sum. */
function biasOf(step: PlanStep, core: Node, uses: ReadonlyMap<Node, number>) {
  if (step.root === core || uses.get(core) !== 1) return undefined;
  const sum = inOrder([step.root], new Set([core, ...step.operands])).find(node => node.inputs.includes(core));
  if (sum?.op.name !== 'add') return undefined;
  const bias = sum.inputs.find(input => input !== core);
  if (bias === undefined) return undefined;
  const isRow = bias.shape[0] === 1 && bias.shape[1] === core.shape[1];
  const stands = step.operands.includes(bias) || bias.op.name === 'constant';
  return isRow && stands && sameShape(sum.shape, core.shape) ? { sum, bias } : undefined;
}

function countUses(outputs: readonly Node[]): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  for (const node of inOrder(outputs)) {
    for (const input of new Set(node.inputs)) uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  return uses;
}

const noKernel = (node: Node): DeviceError =>
  new DeviceError(`${node.op.name} ${shapeText(node.shape)} failed on simd: there is no kernel for this op`);
