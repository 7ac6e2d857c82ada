// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const token = /\u001b\[[0-9;]*m|[\s\S]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are control characters, and those that turn the direction of a line
const controls = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const combining = /\p{Mark}|\u200d|\ufe0f/u;

/** Foreign text (names, values, messages) made harmless for one line of a terminal: control characters become spaces. */
export function clean(text: string): string {
  return text.replace(controls, ' ').trim();
}

function widthOf(piece: string): number {
  if (piece.length > 2 || combining.test(piece)) return 0;
  return wide.test(piece) ? 2 : 1;
}

/** The columns that a line takes in a terminal; colours take none. */
export function columns(line: string): number {
  let width = 0;
  for (const [piece] of line.matchAll(token)) width += widthOf(piece);
  return width;
}

/** The line cut to at most `width` columns, with `…` where something is missing; colours are kept and closed. */
export function truncate(line: string, width: number): string {
  if (columns(line) <= width) return line;
  if (width < 1) return '';
  let out = '';
  let used = 0;
  let full = false;
  for (const [piece] of line.matchAll(token)) {
    if (piece.startsWith('\u001b')) {
      out += piece;
      continue;
    }
    if (full) continue;
    const w = widthOf(piece);
    if (used + w > width - 1) {
      out += '…';
      full = true;
    } else {
      out += piece;
      used += w;
    }
  }
  return out;
}

/** The text filled with spaces to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** The text moved to the right of `width` columns. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

/** Words on as many lines as they need, each at most `width` columns; a longer word is cut. */
export function wrap(words: readonly string[], width: number, separator = ' '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [i, word] of words.entries()) {
    const piece = i < words.length - 1 ? word + separator.trimEnd() : word;
    const longer = line === '' ? piece : `${line} ${piece}`;
    if (line !== '' && columns(longer) > width) {
      lines.push(line);
      line = piece;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines.map(each => truncate(each, width));
}
