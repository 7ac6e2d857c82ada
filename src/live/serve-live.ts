import type { Observable } from 'rxjs';
import type { StudyEvent } from '../tune/events.js';
import { liveShelf } from './live-shelf.js';
import type { LiveOptions, LiveServer } from './server.js';

/**
 * Serves the live page of a study, and its events over a WebSocket, on one port. Once it listens it subscribes to the
 * events, exactly once, so connect a shared study afterwards; it keeps them in memory and brings every client all of
 * them. Without `control` it only reads: nothing that a client says reaches the study; with it, clients that know
 * the server's `controlToken` can steer.
 *
 * @throws InputError when an option is wrong, host and port cannot be listened at or the page is not built.
 * @example
 * const study$ = connectable(tune({ … }));
 * const live = await serveLive(study$, { port: 4000, token: await userToken() });
 * console.error(live.url);
 * study$.connect();
 */
export async function serveLive(events$: Observable<StudyEvent>, options: LiveOptions = {}): Promise<LiveServer> {
  // HTTP and WebSockets take longer to load than all that a study without a page needs.
  const { openServer } = await import('./server.js');
  const { control, ...others } = options;
  return openServer({ shelf: liveShelf(events$, control), controls: control !== undefined, page: true }, others);
}
