/** Runs commands one after another; a command must not reject. */
export interface CommandQueue {
  add(command: () => Promise<void> | void): void;
  /** A promise for the end of everything added so far; undefined when nothing is waiting or running. */
  idle(): Promise<void> | undefined;
}

/** An empty queue. */
export function commandQueue(): CommandQueue {
  let waiting: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | undefined;

  const drain = async () => {
    while (waiting.length > 0) {
      const commands = waiting;
      waiting = [];
      for (const command of commands) await command();
    }
    running = undefined;
  };

  return {
    add(command) {
      waiting.push(command);
      running ??= drain();
    },
    idle: () => running,
  };
}
