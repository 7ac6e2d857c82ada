import { isObservable } from 'rxjs';
import { InputError } from '../errors.js';
import { shown } from '../nn/options.js';
import type { LiveOptions, LiveServer } from './server.js';
import type { Shelf } from './shelf.js';

/**
 * Serves the live page of several studies on one port: those that run here (`liveShelf`), those that are stored in a folder
 * (`storedStudies`), or both (`shelves`). A client hears with `list` which there are; each is at `/live/<its key>`. A
 * stored study is read when somebody looks at it, follows its journal while another process writes it, and is given up when nobody has
 * looked for a while. With the server's `controlToken` clients can steer those that take commands.
 *
 * @throws InputError when an option is wrong, host and port cannot be listened at or the page is not built.
 * @example
 * const live = await serveStudies(await storedStudies('rxnn-studies'), { port: 4000, token: await userToken() });
 */
export async function serveStudies(shelf: Shelf, options: Omit<LiveOptions, 'control'> = {}): Promise<LiveServer> {
  if (!isObservable(shelf?.studies$)) {
    throw new InputError(
      `expected a shelf, made by a call such as liveShelf(events$) or await storedStudies(folder), got ${shown(shelf)}`,
    );
  }
  const { openServer } = await import('./server.js');
  return openServer({ shelf, controls: true, page: true }, options);
}
