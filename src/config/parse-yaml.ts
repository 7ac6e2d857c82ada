import { InputError } from '../errors.js';

/** The value of a YAML text, and the texts of its scalars. */
export interface ParsedYaml {
  readonly value: unknown;
  /** How the scalar at these keys is written, such as `0.0`, which the value has as 0; undefined where there is none. */
  sourceAt(path: readonly string[]): string | undefined;
}

/**
 * The value of a YAML text (JSON is YAML too).
 *
 * @throws InputError with line and column for what is no YAML, and for more aliases than any file needs.
 */
export async function parseYaml(text: string): Promise<ParsedYaml> {
  // Few commands need it.
  const { isAlias, isCollection, isScalar, parseDocument, YAMLParseError } = await import('yaml');
  try {
    const document = parseDocument(text);
    for (const error of document.errors) throw error;
    return {
      value: document.toJS(),
      sourceAt(path) {
        let node: unknown = document.contents;
        for (const key of path) {
          const inner: unknown = isCollection(node) ? node.get(key, true) : undefined;
          node = isAlias(inner) ? inner.resolve(document) : inner;
        }
        return isScalar(node) ? node.source : undefined;
      },
    };
  } catch (error) {
    const sentence = String((error as Error).message)
      .split('\n')[0]
      ?.replace(/ at line \d+, column \d+:?$/, '')
      .trim();
    const [start] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
    const path = start && `line ${start.line}, column ${start.col}`;
    throw new InputError(`invalid YAML: ${sentence}`, { path });
  }
}
