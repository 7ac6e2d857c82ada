import { crc32 } from 'node:zlib';
import { exactNumbers, withExactNumbers } from './exact-numbers.js';

/** The bytes of `,"crc":"01234567"}` at the end of every line. */
const SEAL = 18;
const MARK = Buffer.from(',"crc":"');
const [QUOTE, CLOSE, ZERO, NINE, SMALL_A, SMALL_F] = [34, 125, 48, 57, 97, 102];

/** An object as one line of JSON, its end included, whose last member is the CRC-32 of the bytes before it: `{"seq":0,…,"crc":"cbf43926"}`. */
export function sealedLine(value: object): string {
  const body = JSON.stringify(withExactNumbers(value)).slice(0, -1);
  return `${body}${sealOf(crc32(body))}\n`;
}

/**
 * Where the object ends that the line in the bytes from `begin` to `end` carries, its last brace excluded; −1 if the line is not what was
 * written, to the byte.
 */
export function sealedEnd(bytes: Uint8Array, begin: number, end: number): number {
  const body = end - SEAL;
  if (body <= begin || bytes[end - 2] !== QUOTE || bytes[end - 1] !== CLOSE) return -1;
  for (let i = 0; i < MARK.length; i++) if (bytes[body + i] !== MARK[i]) return -1;
  let check = 0;
  for (let i = body + MARK.length; i < end - 2; i++) {
    const letter = bytes[i] as number;
    if (letter >= ZERO && letter <= NINE) check = check * 16 + letter - ZERO;
    else if (letter >= SMALL_A && letter <= SMALL_F) check = check * 16 + letter - SMALL_A + 10;
    else return -1;
  }
  return crc32(bytes.subarray(begin, body)) === check ? body : -1;
}

/**
 * The text of the object that a line carries, without its check; undefined if the line is not what was written, to the byte.
 *
 * @param line without its end
 */
export function openedLine(line: Buffer): string | undefined {
  const end = sealedEnd(line, 0, line.length);
  return end < 0 ? undefined : bodyText(line, 0, end);
}

/** The text of the object whose bytes, its last brace excluded, are these. */
export function bodyText(bytes: Buffer, begin: number, end: number): string {
  return `${bytes.toString('utf8', begin, end)}}`;
}

/** The object of such a text. */
export function lineValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('{"$') ? exactNumbers(value) : value;
}

function sealOf(check: number): string {
  return `,"crc":"${check.toString(16).padStart(8, '0')}"}`;
}
