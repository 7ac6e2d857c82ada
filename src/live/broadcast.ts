import { type Observable, Subject, tap, throttle, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import { type Client, client, type Source } from './client.js';
import type { LiveLimits } from './limits.js';
import { nodeLog } from './node-log.js';
import type { Ended } from './protocol.js';
import type { Right } from './right-to-control.js';
import type { SourceEvent } from './shelf.js';
import { type StudyModel, studyModel } from './study-model.js';
import { type Turns, turns } from './turns.js';

/** Brings the events of one study to every client, each at its own pace. */
export interface Broadcast {
  /** The study as far as its events have come. */
  readonly model: StudyModel;
  add(socket: WebSocket, right: Right): void;
  clients(): number;
  /** Tells those who want it. */
  tell(kind: 'load' | 'studies', text: string): void;
  /** Set once the events are over. */
  ended(): Ended | undefined;
  /**
   * Stops listening to the events and ends each client's connection once it has read what is left; those that have not
   * within `closeWithin` are cut off.
   */
  close(): Promise<void>;
}

/** What a broadcast shares with the others of its server. */
export interface BroadcastOptions extends Partial<Pick<Source, 'greeting' | 'list'>> {
  readonly turns?: Turns | undefined;
  /** Called when clients come and go, and at most `flushEvery` after events. */
  readonly changed?: (() => void) | undefined;
}

/**
 * Subscribes to the events at once; they are kept in memory for clients that come later.
 *
 * @param events may put some of them into the model by itself
 */
export function broadcast(
  events: Observable<SourceEvent> | ((into: StudyModel) => Observable<SourceEvent>),
  limits: LiveLimits,
  clock: () => number,
  { turns: shared, changed = () => {}, ...about }: BroadcastOptions = {},
): Broadcast {
  const model = studyModel(nodeLog);
  const inTurns = shared ?? turns();
  const clients = new Set<Client>();
  const grown$ = new Subject<void>();
  let ended: Ended | undefined;
  /** Clients wait until what is stored was read; how much of it was, if that is known. */
  let reading: number | boolean = false;
  const reachAll = () => {
    for (const one of clients) {
      if (reading === false) one.reach();
      else one.wake();
    }
  };
  const end = (message: Ended) => {
    ended = message;
    reading = false;
    reachAll();
    changed();
  };

  // A frame costs its time for each client, so that many are told less often: they never take more than a hundredth of it all.
  const pause = () => timer(Math.max(limits.flushEvery, limits.flushEveryForEach * clients.size));
  const flushes = grown$.pipe(throttle(pause, { leading: true, trailing: true })).subscribe(() => {
    reachAll();
    changed();
  });
  const pings = setInterval(() => {
    for (const one of clients) one.ping();
  }, limits.pingEvery);
  pings.unref();
  const fail = (error: unknown) =>
    end({ type: 'ended', error: error instanceof Error ? error.message : String(error) });
  const take = (event: SourceEvent) => {
    switch (event.type) {
      case 'reading':
        reading = event.share ?? true;
        ended = undefined;
        break;
      case 'read':
        reading = false;
        break;
      case 'unreadable':
        reading = false;
        ended = { type: 'ended', error: event.problem };
        break;
      case 'restart':
        model.restart();
        break;
      default:
        model.append(event);
    }
  };
  const subscription = (typeof events === 'function' ? events(model) : events)
    .pipe(tap(take))
    .subscribe({ next: () => grown$.next(), error: fail, complete: () => end({ type: 'ended' }) });

  return {
    model,
    add(socket, right) {
      const one = client(socket, right, {
        model,
        ended: () => ended,
        reading: () => reading,
        clock,
        limits,
        turns: inTurns,
        list: () => JSON.stringify({ type: 'studies', studies: [] }),
        ...about,
        greeting: () => ({ ...about.greeting?.(), ...(right.granted && { control: true }) }),
      });
      clients.add(one);
      socket.on('close', () => {
        clients.delete(one);
        changed();
      });
      changed();
    },
    clients: () => clients.size,
    tell(kind, text) {
      for (const one of clients) one.tell(kind, text);
    },
    ended: () => ended,
    async close() {
      subscription.unsubscribe();
      flushes.unsubscribe();
      clearInterval(pings);
      reachAll();
      await within(limits.closeWithin, () => {
        for (const one of clients) if (one.caughtUp()) one.close();
        return clients.size === 0;
      });
      for (const one of clients) one.terminate();
      if (shared === undefined) inTurns.stop();
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
