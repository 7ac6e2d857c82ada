import { duration } from '../../src/cli/duration.js';
import { count } from '../../src/cli/number.js';
import type { Changes } from '../../src/live/frames.js';
import type { History as Ask } from '../../src/live/protocol.js';
import { element, setAttribute, setText } from './element.js';
import type { Link } from './link.js';
import type { Changed } from './page.js';
import { type History, history } from './replay.js';
import type { Moment } from './store.js';

/** Plays a study again from its beginning. */
export interface ReplayBar {
  /** A piece of the history. */
  hear(changes: Omit<Changes, 'events'>, frame: Uint8Array): void;
  /** The page is connected to the study. */
  ready(): void;
  /** The connection is gone: a history that is being read does not come to its end. */
  lose(): void;
  /** Ends the replay: it is another study. */
  close(): void;
  /** The last event shown; undefined while the present is shown. */
  position(): number | undefined;
}

/** What a replay works with. */
export interface ReplayOptions {
  readonly link: Link;
  readonly say: (ask: Ask) => boolean;
  readonly show: (moment: Moment | undefined, changed: Changed) => void;
}

const speeds = [
  ['1', '1×'],
  ['10', '10×'],
  ['100', '100×'],
  ['all', 'in 30 s'],
] as const;
const halfMinute = 30_000;

/** A bar with a time slider; `opener` opens it. Where the replay stands is in the address (`t`, a sequence number). */
export function replayBar(box: HTMLElement, opener: HTMLElement, { link, say, show }: ReplayOptions): ReplayBar {
  let past: History | undefined;
  let id = 0;
  let open = false;
  let complete = false;
  /** Nobody answers who could tell the history. */
  let lost = false;
  let seq = 0;
  /** Milliseconds since 1970; between two events while it plays. */
  let now = 0;
  let playing = false;
  let frame = 0;

  const play = element('button', { type: 'button', class: 'replay-play' }, 'Play');
  const slider = element('input', { type: 'range', min: '0', max: '1', step: '1', 'aria-label': 'Moment' });
  const label = element('output', { class: 'replay-label' });
  const speed = element(
    'select',
    { 'aria-label': 'Speed' },
    ...speeds.map(([value, text]) => element('option', { value }, text)),
  );
  speed.value = 'all';
  const live = element('button', { type: 'button', class: 'quiet-button' }, 'To the present');
  box.append(play, slider, label, speed, live);

  const bounds = () => ({ from: past?.time(0) ?? 0, to: past?.time(past.events() - 1) ?? 0 });
  const draw = () => {
    box.hidden = !open;
    setAttribute(opener, 'aria-expanded', String(open));
    document.documentElement.toggleAttribute('data-replay', open);
    if (!open) return;
    for (const control of [play, slider, speed]) control.disabled = !complete;
    const { from, to } = bounds();
    slider.max = String(Math.max(1, Math.round(to - from)));
    slider.value = String(Math.round(now - from));
    setText(play, playing ? 'Pause' : 'Play');
    const passed = duration((now - from) / 1000);
    const text = complete
      ? `${passed} of ${duration((to - from) / 1000)}, event ${count(seq + 1)} of ${count(past?.events() ?? 0)}`
      : lost
        ? 'The server does not answer: the history cannot be read'
        : 'Reading the history';
    setText(label, text);
    setAttribute(slider, 'aria-valuetext', text);
  };

  const go = (next: number, at?: number) => {
    if (past === undefined || !complete) return;
    seq = Math.max(0, Math.min(past.events() - 1, next));
    now = at ?? past.time(seq);
    const { fold, changed } = past.fold(seq);
    show({ fold, now, replay: { ...bounds(), playing } }, changed);
    draw();
  };
  const goTo = (time: number) => past !== undefined && go(past.at(time), time);
  const stop = () => {
    playing = false;
    cancelAnimationFrame(frame);
  };
  const rest = () => {
    stop();
    link.set('t', String(seq));
    go(seq, now);
  };

  const ask = () => {
    complete = false;
    past = history();
    lost = !say({ type: 'history', id: ++id });
    draw();
  };
  const begin = () => {
    if (open) return;
    open = true;
    ask();
    box.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
  };
  const end = () => {
    if (!open) return;
    stop();
    open = complete = false;
    past = undefined;
    link.set('t', undefined);
    draw();
    show(undefined, 'all');
  };

  const run = () => {
    const { from, to } = bounds();
    if (seq >= (past?.events() ?? 0) - 1) go(0);
    playing = true;
    let last = performance.now();
    const step = (time: number) => {
      if (!playing || past === undefined) return;
      const rate = speed.value === 'all' ? (to - from) / halfMinute : Number(speed.value);
      const next = Math.min(to, now + (time - last) * rate);
      last = time;
      goTo(next);
      if (next >= to) return rest();
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    draw();
  };

  opener.addEventListener('click', () => (open ? end() : begin()));
  live.addEventListener('click', () => {
    end();
    opener.focus();
  });
  play.addEventListener('click', () => (playing ? rest() : run()));
  slider.addEventListener('input', () => {
    stop();
    goTo(bounds().from + Number(slider.value));
  });
  slider.addEventListener('change', rest);
  slider.addEventListener('keydown', event => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    stop();
    go(seq + step);
    link.set('t', String(seq));
  });
  link.onChange(() => {
    const wanted = link.get('t');
    if (wanted === undefined) end();
    else if (!open) begin();
    else if (Number(wanted) !== seq && /^\d{1,10}$/.test(wanted)) go(Number(wanted));
  });
  draw();

  return {
    hear({ id: of, last }, bytes) {
      if (of !== id || past === undefined || complete) return;
      past.add(bytes);
      if (!last) return draw();
      complete = true;
      const wanted = link.get('t');
      go(wanted !== undefined && /^\d{1,10}$/.test(wanted) ? Number(wanted) : past.events() - 1);
      if (document.activeElement === live || document.activeElement === document.body) slider.focus();
    },
    ready() {
      if (open && !complete) ask();
      else if (!open && link.get('t') !== undefined) begin();
    },
    lose() {
      if (!open || complete) return;
      lost = true;
      draw();
    },
    close() {
      if (!open) return;
      stop();
      open = complete = false;
      past = undefined;
      draw();
    },
    position: () => (open && complete ? seq : undefined),
  };
}
