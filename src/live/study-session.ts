import { answering } from './binary-frame.js';
import type { ClientRequest } from './client-message.js';
import {
  type Detail,
  type Ended,
  type Events,
  type Hello,
  protocolVersion,
  type Reading,
  type Resume,
  type See,
} from './protocol.js';
import type { FrozenStudy, StudyModel } from './study-model.js';

/** What is told to one client about one study: the same for a socket and for a page that has its study with it. */
export interface StudySession {
  /** Takes a request in; false if there are more than are answered at a time. Something is to be sent afterwards (`step`). */
  say(request: Exclude<ClientRequest, { readonly type: 'list' }>): boolean;
  /** Everything up to now may be told, not only what was there at the last time. */
  reach(): void;
  /** Sends one more message, or works towards it for a few milliseconds; false when there is nothing to do. */
  step(): boolean;
  /** Whether it was told everything that it may be told by now, or never asked for anything. */
  caughtUp(): boolean;
  /** In which form the client wants its study; undefined before it has said so. */
  form(): 'events' | 'state' | undefined;
}

/** What a session needs. */
export interface SessionOptions {
  readonly model: StudyModel;
  readonly send: (message: string | Uint8Array) => void;
  /** Set once the stream of events is over. */
  readonly ended: () => Ended | undefined;
  /** While the model is not yet what was stored: how much is, from 0 to 1, or whether that is not told. Nothing else is told meanwhile. */
  readonly reading?: (() => number | boolean) | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** What else `hello` says. */
  readonly greeting?: () => Pick<Hello, 'control' | 'studies' | 'key'>;
  /** About how many bytes a message has at most; 256 KiB. */
  readonly frame?: number | undefined;
}

/** Curves asked for at a time. */
const SEES = 32;

/** Blocks of the log read for one message of details, about. */
const LEAPS = 4;

/** What a missing event costs as changes, in bytes. */
const CHANGE = 64;
/** So many missing events are told as changes anyway. */
const FEW = 16 * 1024;

