import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file that a module imports by a relative path, itself or over others of them. */
export interface LocalImport {
  /** Seen from the module's folder, with `/` between folders. */
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The files that a module needs besides packages: whatever it, and each of them in turn, imports by a literal relative path, in
 * `import … from`, `export … from`, `import()` or `require()`, each once, by name. What cannot be read is left out, and what stands in
 * comments that begin a line.
 */
export function localImports(module: string): readonly LocalImport[] {
  const start = realOf(module);
  const found = new Map<string, Buffer>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    try {
      found.set(file, readFileSync(file));
    } catch {
      return;
    }
    for (const imported of importedBy(file, String(found.get(file)))) visit(realOf(imported));
  };
  visit(start);
  found.delete(start);
  return [...found]
    .map(([file, content]) => ({ name: relative(dirname(start), file).replaceAll('\\', '/'), content }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const comment = /^[ \t]*(?:\/\/.*|\/\*[\s\S]*?\*\/)/gm;
const fromFile = /\b(?:from|import|import\s*\(|(require)\s*\()\s*(['"`])(\.{1,2}\/[^'"`]*)\2/g;

function importedBy(file: string, text: string): readonly string[] {
  return [...text.replace(comment, '').matchAll(fromFile)].flatMap(([, required, , name = '']) => {
    try {
      if (required !== undefined) return [createRequire(file).resolve(name)];
      return [fileURLToPath(new URL(name, pathToFileURL(file)))];
    } catch {
      return [];
    }
  });
}

/** Modules import from where they really stand. */
function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}
