import { InputError } from '../errors.js';
import { type Path, pathText } from './path.js';

/**
 * A name for every path: the stated one, else the shortest end of the path that is the end of no other
 * (`learningRate`, or `adam.learningRate` beside `sgd.learningRate`). An index belongs to the key before it: `layers[0].units`.
 *
 * @throws InputError when two have the same name.
 */
export function shortestNames(
  places: readonly { readonly path: Path; readonly name?: string | undefined }[],
): readonly string[] {
  const ends = places.map(({ path, name }) => (name === undefined ? endsOf(path) : [name]));
  const uses = new Map<string, number>();
  for (const end of ends.flat()) uses.set(end, (uses.get(end) ?? 0) + 1);
  const names = ends.map(candidates => candidates.find(end => uses.get(end) === 1) ?? (candidates.at(-1) as string));

  const owners = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const other = owners.get(name);
    if (other !== undefined) {
      throw new InputError(
        `the name "${name}" stands for two hyperparameters; the other is at ${pathText(places[other]!.path)}`,
        {
          path: pathText(places[index]!.path),
        },
      );
    }
    owners.set(name, index);
  }
  return names;
}

/** The ends of a path that begin with a key, the shortest first. */
function endsOf(path: Path): readonly string[] {
  const starts = path.map((part, i) => (typeof part === 'string' || i === 0 ? i : -1)).filter(i => i >= 0);
  return path.length === 0 ? ['value'] : starts.reverse().map(start => pathText(path.slice(start)));
}
