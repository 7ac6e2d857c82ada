import { InputError } from '../errors.js';

/**
 * The value of a YAML text (JSON is YAML too).
 *
 * @throws InputError with line and column for what is no YAML, and for more aliases than any file needs.
 */
export async function parseYaml(text: string): Promise<unknown> {
  // Few commands need it.
  const { parse, YAMLParseError } = await import('yaml');
  try {
    return parse(text);
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
