import { throwError } from 'rxjs';
import type { StudyControl } from '../tune/study-control.js';
import { liveShelf } from './live-shelf.js';
import type { LiveOptions, LiveServer } from './server.js';

/**
 * Opens a port of 127.0.0.1 at which a study takes the commands of those who know both tokens; it serves no page and tells no
 * events, of which it keeps none.
 *
 * @throws InputError when it cannot be listened there.
 */
export async function serveControl(
  control: StudyControl,
  options: Omit<LiveOptions, 'control' | 'dashboards'> = {},
): Promise<LiveServer> {
  const { openServer } = await import('./server.js');
  const noEvents = throwError(
    () => new Error('this server only takes commands; `rxnn tune --live` tells the events too'),
  );
  return openServer({ shelf: liveShelf(noEvents, control), controls: true, page: false }, options);
}
