import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { InputError } from '../errors.js';
import { type Path, pathText } from '../tune/path.js';

/** Deeper than any file that says something. */
const DEEPEST = 100;

const problems: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value; text stands in double quotes',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected a colon after the key',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'expected the end of the file',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the text is not closed with a double quote',
  UnexpectedEndOfNumber: 'this is no JSON number',
  InvalidUnicode: 'this is no \\u escape, which has four hexadecimal digits',
  InvalidEscapeCharacter: 'there is no such escape in JSON',
  InvalidCharacter: 'a control character cannot stand in text; write it as an escape',
};

/**
 * The value of a JSON text, strictly: no comments, no trailing commas, no key twice, none that is `__proto__`.
 *
 * @throws InputError with line and column, or with the path of the key.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new InputError('the file is empty, expected a JSON object');
  const deep = tooDeep(text);
  if (deep !== undefined) {
    throw new InputError(`the values are nested more than ${DEEPEST} deep`, { path: place(text, deep) });
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const error = errors[0];
  if (error !== undefined || tree === undefined) {
    const problem = (error && problems[printParseErrorCode(error.error)]) ?? 'this is not JSON';
    throw new InputError(`invalid JSON: ${problem}`, { path: place(text, error?.offset ?? 0) });
  }
  checkKeys(tree, []);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError('invalid JSON: this is not JSON', { path: place(text, tree.offset) });
  }
}

/** `line 3, column 5`, both from 1. */
function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Where brackets are open too deep, before a parser that calls itself meets them. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > DEEPEST) return index;
  }
  return undefined;
}

function checkKeys(node: Node, path: Path): void {
  const children = node.children ?? [];
  if (node.type === 'array') {
    for (const [index, child] of children.entries()) checkKeys(child, [...path, index]);
  }
  if (node.type !== 'object') return;
  const seen = new Set<string>();
  for (const { children: [keyNode, value] = [] } of children) {
    const key = String(keyNode?.value);
    const at = { path: pathText([...path, key]) };
    if (key === '__proto__') throw new InputError('this key is not allowed', at);
    if (seen.has(key)) throw new InputError('the key is there twice', at);
    seen.add(key);
    if (value !== undefined) checkKeys(value, [...path, key]);
  }
}