/** Talks with one client about a study. */
export function studySession(options: SessionOptions): StudySession {
  const { model, send, ended, reading = () => false, clock, greeting = () => ({}), frame = 256 * 1024 } = options;
  /** What it asked for and was not yet greeted for. */
  let asked: Resume | undefined;
  let form: 'events' | 'state' | undefined;
  let study: string | null | undefined;
  /** The next event to be told, and the last that may be. */
  let next = 0;
  let goal = -1;
  let snapshot: FrozenStudy | undefined;
  let toldEnd = false;
  /** Hundredths that were told of what is being read. */
  let toldShare = -1;
  const sees = new Map<
    string,
    { readonly see: See; frames?: Generator<Uint8Array, void> | undefined; ahead?: Uint8Array | undefined }
  >();
  let inspected: { readonly trial: number; told: number; begun: boolean } | undefined;
  let history: { readonly id: number; next: number; readonly to: number } | undefined;
  let historyAsked: number | undefined;

  const begun = () => typeof study === 'string' && study === model.study;

  const greet = ({ study: known, lastSeq }: Pick<Resume, 'study' | 'lastSeq'>) => {
    const knows = known !== null && known === model.study && lastSeq <= model.lastSeq;
    const resumes = knows && (form === 'events' || cheap(lastSeq + 1, model.lastSeq));
    if (study !== model.study) forget();
    study = model.study;
    goal = model.lastSeq;
    next = resumes ? lastSeq + 1 : 0;
    toldEnd = false;
    snapshot = undefined;
    const hello: Hello = {
      type: 'hello',
      protocol: protocolVersion,
      study,
      fresh: !resumes,
      lastSeq: model.lastSeq,
      time: clock(),
      ...greeting(),
    };
    send(JSON.stringify(hello));
    if (form === 'state' && study !== null && !resumes) freeze();
  };
  /** What was asked about another study. */
  const forget = () => {
    if (typeof study !== 'string') return;
    sees.clear();
    history = historyAsked = inspected = undefined;
  };
  const cheap = (from: number, to: number) => {
    const missing = to + 1 - from;
    return missing <= FEW || missing * CHANGE <= model.state.trials.size * 600;
  };
  const freeze = () => {
    snapshot = model.snapshot();
    next = snapshot.seq + 1;
    send(snapshot.head);
  };

  const tellReading = (share: number | boolean) => {
    const hundredths = typeof share === 'number' ? Math.floor(100 * share) : -1;
    if (hundredths < 0 || hundredths === toldShare || (asked?.as ?? form) !== 'state') return false;
    toldShare = hundredths;
    const message: Reading = { type: 'reading', share: hundredths / 100 };
    send(JSON.stringify(message));
    return true;
  };

  /** Each does a piece of work, and says whether there was any. */
  const tasks: readonly (() => boolean)[] = [
    function greets() {
      if (asked !== undefined) {
        const resume = asked;
        asked = undefined;
        form = resume.as ?? 'events';
        greet(resume);
        return true;
      }
      // The study began after the greeting, or gave way to another, or can be read again.
      const goesOn = toldEnd && ended() === undefined;
      if (study === undefined || (study === model.study && !goesOn)) return false;
      greet({ study: null, lastSeq: -1 });
      return true;
    },
    function trials() {
      if (snapshot === undefined) return false;
      const { done, value } = snapshot.trials.next();
      if (done) snapshot = undefined;
      else send(value);
      return true;
    },
    function follows() {
      if (next > goal || !begun()) return false;
      if (form === 'state' && !cheap(next, goal)) freeze();
      else if (form === 'state') {
        const changes = model.changes(next, goal);
        next = changes.next;
        send(changes.frame);
      } else {
        const { json, next: after } = model.json(next, goal, frame);
        next = after;
        const head: Omit<Events, 'events'> = { type: 'events', study: study as string };
        send(`${JSON.stringify(head).slice(0, -1)},"events":${json}}`);
      }
      return true;
    },
    function ends() {
      const end = ended();
      if (end === undefined || toldEnd || study === undefined || next <= model.lastSeq) return false;
      toldEnd = true;
      send(JSON.stringify(end));
      return true;
    },
    function details() {
      if (inspected === undefined || !begun()) return false;
      const { trial, told, begun: more } = inspected;
      const numbers = model.eventsOf(trial);
      if (more && (told === numbers.length || (numbers[told] as number) > goal)) return false;
      const events: string[] = [];
      let [at, length, leaps] = [told, 0, 0];
      while (at < numbers.length && (numbers[at] as number) <= goal && length < frame / 2 && leaps < LEAPS) {
        const json = JSON.stringify(model.event(numbers[at] as number));
        events.push(json);
        length += json.length;
        // Events that are far apart lie in different blocks, each of which is to be read.
        if ((numbers[at + 1] ?? 0) - (numbers[at] as number) > 256) leaps++;
        at++;
      }
      const head: Omit<Detail, 'events'> = { type: 'detail', study: study as string, trial, ...(more && { more }) };
      inspected = { trial, told: at, begun: true };
      send(`${JSON.stringify(head).slice(0, -1)},"events":[${events.join(',')}]}`);
      return true;
    },
    function curves() {
      if (!begun()) return false;
      for (const [key, task] of sees) {
        task.frames ??= model.curves(task.see);
        // One frame ahead, because the last one says that it is the last.
        const { value, done } = task.frames.next();
        if (task.ahead !== undefined) send(answering(task.ahead, task.see.id, done === true));
        task.ahead = value ?? undefined;
        if (done) sees.delete(key);
        return true;
      }
      return false;
    },
    function past() {
      if (!begun()) return false;
      if (historyAsked !== undefined) {
        history = { id: historyAsked, next: 0, to: model.lastSeq };
        historyAsked = undefined;
      }
      if (history === undefined) return false;
      const { id, to } = history;
      const { frame: changes, next: after } = model.changes(history.next, to);
      history = after > to ? undefined : { id, next: after, to };
      send(answering(changes, id, history === undefined));
      return true;
    },
  ];

  return {
    say(request) {
      switch (request.type) {
        case 'resume':
          asked = request;
          break;
        case 'see': {
          const key = JSON.stringify([request.by, request.metric]);
          sees.delete(key);
          if (sees.size >= SEES) return false;
          sees.set(key, { see: request });
          break;
        }
        case 'inspect':
          inspected = request.trial === null ? undefined : { trial: request.trial, told: 0, begun: false };
          break;
        case 'history':
          history = undefined;
          historyAsked = request.id;
      }
      return true;
    },
    reach() {
      goal = model.lastSeq;
    },
    step() {
      const share = reading();
      if (share !== false) return tellReading(share);
      toldShare = -1;
      return tasks.some(task => task());
    },
    caughtUp: () =>
      reading() !== false ||
      (asked === undefined &&
        (study === undefined ||
          (study === model.study &&
            snapshot === undefined &&
            next > model.lastSeq &&
            (toldEnd || ended() === undefined)))),
    form: () => form,
  };
}
