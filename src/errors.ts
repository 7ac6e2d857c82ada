import { distance } from 'fastest-levenshtein';

/** Where an input went wrong: a file, and a place within it (`data.target`, `row 3, column "age"`, `line 2, column 5`). */
export interface Place {
  readonly file?: string | undefined;
  readonly path?: string | undefined;
}

/**
 * The user's arguments, file or data are wrong: one sentence that says what, where and what is accepted.
 * The command line prints it as `file: path: problem` and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problem: string;
  readonly place: Place;

  constructor(problem: string, place: Place = {}) {
    super([place.file, place.path, problem].filter(part => part !== undefined && part !== '').join(': '));
    this.problem = problem;
    this.place = place;
  }

  /** The same problem with its place completed; what is already known is kept. */
  at(place: Place): InputError {
    return new InputError(this.problem, { file: this.place.file ?? place.file, path: this.place.path ?? place.path });
  }
}

/** A device that was asked for cannot run here, or a kernel did not compile for it; the message says why. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** `(did you mean "relu"?)`, with a leading space, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const [short, long] = [word.toLowerCase(), candidate.toLowerCase()];
    const d = short.length > 2 && long.startsWith(short) ? 1 : distance(short, long);
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best === undefined ? '' : ` (did you mean "${best}"?)`;
}
