/** Calls `resume` later, after sockets, signals and timers have had their turn; the returned function cancels it. */
export type Yield = (resume: () => void) => () => void;

// One macrotask at a time for all trainings of the process: Node runs every immediate that is due before it looks at
// its sockets again, so one immediate each would let them wait for a slice of every training instead of for one slice.
const waiting = new Set<() => void>();
let disarm: (() => void) | undefined;

/**
 * The default `Yield`: `setImmediate`, or a `MessageChannel` where there is none (browsers). Who waits longest goes
 * first, so trainings that yield after each slice take turns. Nothing is left behind once nobody waits.
 */
export const macrotask: Yield = resume => {
  const job = () => resume();
  waiting.add(job);
  disarm ??= arm();
  return () => {
    if (!waiting.delete(job) || waiting.size > 0) return;
    disarm?.();
    disarm = undefined;
  };
};

function runFirst(): void {
  const [job] = waiting;
  disarm = undefined;
  if (job === undefined) return;
  waiting.delete(job);
  if (waiting.size > 0) disarm = arm();
  job();
}

function arm(): () => void {
  if (typeof setImmediate === 'function') {
    const handle = setImmediate(runFirst);
    return () => clearImmediate(handle);
  }
  const { port1, port2 } = new MessageChannel();
  const port = port1 as unknown as BrowserPort;
  const close = () => {
    port.onmessage = null;
    port.close();
  };
  port.onmessage = () => {
    close();
    runFirst();
  };
  port2.postMessage(undefined);
  return close;
}

interface BrowserPort {
  onmessage: (() => void) | null;
  close(): void;
}
