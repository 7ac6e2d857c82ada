import { InputError } from '../errors.js';
import type { LinePlace } from './read-lines.js';

/** A line of a journal is not what was written, or not where it was: which, why, and what can be done. */
export class DamagedLine extends InputError {
  /** What of the file is before it. */
  readonly before: LinePlace;

  constructor(file: string, line: LinePlace, reason: string) {
    const events = line.number - 2;
    const kept = events === 1 ? 'the event before it' : `the ${events} events before it`;
    const cure = events < 1 ? '' : `, or keep ${kept} with \`rxnn salvage ${file}\``;
    super(`line ${line.number} is damaged: ${reason}; restore the file from a copy${cure}`, { file });
    this.before = line;
  }
}
