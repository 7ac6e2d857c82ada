import type { Changes } from '../../src/live/frames.js';
import type { Ended, Load, ServerMessage, Snapshot, StudySummary, Trials } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import type { ConnectionState } from './connection.js';
import { type Field, fieldsOf } from './fields.js';
import { pace } from './pace.js';
import type { Changed, Model, View } from './page.js';
import { stoppedStudy } from './stopped.js';
import { emptyFold, foldForPage, foldOfSnapshot, type StudyFold } from './study-fold.js';

/** Folds what the server says, and lets the views draw, at most once a frame. */
export interface Store {
  receive(message: ServerMessage): void;
  /** New events; those of a replay are none. */
  follow(changes: Changes): void;
  setConnection(state: ConnectionState): void;
  /** Shows another moment than the present; undefined: the present. What `changed` are the trials that differ from what was shown. */
  show(moment: Moment | undefined, changed: Changed): void;
  /** What the page has, to resume from. */
  position(): { readonly study: string | null; readonly lastSeq: number };
  /** Forgets the study: another one is wanted. */
  forget(): void;
  /** Draws with the next frame, and says that the clock moved on. */
  touch(): void;
  /** Draws everything anew with the next frame. */
  redraw(): void;
}

/** A moment of the past. */
export interface Moment {
  readonly fold: StudyFold;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly replay: NonNullable<Model['replay']>;
}

/** Who must hear of what happens to the study. */
export interface Listeners {
  /** An event is new to the page. */
  readonly event: (event: StudyEvent) => void;
  /** The page is connected to a study; `everything`: it was told anew. */
  readonly greeted: (everything: boolean) => void;
  /** It is another study than before. */
  readonly forgotten: () => void;
  /** The server skipped an event. */
  readonly gap: () => void;
}

interface Coming {
  readonly snapshot: Snapshot;
  readonly trials: Map<number, TrialRecord>;
}

/** While much comes in, drawing every piece of it would only make it longer: milliseconds between two drawings. */
const patience = 150;

/** An empty store. */
export function store(views: readonly View[], clock: () => number, listeners: Listeners): Store {
  let fold = emptyFold;
  let identity: string | null = null;
  let connection: ConnectionState = { kind: 'connecting' };
  let coming: Coming | undefined;
  let moment: Moment | undefined;
  let fields: readonly Field[] = [];
  let fieldsFor: unknown[] = [];
  let ended: Ended | undefined;
  let load: Load | undefined;
  /** How much the server has read of what is stored. */
  let reading: number | undefined;
  let studies: readonly StudySummary[] = [];
  /** Of this study in the list. */
  let key: string | undefined;
  let clockAhead = 0;
  let target = -1;
  let speed = pace();
  let changed: Changed = 'all';
  let waiting = false;
  let drawnAt = 0;
  let wasOver = false;

  const isCatchingUp = () => coming !== undefined || fold.study.lastSeq < target;
  const draw = () => {
    waiting = false;
    drawnAt = clock();
    const { study, findings, metrics } = moment?.fold ?? fold;
    const stopped = moment === undefined ? stoppedStudy(studies, key, study) : undefined;
    // What is not there will not come any more: everything that says so says it now.
    const over = study.finishReason !== undefined || stopped !== undefined;
    if (over !== wasOver) changed = 'all';
    wasOver = over;
    const now = moment?.now ?? study.finishedAt ?? stopped?.at ?? clock() - clockAhead;
    if (study.study !== undefined && (fieldsFor[0] !== study.study || fieldsFor[1] !== metrics)) {
      fieldsFor = [study.study, metrics];
      fields = fieldsOf(study.study, metrics);
    }
    const model: Model = {
      study,
      identity,
      connection,
      findings,
      metrics,
      fields,
      load,
      reading: connection.kind === 'reading' ? connection.share : reading,
      studies,
      replay: moment?.replay,
      ended: moment === undefined ? ended : undefined,
      stopped,
      now,
      epochsPerSecond: moment === undefined && stopped === undefined ? speed.epochsPerSecond(now) : undefined,
      caughtUp: !isCatchingUp(),
    };
    const drawn = changed;
    changed = new Set();
    for (const view of views) view(model, drawn);
  };
  const touch = () => {
    if (waiting) return;
    waiting = true;
    const rest = isCatchingUp() ? patience - (clock() - drawnAt) : 0;
    if (rest > 0) setTimeout(() => requestAnimationFrame(draw), rest);
    else requestAnimationFrame(draw);
  };
  const change = (trial: number) => {
    if (changed !== 'all') (changed as Set<number>).add(trial);
  };
  const empty = () => {
    fold = emptyFold;
    coming = undefined;
    moment = undefined;
    ended = undefined;
    load = undefined;
    speed = pace();
    changed = 'all';
    listeners.forgotten();
  };

  const begin = (snapshot: Snapshot) => {
    coming = { snapshot, trials: new Map() };
    speed = pace(clock() - clockAhead);
    // There is something to look at before the trials are here, unless something is to be seen already.
    if (fold.study.study === undefined) {
      fold = foldOfSnapshot(snapshot, coming.trials);
      changed = 'all';
    }
    finish();
  };
  const add = ({ trials }: Trials) => {
    if (coming === undefined) return;
    for (const trial of trials) {
      coming.trials.set(trial.number, trial);
      if (fold.study.trials === coming.trials) change(trial.number);
    }
    finish();
  };
  const finish = () => {
    if (coming === undefined || coming.trials.size < coming.snapshot.trials) return;
    if (fold.study.trials !== coming.trials) {
      fold = foldOfSnapshot(coming.snapshot, coming.trials);
      changed = 'all';
    }
    coming = undefined;
    listeners.greeted(true);
  };

  return {
    touch,
    redraw() {
      changed = 'all';
      touch();
    },
    setConnection(state) {
      connection = state;
      if (state.kind !== 'live') reading = undefined;
      touch();
    },
    show(next, differs) {
      moment = next;
      if (differs === 'all') changed = 'all';
      else for (const trial of differs) change(trial);
      touch();
    },
    position: () => ({ study: identity, lastSeq: coming === undefined ? fold.study.lastSeq : -1 }),
    forget() {
      identity = null;
      reading = undefined;
      key = undefined;
      empty();
      touch();
    },
    follow({ study, events }) {
      if (study !== identity) return;
      for (const event of events) {
        if (event.seq <= fold.study.lastSeq) continue;
        if (coming !== undefined || event.seq > fold.study.lastSeq + 1) return listeners.gap();
        fold = foldForPage(fold, event);
        speed.add(event);
        listeners.event(event);
        if (moment !== undefined) continue;
        if ('trial' in event) change(event.trial);
        else if (event.type === 'study-started') changed = 'all';
      }
      touch();
    },
    receive(message) {
      switch (message.type) {
        case 'reading':
          reading = message.share;
          break;
        case 'hello':
          reading = undefined;
          if (message.study !== identity || message.study === null) {
            identity = message.study;
            empty();
          }
          key = message.key;
          // If it has ended, that is said again.
          ended = undefined;
          clockAhead = clock() - message.time;
          target = message.lastSeq;
          coming = undefined;
          if (!message.fresh) listeners.greeted(false);
          break;
        case 'snapshot':
          if (message.study === identity) begin(message);
          break;
        case 'trials':
          if (message.study === identity) add(message);
          break;
        case 'ended':
          ended = message;
          break;
        case 'load':
          load = message;
          break;
        case 'studies':
          studies = message.studies;
          break;
        default:
          return;
      }
      touch();
    },
  };
}
