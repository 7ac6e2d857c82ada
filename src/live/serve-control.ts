import type { StudyControl } from '../tune/study-control.js';
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
  return openServer(undefined, { ...options, control });
}
