import { crc32 } from 'node:zlib';
import { exactNumbers, withExactNumbers } from './exact-numbers.js';

/** The bytes of `,"crc":"01234567"}` at the end of every line. */
const SEAL = 18;

/** An object as one line of JSON, its end included, whose last member is the CRC-32 of the bytes before it: `{"seq":0,…,"crc":"cbf43926"}`. */
export function sealedLine(value: object): string {
  const body = JSON.stringify(withExactNumbers(value)).slice(0, -1);
  return `${body}${sealOf(crc32(body))}\n`;
}

/**
 * The text of the object that a line carries, without its check; undefined if the line is not what was written, to the byte.
 *
 * @param line without its end
 */
export function openedLine(line: Buffer): string | undefined {
  const end = line.length - SEAL;
  if (end < 1 || line.toString('latin1', end) !== sealOf(crc32(line.subarray(0, end)))) return undefined;
  return `${line.toString('utf8', 0, end)}}`;
}

/** The object of such a text. */
export function lineValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('{"$') ? exactNumbers(value) : value;
}

function sealOf(check: number): string {
  return `,"crc":"${check.toString(16).padStart(8, '0')}"}`;
}
