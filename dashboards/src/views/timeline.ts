import { duration } from '../../../src/cli/duration.js';
import { count, counted } from '../../../src/cli/number.js';
import type { TrialState } from '../../../src/tune/events.js';
import { board, type Place } from '../chart/board.js';
import { firstAfter, idleShare, type Lane, type LaneBar, lanesOf, type TimeWindow } from '../chart/lanes.js';
import { drawTimeAxis } from '../chart/time-axis.js';
import { element, setAttribute, setText } from '../element.js';
import type { Model, Page, Panel, View } from '../page.js';
import { noTrialWords } from './absence-words.js';
import { drawLane, drawLaneName, type LaneLook, markLane } from './timeline-draw.js';
import { shownWindow } from './timeline-window.js';

const axisHeight = 26;

/** What every place for trials did and when: a lane each, with a bar for every stretch of a trial. */
export function timelineView({ body: container, tools, note }: Panel, page: Page): View {
  const { lens, theme, tooltip } = page;
  let model: Model | undefined;
  let lanes: readonly Lane[] = [];
  const known = new Map<number, TrialState>();
  let knownTrials: unknown;
  let whole: TimeWindow = { from: 0, to: 1 };
  let drawnAt = 0;
  /** The bar that the keyboard is at. */
  let cursor: { readonly lane: number; readonly index: number } | undefined;
  let dragged: { readonly x: number; moved: boolean } | undefined;

  const shown = shownWindow(page.link, 'timeline', () => {
    showTools();
    chart.redraw();
  });
  const trialOf = (bar: LaneBar | undefined) => bar && model?.study.trials.get(bar.trial);
  const labelWidth = (width: number) => (width < 520 ? 62 : 118);
  const laneHeight = () => Math.max(9, Math.min(34, Math.floor(420 / Math.max(1, lanes.length))));
  const geometry = (width: number) => {
    const left = labelWidth(width);
    return { left, width: Math.max(10, width - left - 12), lane: laneHeight() };
  };

  const chart = board(container, {
    height: () => Math.max(1, lanes.length) * laneHeight() + axisHeight,
    draw(ctx, width, height) {
      const { left, width: wide, lane: high } = geometry(width);
      const colors = theme();
      const axis = { left, width: wide, height: height - axisHeight };
      drawTimeAxis(ctx, shown.of(whole), whole.from, axis, colors);
      for (const [i, lane] of lanes.entries()) {
        if (high < 12 && i % 2 === 1) continue;
        drawLaneName(ctx, i, idleShare(lane, whole.from, whole.to), (i + 0.5) * high, left, colors.muted);
      }
      inLanes(ctx, width, drawLane);
      drawnAt = model?.now ?? 0;
    },
    drawOver: (ctx, width) => {
      if (lens.trial === undefined && lens.selected.size === 0) return;
      inLanes(ctx, width, (each, lane, look) => markLane(each, lane, look, lens.selected, lens.trial));
    },
    point(at) {
      if (dragged !== undefined) return;
      const bar = at && barAt(at);
      lens.hover(bar?.trial);
      if (bar === undefined || at === undefined) tooltip.hide();
      else showTip(bar, at);
    },
    click(at, shift) {
      if (dragged?.moved) return;
      const bar = barAt(at);
      if (bar === undefined) return;
      if (shift) lens.toggle(bar.trial);
      else lens.pin(bar.trial);
    },
    key,
    focus(on) {
      if (!on) {
        cursor = undefined;
        tooltip.hide();
        lens.hover(undefined);
      }
      chart.redrawOver();
    },
  });
  chart.canvas.classList.add('grab');

  /** Draws in each lane, clipped to where its bars are. */
  function inLanes(
    ctx: CanvasRenderingContext2D,
    width: number,
    draw: (ctx: CanvasRenderingContext2D, lane: Lane, look: LaneLook) => void,
  ): void {
    const { left, width: wide, lane: high } = geometry(width);
    const { from, to } = shown.of(whole);
    const x = (time: number) => left + ((time - from) / (to - from)) * wide;
    const look = { x, from, to, now: whole.to, high, trialOf, passes: lens.passes, theme: theme() };
    const best = model?.study.best?.trial;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - 1, 0, wide + 3, lanes.length * high);
    ctx.clip();
    for (const [i, lane] of lanes.entries()) draw(ctx, lane, { ...look, top: i * high, best });
    ctx.restore();
  }

  const barAt = ({ x, y }: Place): LaneBar | undefined => {
    const { left, width, lane: high } = geometry(chart.box.clientWidth);
    const lane = lanes[Math.floor(y / high)];
    if (lane === undefined || x < left) return undefined;
    const { from, to } = shown.of(whole);
    const time = from + ((x - left) / width) * (to - from);
    // Narrow bars can be hit, too.
    const reach = (3 / width) * (to - from);
    for (let i = firstAfter(lane, time - reach); i < lane.bars.length; i++) {
      const bar = lane.bars[i] as LaneBar;
      if (bar.from > time + reach) return undefined;
      const trial = trialOf(bar);
      if (trial !== undefined && lens.passes(trial)) return bar;
    }
    return undefined;
  };

  const showTip = (bar: LaneBar, at: Place) => {
    const trial = trialOf(bar);
    if (trial === undefined) return;
    const { x, y } = chart.rect();
    tooltip.show(trial, barWords(bar), { x: x + at.x, y: y + at.y });
  };
  const barWords = ({ trial, from, to }: LaneBar): string => {
    const epochs = counted(model?.study.trials.get(trial)?.epochs ?? 0, 'epoch');
    const began = `from ${duration((from - whole.from) / 1000)}`;
    return `${began}, ${to === undefined ? 'running for' : 'for'} ${duration(((to ?? whole.to) - from) / 1000)}, ${epochs}`;
  };

  function key({ key: name, shiftKey }: KeyboardEvent): boolean {
    if (name === '+' || name === '=') shown.zoom(0.6, 0.5, whole);
    else if (name === '-') shown.zoom(1 / 0.6, 0.5, whole);
    else if (name === '0' || name === 'Home') shown.fit();
    else if (shiftKey && name === 'ArrowLeft') shown.move(-0.2, whole);
    else if (shiftKey && name === 'ArrowRight') shown.move(0.2, whole);
    else if (name === 'ArrowLeft') step(0, -1);
    else if (name === 'ArrowRight') step(0, 1);
    else if (name === 'ArrowUp') step(-1, 0);
    else if (name === 'ArrowDown') step(1, 0);
    else if ((name === 'Enter' || name === ' ') && cursor !== undefined) {
      const bar = lanes[cursor.lane]?.bars[cursor.index];
      if (bar === undefined) return true;
      if (name === 'Enter') lens.pin(bar.trial);
      else lens.toggle(bar.trial);
    } else return false;
    return true;
  }
  /** Moves the keyboard to the next bar in its lane, or to the one at the same time in the next lane. */
  const step = (down: number, along: number) => {
    if (lanes.length === 0) return;
    const before = cursor ?? {
      lane: 0,
      index: firstAfter(lanes[0] as Lane, shown.of(whole).from) - (along > 0 ? 1 : 0),
    };
    const lane = Math.max(0, Math.min(lanes.length - 1, before.lane + (cursor === undefined ? 0 : down)));
    const { bars } = lanes[lane] as Lane;
    const time = lanes[before.lane]?.bars[before.index]?.from ?? whole.from;
    const wished = lane === before.lane ? before.index + along : firstAfter(lanes[lane] as Lane, time);
    const index = Math.max(0, Math.min(bars.length - 1, wished));
    const bar = bars[index];
    if (bar === undefined) return;
    cursor = { lane, index };
    const { from, to } = shown.of(whole);
    const end = bar.to ?? whole.to;
    if (bar.from < from || end > to) shown.move(((bar.from + end) / 2 - (from + to) / 2) / (to - from), whole);
    lens.hover(bar.trial);
    setText(said, `Trial ${bar.trial}, ${trialOf(bar)?.state ?? ''}, place ${lane + 1}, ${barWords(bar)}`);
    const { left, width, lane: high } = geometry(chart.box.clientWidth);
    const window = shown.of(whole);
    const x = left + (((bar.from + end) / 2 - window.from) / (window.to - window.from)) * width;
    showTip(bar, { x, y: (lane + 0.5) * high });
  };
  const said = element('p', { class: 'visually-hidden', role: 'status' });
  container.append(said);

  chart.canvas.addEventListener('pointerdown', event => {
    if (event.button !== 0) return;
    dragged = { x: event.clientX, moved: false };
    chart.canvas.setPointerCapture(event.pointerId);
    let last = event.clientX;
    const { width } = geometry(chart.box.clientWidth);
    const move = (next: PointerEvent) => {
      if (dragged === undefined || (!dragged.moved && Math.abs(next.clientX - dragged.x) < 4)) return;
      dragged.moved = true;
      tooltip.hide();
      if (!shown.fits()) shown.move((last - next.clientX) / width, whole);
      last = next.clientX;
    };
    const end = () => {
      chart.canvas.removeEventListener('pointermove', move);
      // After the click that comes with it.
      setTimeout(() => {
        dragged = undefined;
      });
    };
    chart.canvas.addEventListener('pointermove', move);
    chart.canvas.addEventListener('pointerup', end, { once: true });
    chart.canvas.addEventListener('pointercancel', end, { once: true });
  });
  chart.canvas.addEventListener(
    'wheel',
    event => {
      // The page scrolls over a chart that nobody works with.
      const meant = event.ctrlKey || event.metaKey || document.activeElement === chart.box;
      if (!meant) return;
      event.preventDefault();
      const { left, width } = geometry(chart.box.clientWidth);
      const share = Math.max(0, Math.min(1, (event.clientX - chart.rect().left - left) / width));
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) shown.move(event.deltaX / width, whole);
      else shown.zoom(1.0015 ** event.deltaY, share, whole);
    },
    { passive: false },
  );

  const button = (label: string, text: string, act: () => void) => {
    const made = element('button', { type: 'button', class: 'way', 'aria-label': label, title: label }, text);
    made.addEventListener('click', act);
    tools.append(made);
    return made;
  };
  button('Show more of the time', '−', () => shown.zoom(2, 0.5, whole));
  button('Show less of the time', '+', () => shown.zoom(0.5, 0.5, whole));
  const fit = button('Fit: show all of the time', 'Fit', () => shown.fit());
  const showTools = () => {
    fit.disabled = shown.fits();
  };
  showTools();
  const empty = element('p', { class: 'empty' });
  container.append(empty);
  setText(
    note,
    'Drag to move, Ctrl and the wheel to zoom; with the keyboard arrows, + and −, 0 for all, Enter to pin, Space to select.',
  );
  lens.onChange(chart.redrawOver);

  return (next, changed) => {
    model = next;
    const { trials, startedAt = 0, finishedAt } = next.study;
    let dirty = changed === 'all' || knownTrials !== trials;
    if (dirty) {
      knownTrials = trials;
      known.clear();
      shown.read();
      showTools();
    }
    for (const number of changed === 'all' ? [] : changed) {
      const state = trials.get(number)?.state;
      if (state === undefined || known.get(number) === state) continue;
      known.set(number, state);
      dirty = true;
    }
    const to = Math.max(startedAt + 20, finishedAt ?? next.now);
    const moves = to !== whole.to && next.now - drawnAt > Math.max(250, (to - startedAt) / 1200);
    if (!dirty && !moves) return;
    whole = { from: startedAt, to };
    if (dirty) lanes = lanesOf(next.study);
    empty.hidden = lanes.length > 0;
    setText(empty, noTrialWords(next, { passes: () => true }) ?? 'No trial has had a place.');
    chart.box.hidden = lanes.length === 0;
    note.hidden = lanes.length === 0;
    tools.hidden = lanes.length === 0;
    const bars = lanes.reduce((sum, lane) => sum + lane.bars.length, 0);
    container.dataset.lanes = String(lanes.length);
    container.dataset.bars = String(bars);
    setAttribute(chart.box, 'aria-label', summary(lanes, bars, whole));
    chart.redraw();
  };
}

/** What the timeline shows, in a sentence. */
function summary(lanes: readonly Lane[], bars: number, { from, to }: TimeWindow): string {
  const idle = lanes.slice(0, 16).map(lane => `${Math.round(100 * (idleShare(lane, from, to) ?? 0))} %`);
  const long = duration((to - from) / 1000);
  return `Timeline: ${count(bars)} stretches of trials at ${count(lanes.length)} places in ${long}; idle ${idle.join(', ')}`;
}
