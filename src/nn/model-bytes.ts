import { createHash } from 'node:crypto';
import { InputError } from '../errors.js';
import { sizeOf } from '../kernels/graph.js';
import { FORMAT, type ModelHeader } from './model-header.js';
import type { Weights } from './network.js';

/**
 * A model file: 8 bytes of magic, the header's length (uint32), SHA-256 of all that follows, the header (JSON in UTF-8,
 * padded with spaces to a multiple of 4), the weights (float32). Numbers are little-endian. The magic begins and ends as
 * PNG's does, so that a transfer in text mode is noticed.
 */
const MAGIC = Uint8Array.of(0x89, 0x52, 0x58, 0x4e, 0x4e, 0x0d, 0x0a, 0x1a);
const DIGEST_AT = 12;
const HEADER_AT = 44;

const digestOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The bytes of a model file; the offsets of the header are filled in here. */
export function encodeModel(header: ModelHeader, weights: Weights): Uint8Array {
  let weightBytes = 0;
  const parameters = header.parameters.map(parameter => {
    const placed = { ...parameter, offset: weightBytes };
    weightBytes += 4 * sizeOf(parameter.shape);
    return placed;
  });
  const json = new TextEncoder().encode(JSON.stringify({ ...header, parameters }));
  const headerBytes = Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(HEADER_AT + headerBytes + weightBytes).fill(0x20, HEADER_AT);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, headerBytes, true);
  bytes.set(json, HEADER_AT);
  for (const { name, offset } of parameters) {
    const at = HEADER_AT + headerBytes + offset;
    weights[name]!.forEach((value, i) => {
      view.setFloat32(at + 4 * i, value, true);
    });
  }
  bytes.set(digestOf(bytes.subarray(HEADER_AT)), DIGEST_AT);
  return bytes;
}

/**
 * The header and the weights of a model file.
 *
 * @throws InputError when the bytes are not a model, are damaged or cut, or are of a newer format.
 */
export function decodeModel(bytes: Uint8Array): { readonly header: ModelHeader; readonly weights: Weights } {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new InputError('this is not a model of rxnn');
  }
  const damaged = () => new InputError('this model is damaged or cut short: its checksum does not fit');
  if (bytes.length < HEADER_AT) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const digest = digestOf(bytes.subarray(HEADER_AT));
  if (digest.some((byte, i) => bytes[DIGEST_AT + i] !== byte)) throw damaged();
  const weightsAt = HEADER_AT + view.getUint32(8, true);
  if (weightsAt > bytes.length) throw damaged();
  const header = parseHeader(bytes.subarray(HEADER_AT, weightsAt));
  const weights = Object.fromEntries(
    header.parameters.map(({ name, shape, offset }) => {
      const at = weightsAt + offset;
      if (at + 4 * sizeOf(shape) > bytes.length) throw damaged();
      return [name, Float32Array.from({ length: sizeOf(shape) }, (_, i) => view.getFloat32(at + 4 * i, true))];
    }),
  );
  return { header, weights };
}

function parseHeader(bytes: Uint8Array): ModelHeader {
  let header: Partial<ModelHeader> | null;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InputError('this model is damaged: its header is not JSON');
  }
  if (typeof header?.format === 'number' && header.format > FORMAT) {
    throw new InputError(
      `this model was written by a newer rxnn (${header.rxnn}, format ${header.format}), this one reads format ${FORMAT}`,
    );
  }
  const complete =
    header?.format === FORMAT &&
    Array.isArray(header.layers) &&
    Array.isArray(header.parameters) &&
    header.parameters.every(
      parameter =>
        typeof parameter?.name === 'string' &&
        Number.isSafeInteger(parameter.offset) &&
        parameter.offset >= 0 &&
        Array.isArray(parameter.shape) &&
        parameter.shape.length === 2 &&
        parameter.shape.every((side: unknown) => Number.isSafeInteger(side) && (side as number) > 0),
    ) &&
    typeof header.data === 'object' &&
    header.data !== null;
  if (!complete) throw new InputError('this model is damaged: its header is incomplete');
  return header as ModelHeader;
}
