import { NEVER, type Observable, Subject, throttleTime } from 'rxjs';
import type { WebSocket } from 'ws';
import { type Broadcast, broadcast } from './broadcast.js';
import type { LiveLimits } from './limits.js';
import { closeCodes, type Studies, type StudySummary } from './protocol.js';
import { noRight, type Right, rightToControl } from './right-to-control.js';
import type { ShelvedStudy } from './shelf.js';
import { summaryOf } from './summary.js';
import { turns } from './turns.js';

/** The studies of a shelf with the clients of each. */
export interface ServedStudies {
  /** Whether there is a study of this key; without a key there is always something. */
  has(key: string | undefined): boolean;
  /** Serves a socket the study of a key, or without one the first. */
  add(socket: WebSocket, key: string | undefined, asks: Asks): void;
  clients(): number;
  /** Tells all clients that want it. */
  tell(kind: 'load' | 'studies', text: string): void;
  close(): Promise<void>;
}

/** Who connects. */
export interface Asks {
  /** Whether it has the token of the right to control. */
  readonly controls: boolean;
  /** For the record: `page`, `command`. */
  readonly by: string;
}

interface Place {
  study: ShelvedStudy;
  open?: Broadcast | undefined;
  /** Gives it up when it comes. */
  idle?: NodeJS.Timeout | undefined;
}

/** Serves what is on a shelf; of the stored studies only those are open that somebody looks at. */
export function servedStudies(
  studies$: Observable<readonly ShelvedStudy[]>,
  limits: LiveLimits,
  clock: () => number,
): ServedStudies {
  const shared = turns();
  let places = new Map<string, Place>();
  const changed$ = new Subject<void>();
  /** Where there is no study yet. */
  let nothing: Broadcast | undefined;

  const all = () => [...[...places.values()].flatMap(({ open }) => open ?? []), ...(nothing ? [nothing] : [])];
  const tell = (kind: 'load' | 'studies', text: string) => {
    for (const one of all()) one.tell(kind, text);
  };
  const list = () => {
    const message: Studies = { type: 'studies', studies: [...places.values()].map(listed) };
    return JSON.stringify(message);
  };
  const opened = (place: Place): Broadcast => {
    const { key } = place.study;
    place.open ??= broadcast(model => place.study.open(model), limits, clock, {
      turns: shared,
      list,
      greeting: () => ({ studies: places.size, key }),
      changed: () => {
        changed$.next();
        attend(place);
      },
    });
    return place.open;
  };
  /** Gives up what nobody has looked at for a while. */
  const attend = (place: Place) => {
    const { open, study } = place;
    if (open === undefined || study.live) return;
    if (open.clients() > 0) {
      clearTimeout(place.idle);
      place.idle = undefined;
      return;
    }
    place.idle ??= setTimeout(() => giveUp(place), limits.idle);
    place.idle.unref();
  };
  const giveUp = (place: Place) => {
    clearTimeout(place.idle);
    const { open } = place;
    place.open = place.idle = undefined;
    void open?.close();
  };
  const rightOf = ({ control }: ShelvedStudy, { controls, by }: Asks): Right => {
    if (control === undefined) return noRight('this server only reads: its study takes no commands');
    if (!controls) return noRight('a command needs the control token, which this connection did not offer');
    return rightToControl(control, by);
  };

  const lists = changed$
    .pipe(throttleTime(limits.listEvery, undefined, { leading: true, trailing: true }))
    .subscribe(() => tell('studies', list()));
  const shelf = studies$.subscribe(studies => {
    const before = places;
    places = new Map(studies.map(study => [study.key, Object.assign(before.get(study.key) ?? {}, { study })]));
    for (const [key, place] of before) if (!places.has(key)) giveUp(place);
    for (const place of places.values()) if (place.study.live) opened(place);
    // Who waited for a first study is to come again, to it.
    if (places.size > 0) void nothing?.close();
    if (places.size > 0) nothing = undefined;
    changed$.next();
  });

  return {
    has: key => key === undefined || places.has(key),
    add(socket, key, asks) {
      const place = key === undefined ? places.values().next().value : places.get(key);
      if (place !== undefined) return opened(place).add(socket, rightOf(place.study, asks));
      if (key !== undefined) return socket.close(closeCodes.goingAway, 'the study is not there any more');
      nothing ??= broadcast(NEVER, limits, clock, { turns: shared, list, greeting: () => ({ studies: places.size }) });
      nothing.add(socket, noRight('there is no study that could take commands'));
    },
    clients: () => all().reduce((sum, one) => sum + one.clients(), 0),
    tell,
    async close() {
      shelf.unsubscribe();
      lists.unsubscribe();
      for (const { idle } of places.values()) clearTimeout(idle);
      await Promise.all(all().map(one => one.close()));
      shared.stop();
    },
  };
}

function listed({ study, open }: Place): StudySummary {
  const { key, name, folder, live, summary } = study;
  const told =
    live || summary === undefined ? open && summaryOf(open.model.state, open.model.changedAt, open.ended()) : summary;
  const counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };
  const own = open?.model.state.study?.name;
  return { key, name: own ?? name, ...(told ?? { state: 'waiting', counts }), ...(folder !== undefined && { folder }) };
}
