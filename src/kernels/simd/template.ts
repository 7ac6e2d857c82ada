import type { Shape } from '../graph.js';
import { type Lowered, SLOT_BYTES } from './lower.js';
import type { Structure } from './structure.js';

/** A lowered program without the sides of its matrices and the values of its constants, which are numbered as in its structure. */
export interface Template {
  readonly instructions: Int32Array;
  /** Three numbers a word: where it is, and two sides whose product it is. */
  readonly sizeWords: Int32Array;
  readonly slotWords: Int32Array;
  /** The constant in every slot; −1 where the number is computed. */
  readonly slots: Int32Array;
  readonly own: readonly OwnTemplate[];
  readonly works: readonly WorkTemplate[];
  readonly inPlace: Lowered['inPlace'];
}

interface OwnTemplate {
  /** Two sides a shape. */
  readonly shapes: readonly Shape[];
  readonly spare: number;
  /** The constant that fills it; −1: none. */
  readonly fill: number;
}

interface WorkTemplate {
  readonly sides: readonly [rows: number, columns: number, inner: number];
  readonly each: number;
  readonly least: number;
}

/** The template of a program that was lowered from a graph of this structure. */
export function templateOf(lowered: Lowered, { sideIndex, constantIndex }: Structure): Template {
  return {
    instructions: lowered.instructions,
    sizeWords: Int32Array.from(lowered.sizeWords.flatMap(({ at, sides }) => [at, ...sides.map(sideIndex)])),
    slotWords: Int32Array.from(lowered.slotWords),
    slots: Int32Array.from(lowered.slots, value => (value === undefined ? -1 : constantIndex(value))),
    own: lowered.own.map(({ shapes, spare, fill }) => ({
      shapes: shapes.map(([rows, columns]): Shape => [sideIndex(rows), sideIndex(columns)]),
      spare,
      fill: fill === undefined ? -1 : constantIndex(fill),
    })),
    works: lowered.works.map(({ sides: [rows, columns, inner], each, least }) => ({
      sides: [sideIndex(rows), sideIndex(columns), sideIndex(inner)],
      each,
      least,
    })),
    inPlace: lowered.inPlace,
  };
}

/** Bytes that the instructions and their slots take. */
export const bytesOf = ({ instructions, slots }: Template): number =>
  slots.length * SLOT_BYTES + instructions.byteLength;

/** Writes the slots and, behind them, the instructions for a graph's sides and constants to `address`. */
export function write(
  { instructions, sizeWords, slotWords, slots }: Template,
  { sides, constants }: Structure,
  address: number,
  { f32, i32 }: { readonly f32: Float32Array; readonly i32: Int32Array },
): void {
  let lane = address >>> 2;
  for (const constant of slots) {
    const value = constant < 0 ? 0 : (constants[constant] as number);
    for (let i = 0; i < 4; i++) f32[lane++] = value;
  }
  i32.set(instructions, lane);
  for (const at of slotWords) i32[lane + at]! += address;
  for (let i = 0; i < sizeWords.length; i += 3) {
    const product = (sides[sizeWords[i + 1]!] as number) * (sides[sizeWords[i + 2]!] as number);
    i32[lane + sizeWords[i]!] = product;
  }
}

/** Bytes of a matrix of the program's own. */
export function ownBytes({ shapes, spare }: OwnTemplate, { sides }: Structure): number {
  let most = 0;
  for (const [rows, columns] of shapes) most = Math.max(most, (sides[rows] as number) * (sides[columns] as number));
  return Float32Array.BYTES_PER_ELEMENT * most + spare;
}

/** Whether a step is so large that several threads are worth it. */
export const isLarge = ({ works }: Template, { sides }: Structure): boolean =>
  works.some(({ sides: indices, each, least }) => indices.reduce((n, i) => n * (sides[i] as number), each) >= least);
