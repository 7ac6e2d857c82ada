/**
 * How a binary frame is laid out, in the byte order of all machines that run browsers (little-endian): 16 bytes before all,
 * a head as JSON in UTF-8, then columns of numbers, each at a multiple of 8 bytes. The first 16 bytes are the kind, flags,
 * two zeros, the length of the head, the number of the request that it answers, and four zeros; so a frame that many ask for is made once, and
 * only these bytes differ.
 */

/** A column of numbers. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** What a binary frame holds. */
export interface BinaryFrame {
  readonly kind: number;
  /** The number of the request that it answers, if it answers one. */
  readonly id: number | undefined;
  /** Whether it is the last that answers. */
  readonly last: boolean;
  readonly head: unknown;
  readonly columns: readonly Column[];
}

const PRELUDE = 16;
const LAST = 1;
const ANSWERS = 2;

const types = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type TypeName = keyof typeof types;
const nameOf = (column: Column) =>
  (Object.keys(types) as TypeName[]).find(name => column instanceof types[name]) as TypeName;

const aligned = (bytes: number) => (bytes + 7) & ~7;

/**
 * A frame as bytes.
 *
 * @param head JSON of an object with at least one member; the columns' types and lengths are added to it
 */
export function writeFrame(kind: number, head: string, columns: readonly Column[]): Uint8Array<ArrayBuffer> {
  const shapes = JSON.stringify(columns.map(column => [nameOf(column), column.length]));
  const text = new TextEncoder().encode(`${head.slice(0, -1)},"columns":${shapes}}`);
  const start = aligned(PRELUDE + text.length);
  const bytes = new Uint8Array(columns.reduce((sum, column) => sum + aligned(column.byteLength), start));
  bytes[0] = kind;
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(text, PRELUDE);
  let at = start;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += aligned(column.byteLength);
  }
  return bytes;
}

/** The same frame as an answer to the request with this number. */
export function answering(frame: Uint8Array, id: number, last: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frame);
  bytes[1] = ANSWERS | (last ? LAST : 0);
  new DataView(bytes.buffer).setUint32(8, id, true);
  return bytes;
}

/**
 * What a frame holds; the columns lie in its own memory if that is aligned.
 *
 * @throws Error when the bytes are no frame.
 */
export function readFrame(bytes: Uint8Array): BinaryFrame {
  const frame = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < PRELUDE) throw new Error('a binary frame is too short');
  const [kind, flags] = [view.getUint8(0), view.getUint8(1)];
  const length = view.getUint32(4, true);
  const start = aligned(PRELUDE + length);
  if (start > aligned(frame.length)) throw new Error('a binary frame ends within its head');
  const head = JSON.parse(new TextDecoder().decode(frame.subarray(PRELUDE, PRELUDE + length))) as {
    readonly columns: readonly (readonly [TypeName, number])[];
  };
  let at = start;
  const columns = head.columns.map(([name, size]) => {
    const type = types[name];
    if (at + size * type.BYTES_PER_ELEMENT > frame.length) throw new Error('a binary frame ends within a column');
    const column = new type(frame.buffer as ArrayBuffer, frame.byteOffset + at, size);
    at += aligned(column.byteLength);
    return column;
  });
  return {
    kind,
    id: (flags & ANSWERS) === 0 ? undefined : view.getUint32(8, true),
    last: (flags & LAST) !== 0,
    head,
    columns,
  };
}

/** Whole numbers from 0 in the narrowest column that holds their distances from the least of them. */
export function wholeNumbers(values: ArrayLike<number>): { readonly base: number; readonly column: Column } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let whole = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
    whole &&= Number.isSafeInteger(value);
  }
  if (values.length === 0) return { base: 0, column: new Uint8Array() };
  const range = high - low;
  // Too far apart for whole numbers of 32 bits, or not whole: as they are.
  if (!whole || !(range < 2 ** 32)) return { base: 0, column: Float64Array.from(values, value => value + 0) };
  const type = range < 2 ** 8 ? Uint8Array : range < 2 ** 16 ? Uint16Array : Uint32Array;
  const column = new type(values.length);
  for (let i = 0; i < values.length; i++) column[i] = (values[i] as number) - low;
  return { base: low, column };
}
