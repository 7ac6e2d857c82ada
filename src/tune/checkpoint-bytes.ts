import { endianness } from 'node:os';
import { sizeOf } from '../kernels/graph.js';
import { STATE_FORMAT, type TrainingState } from '../train/training-state.js';

/**
 * A stored state: 8 bytes of magic, the header's length (uint32), SHA-256 of all that follows, the header (JSON in UTF-8, padded with
 * spaces to a multiple of 4), the parameters and the optimizer's state (float32), in the order of the state's owner. Numbers are
 * little-endian. Begins and ends as model files do.
 */
const MAGIC = Uint8Array.of(0x89, 0x52, 0x58, 0x4e, 0x43, 0x0d, 0x0a, 0x1a);
const DIGEST_AT = 12;
const HEADER_AT = 44;

/** Cryptography takes a while to load, and most studies end before a state is stored. */
const digestOf = (bytes: Uint8Array): Uint8Array =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest();

type Header = Omit<TrainingState, 'parameters' | 'optimizer'>;

/** The bytes of a state's file. */
export function encodeState({ parameters, optimizer, ...header }: TrainingState): Uint8Array {
  const values = [...header.of.parameters.map(({ name }) => parameters[name] as Float32Array), ...optimizer];
  const json = new TextEncoder().encode(JSON.stringify(header satisfies Header));
  const headerBytes = Math.ceil(json.length / 4) * 4;
  const size = values.reduce((sum, { byteLength }) => sum + byteLength, HEADER_AT + headerBytes);
  const bytes = new Uint8Array(size).fill(0x20, HEADER_AT, HEADER_AT + headerBytes);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(8, headerBytes, true);
  bytes.set(json, HEADER_AT);
  let at = HEADER_AT + headerBytes;
  for (const array of values) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    littleEndian(bytes.subarray(at, at + array.byteLength));
    at += array.byteLength;
  }
  bytes.set(digestOf(bytes.subarray(HEADER_AT)), DIGEST_AT);
  return bytes;
}

/** The state in a file's bytes; undefined if they are not one, damaged, cut short or of another format. */
export function decodeState(bytes: Uint8Array): TrainingState | undefined {
  if (bytes.length < HEADER_AT || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined;
  const digest = digestOf(bytes.subarray(HEADER_AT));
  if (digest.some((byte, i) => bytes[DIGEST_AT + i] !== byte)) return undefined;
  const end = HEADER_AT + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  try {
    // What has its checksum was written by us, as it is; only by which version is not known.
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_AT, end))) as Header;
    if (header.format !== STATE_FORMAT) return undefined;
    let at = end;
    const next = (shape: readonly [number, number]) => {
      const from = at;
      at += 4 * sizeOf(shape);
      const values = bytes.slice(from, at);
      littleEndian(values);
      return new Float32Array(values.buffer, values.byteOffset, sizeOf(shape));
    };
    const { parameters, optimizer } = header.of;
    return {
      ...header,
      parameters: Object.fromEntries(parameters.map(({ name, shape }) => [name, next(shape)])),
      optimizer: optimizer.shapes.map(next),
    };
  } catch {
    return undefined;
  }
}

/** Numbers of this machine as those of a file, or the other way round. */
function littleEndian(bytes: Uint8Array): void {
  if (endianness() === 'BE') Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).swap32();
}
