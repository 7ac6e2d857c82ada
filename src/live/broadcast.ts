import { type Observable, Subject, tap, throttleTime } from 'rxjs';
import type { WebSocket } from 'ws';
import type { StudyEvent } from '../tune/events.js';
import { type Client, client } from './client.js';
import { eventLog } from './event-log.js';
import type { LiveLimits } from './limits.js';
import type { Ended } from './protocol.js';
import type { Right } from './right-to-control.js';

/** Brings a stream of events to every client, each at its own pace. */
export interface Broadcast {
  add(socket: WebSocket, right: Right): void;
  clients(): number;
  /**
   * Stops listening to the events and ends each client's connection once it has read what is left; those that have not
   * within `closeWithin` are cut off.
   */
  close(): Promise<void>;
}

/** Subscribes to the events at once; they are kept in memory for clients that come later. */
export function broadcast(events$: Observable<StudyEvent>, limits: LiveLimits, clock: () => number): Broadcast {
  const log = eventLog();
  const clients = new Set<Client>();
  const grown$ = new Subject<void>();
  let ended: Ended | undefined;
  const end = (message: Ended) => {
    ended = message;
    pumpAll();
  };
  const pumpAll = () => {
    for (const one of clients) one.pump();
  };

  const flushes = grown$
    .pipe(throttleTime(limits.flushEvery, undefined, { leading: true, trailing: true }))
    .subscribe(pumpAll);
  const pings = setInterval(() => {
    for (const one of clients) one.ping();
  }, limits.pingEvery);
  pings.unref();
  const events = events$.pipe(tap(event => log.append(event))).subscribe({
    next: () => grown$.next(),
    error: error => end({ type: 'ended', error: error instanceof Error ? error.message : String(error) }),
    complete: () => end({ type: 'ended' }),
  });

  return {
    add(socket, right) {
      const one = client(socket, right, { log, ended: () => ended, clock, limits });
      clients.add(one);
      socket.on('close', () => clients.delete(one));
    },
    clients: () => clients.size,
    async close() {
      events.unsubscribe();
      flushes.unsubscribe();
      clearInterval(pings);
      pumpAll();
      await within(limits.closeWithin, () => {
        for (const one of clients) if (one.caughtUp()) one.close();
        return clients.size === 0;
      });
      for (const one of clients) one.terminate();
    },
  };
}

/** Waits for a condition, looking every few milliseconds, but no longer than so many milliseconds in all. */
function within(milliseconds: number, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const finish = () => {
      clearInterval(looks);
      clearTimeout(deadline);
      resolve();
    };
    const look = () => {
      if (condition()) finish();
    };
    const looks = setInterval(look, 5);
    const deadline = setTimeout(finish, milliseconds);
    look();
  });
}
