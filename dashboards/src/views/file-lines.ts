/** A piece of a line of JSON: a key, a text, a number or word, or what is between them. */
export interface Piece {
  readonly kind: 'key' | 'text' | 'value' | 'plain';
  readonly text: string;
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** The pieces of a line that `JSON.stringify` wrote, so that keys and values can be told apart by their colours. */
export function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (to: number) => {
    if (to > at) pieces.push({ kind: 'plain', text: line.slice(at, to) });
  };
  for (const found of line.matchAll(token)) {
    const [whole, text, colon, value] = found;
    plain(found.index);
    if (value !== undefined) pieces.push({ kind: 'value', text: value });
    else pieces.push({ kind: colon === undefined ? 'text' : 'key', text: text as string });
    if (colon !== undefined) pieces.push({ kind: 'plain', text: colon });
    at = found.index + whole.length;
  }
  plain(line.length);
  return pieces;
}

/**
 * JSON for people: two spaces a level, and what fits on one line of about 100 characters, if it holds nothing but values, stays on it.
 */
export function readable(json: unknown, indent = ''): string {
  if (typeof json !== 'object' || json === null) return JSON.stringify(json) ?? 'null';
  const entries: [string, unknown][] = Array.isArray(json) ? json.map(each => ['', each]) : Object.entries(json);
  const [open, close] = Array.isArray(json) ? '[]' : '{}';
  if (entries.length === 0) return `${open}${close}`;
  const named = (name: string, text: string) => (Array.isArray(json) ? text : `${JSON.stringify(name)}: ${text}`);
  const inner = `${indent}  `;
  const parts = entries.map(([name, value]) => named(name, readable(value, inner)));
  const pad = Array.isArray(json) ? '' : ' ';
  const line = `${open}${pad}${parts.join(', ')}${pad}${close}`;
  const flat = !parts.some(part => part.includes('\n')) && indent.length + line.length <= 100;
  return flat && indent !== '' ? line : `${open}\n${parts.map(part => inner + part).join(',\n')}\n${indent}${close}`;
}
