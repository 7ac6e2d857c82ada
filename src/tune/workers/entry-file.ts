/**
 * The file with a worker's entry, `name` beside the module `importer` (its `import.meta.url`). A thread runs built JavaScript only: for a
 * source in `src/`, as tests run them, it is the file in `dist/`, which `npm run build` makes.
 */
export function entryFile(importer: string, name: string): URL {
  const beside = new URL(name, importer);
  if (!importer.endsWith('.ts')) return beside;
  const at = beside.href.lastIndexOf('/src/');
  return new URL(`${beside.href.slice(0, at)}/dist/${beside.href.slice(at + '/src/'.length)}`);
}
