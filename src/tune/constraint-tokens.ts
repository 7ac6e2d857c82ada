import { InputError } from '../errors.js';

/** A piece of a constraint's text; `at` is its column, from 1. */
export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly text: string; readonly at: number }
  /** `quoted`: it stood in backquotes, so it is no keyword. */
  | { readonly kind: 'name'; readonly text: string; readonly quoted: boolean; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** Words that are no names unless they stand in backquotes. */
export const KEYWORDS = ['and', 'or', 'not', 'in', 'true', 'false', 'null'];

const SPACE = /\s+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
/** What may follow a word that is no keyword: `layers[0].dense.units`. */
const TAIL = /(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[\d+\])*/uy;
const QUOTED = /`[^`]*`/y;
const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y;
const SIGN = /<=|>=|==|!=|\*\*|[<>=+\-*/%^(),[\]]/y;

/**
 * The pieces of a constraint's text, with an `end` after the last.
 *
 * @throws InputError with the column of what is no piece.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0];
    if (found) index += found.length;
    return found || undefined;
  };
  while (index < text.length) {
    if (take(SPACE) !== undefined) continue;
    const at = index + 1;
    const number = take(NUMBER);
    if (number !== undefined) {
      tokens.push({ kind: 'number', value: Number(number), text: number, at });
      continue;
    }
    const word = take(WORD);
    if (word !== undefined) {
      const tail = KEYWORDS.includes(word) ? '' : (take(TAIL) ?? '');
      tokens.push({ kind: 'name', text: word + tail, quoted: false, at });
      continue;
    }
    const quoted = take(QUOTED);
    if (quoted !== undefined) {
      tokens.push({ kind: 'name', text: quoted.slice(1, -1), quoted: true, at });
      continue;
    }
    const string = take(STRING);
    if (string !== undefined) {
      tokens.push({ kind: 'string', value: string.slice(1, -1).replace(/\\(.)/gsu, '$1'), text: string, at });
      continue;
    }
    const sign = take(SIGN);
    if (sign === undefined) throw new InputError(`column ${at}: ${problemAt(text, index)}`);
    tokens.push({ kind: 'sign', text: sign, at });
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }];
}

/** Signs of other languages, and what is written here. */
const FOREIGN: Readonly<Record<string, string>> = {
  '&': 'and',
  '|': 'or',
  '!': 'not',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '·': '*',
  '×': '*',
};

function problemAt(text: string, index: number): string {
  const sign = String.fromCodePoint(text.codePointAt(index) as number);
  if (sign === '`') return 'the name is not closed with a backquote';
  if (sign === "'" || sign === '"')
    return `the text is not closed with ${sign === "'" ? 'a single' : 'a double'} quote`;
  const ours = FOREIGN[sign];
  return `${JSON.stringify(sign)} has no meaning here${ours === undefined ? '' : `; write "${ours}"`}`;
}
