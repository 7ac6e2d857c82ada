import type { LiveServer } from '../live/server.js';
import type { StudyControl } from '../tune/study-control.js';
import type { Io } from './io.js';

/** Milliseconds after which a study that runs takes commands, which wait that long: its start has other things to load, and many are over by then. */
const AFTER = 2000;

/** A stored study's way to be steered by other processes. */
export interface Steering {
  /** Takes no more commands; resolves with why it never took any, if it could not. */
  close(): Promise<string | undefined>;
}

/**
 * Soon after a study has started, opens a port for commands, or takes that of the live server, and says in the study's folder
 * where it is. The port keeps the process alive, as a study that is paused waits for a command and nothing else.
 */
export function openSteering(folder: string, control: StudyControl, live: LiveServer | undefined, io: Io): Steering {
  let problem: string | undefined;
  const open = async (): Promise<(() => Promise<void>) | undefined> => {
    try {
      const { announceRunning } = await import('../live/running-study.js');
      const server = live ?? (await (await import('../live/serve-control.js')).serveControl(control));
      const { port, ofThisRun } = server;
      const { token, controlToken = '' } = ofThisRun;
      const remove = await announceRunning(folder, { port, token, controlToken });
      const forget = io.atExit(remove);
      return async () => {
        forget();
        remove();
        if (server !== live) await server.close();
      };
    } catch (error) {
      problem = (error as Error).message;
      return undefined;
    }
  };
  let opened: ReturnType<typeof open> | undefined;
  const timer = setTimeout(
    () => {
      opened = open();
    },
    live === undefined ? AFTER : 0,
  );
  return {
    async close() {
      clearTimeout(timer);
      await (await opened)?.();
      return problem;
    },
  };
}
