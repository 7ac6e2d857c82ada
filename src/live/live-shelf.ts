import { isObservable, type Observable, of } from 'rxjs';
import { InputError } from '../errors.js';
import { shown } from '../nn/options.js';
import type { StudyEvent } from '../tune/events.js';
import type { CommandTaker, Shelf } from './shelf.js';

/** What is known of a study that runs here, before its first event. */
export interface LiveShelfOptions {
  /** In its address; `live`. */
  readonly key?: string | undefined;
  /** Until its events tell it. */
  readonly name?: string | undefined;
  /** Where it is stored, if it is: a study of the same folder on another shelf is this one. */
  readonly folder?: string | undefined;
}

/**
 * A shelf with one study, which runs in this process.
 *
 * @throws InputError for what is no stream of events.
 */
export function liveShelf(
  events$: Observable<StudyEvent>,
  control?: CommandTaker | undefined,
  { key = 'live', name = '', folder }: LiveShelfOptions = {},
): Shelf {
  if (!isObservable(events$)) {
    throw new InputError(`expected the events of a study, as tune({ … }) gives them, got ${shown(events$)}`);
  }
  return { studies$: of([{ key, name, open: () => events$, live: true, control, folder }]) };
}
