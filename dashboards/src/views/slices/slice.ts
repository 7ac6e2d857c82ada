import { count, metric as shortNumber } from '../../../../src/cli/number.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import type { AxisScale } from '../../chart/axis-scale.js';
import { brushedParts, wantedBetween } from '../../chart/brush-range.js';
import { colorOf } from '../../chart/draw-trial.js';
import { chartFont, fitText } from '../../chart/fit-text.js';
import type { ShownObjective } from '../../chart/objective.js';
import { painter } from '../../chart/painter.js';
import { notThere, type Places, placesOn } from '../../chart/places.js';
import { surface } from '../../chart/surface.js';
import { drawGrid } from '../../chart/value-grid.js';
import { walk } from '../../chart/walk.js';
import { element, setAttribute, setText } from '../../element.js';
import type { Page } from '../../page.js';
import { dotBox, dotLook, nearestDot, paintDots } from './dots.js';

/** What all slices of a study have in common at a moment. */
export interface SliceFrame {
  readonly objective: ShownObjective;
  /** The values' axis. */
  readonly y: Places;
  /** The finished trials that the filter lets through; it grows. */
  readonly shown: readonly TrialRecord[];
  /** Those that are dimmed: all finished trials, on top of which the shown ones lie. */
  readonly others: readonly TrialRecord[];
  /** Those that may change, also the ones that are dimmed. */
  readonly live: () => readonly TrialRecord[];
  readonly trial: (number: number) => TrialRecord | undefined;
  /** The best trial's number. */
  readonly best: number | undefined;
  /** Another text whenever finished trials must be drawn anew, and all of them whatever the filter. */
  readonly key: string;
  readonly othersKey: string;
}

/** One hyperparameter against the objective. */
export interface Slice {
  readonly element: HTMLElement;
  readonly scale: AxisScale;
  readonly title: HTMLButtonElement;
  show(frame: SliceFrame): void;
  /** Draws what is looked at, and what moves. */
  over(): void;
}

/** A scatter plot of the hyperparameter of `scale`; `choose` when a person wants to set its range. */
export function slice(x: AxisScale, page: Page, choose: () => void): Slice {
  const { lens, tooltip, theme } = page;
  const { field } = x;
  const xs = placesOn(x);
  let frame: SliceFrame | undefined;
  let part: readonly [number, number] | undefined;
  const title = element(
    'button',
    { type: 'button', class: 'slice-title', title: `Filter by ${field.title}` },
    field.title,
  );
  title.addEventListener('click', choose);
  const about = element('span', { class: 'quiet' });
  const area = element('div', { class: 'slice-area', role: 'application' });
  const board = surface(area, 3, {
    resized: () => draw(),
    returned() {
      dots.resume();
      otherDots.resume();
      over();
    },
  });
  const dots = painter({ seen: () => board.seen });
  const otherDots = painter({ seen: () => board.seen });
  let plane = dotBox(board.width, board.height, x.bands !== undefined);

  const at = (trial: TrialRecord): { readonly x: number; readonly y: number } | undefined => {
    const left = xs.of(trial);
    const height = frame?.y.of(trial) ?? Number.NaN;
    if (left === notThere || Number.isNaN(left) || Number.isNaN(height) || height === notThere) return undefined;
    const { left: from, top, width, height: high } = plane;
    return { x: from + left * width, y: top + (1 - height) * high };
  };
  const dot = (ctx: CanvasRenderingContext2D, trial: TrialRecord, radius: number, color: string) => {
    const place = at(trial);
    if (place === undefined) return;
    ctx.fillStyle = color;
    ctx.beginPath();
    ctx.arc(place.x, place.y, radius, 0, 2 * Math.PI);
    ctx.fill();
  };
  const ring = (ctx: CanvasRenderingContext2D, trial: TrialRecord, color: string, radius: number) => {
    const place = at(trial);
    if (place === undefined) return;
    ctx.strokeStyle = theme().surface;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(place.x, place.y, radius + 1.5, 0, 2 * Math.PI);
    ctx.stroke();
    dot(ctx, trial, radius, color);
  };

  const drawGround = () => {
    if (frame === undefined) return;
    const ctx = board.clear(0);
    const { left, top, width, height } = plane;
    ctx.font = chartFont(11);
    const lines = frame.y.scale.ticks(height / 34).map(({ share, label }) => ({
      y: top + (1 - share) * height,
      label: fitText(ctx, label, left - 6),
    }));
    drawGrid(ctx, lines, { left, right: left + width, gap: 6 }, theme());
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    const ticks = x.ticks(x.bands === undefined ? width / 62 : width / 26);
    const room = x.bands === undefined ? 70 : width / Math.max(1, ticks.length) - 4;
    for (const { share, label } of ticks)
      ctx.fillText(fitText(ctx, label, room), left + share * width, top + height + 8);
  };
  const draw = () => {
    if (frame === undefined || board.width === 0) return;
    const { objective, shown, others } = frame;
    plane = dotBox(board.width, board.height, x.bands !== undefined);
    const sizes = `${board.width} ${board.height} ${board.ratio}`;
    const colors = theme();
    const pale = dotLook(others.length);
    otherDots.paint(`${frame.othersKey} ${sizes} ${pale.size} ${others.length > 0}`, others, drawGround, some =>
      paintDots(board.pen(0), some, at, () => colors.pale, pale),
    );
    const look = dotLook(shown.length);
    dots.paint(
      `${frame.key} ${sizes} ${look.size}`,
      shown,
      () => board.clear(1),
      some => paintDots(board.pen(1), some, at, trial => colorOf(trial, false, colors), look),
    );
    const there = shown.reduce((sum, trial) => sum + Number(xs.of(trial) !== notThere), 0);
    setText(about, there === shown.length ? '' : `there in ${count(there)} of ${count(shown.length)}`);
    const best = frame.best === undefined ? undefined : frame.trial(frame.best);
    const where =
      best === undefined || field.text(best) === '' ? '' : `; the best, #${best.number}, has ${field.text(best)}`;
    setAttribute(
      area,
      'aria-label',
      `${objective.metric} by ${field.title}: ${count(there)} trials${where}. Arrow keys go through them from left to right.`,
    );
    over();
  };
  const over = () => {
    if (frame === undefined || board.width === 0) return;
    const ctx = board.clear(2);
    const { left, top, width, height } = plane;
    const wanted = Object.hasOwn(lens.filter, field.key) ? lens.filter[field.key] : undefined;
    for (const [from, to] of part === undefined ? brushedParts(x, wanted) : [part]) {
      ctx.globalAlpha = 0.13;
      ctx.fillStyle = theme().hues[0] as string;
      ctx.fillRect(left + from * width, top, Math.max(2, (to - from) * width), height);
      ctx.globalAlpha = 1;
    }
    const looked = new Set([...lens.selected, ...(lens.trial === undefined ? [] : [lens.trial])]);
    board.fade(1, looked.size > 0 ? 0.55 : 1);
    for (const trial of frame.live()) {
      dot(ctx, trial, 3, lens.passes(trial) ? colorOf(trial, false, theme()) : theme().pale);
    }
    const best = frame.best === undefined ? undefined : frame.trial(frame.best);
    if (best !== undefined && lens.passes(best)) ring(ctx, best, theme().best, 4);
    for (const number of looked) {
      const trial = frame.trial(number);
      if (trial === undefined || !lens.draws(trial)) continue;
      ring(
        ctx,
        trial,
        number === frame.best ? theme().best : (theme().hues[0] as string),
        number === lens.trial ? 5 : 4,
      );
    }
  };

  const describe = (trial: TrialRecord) =>
    `${frame?.objective.metric} ${shortNumber(frame?.objective.field.of(trial) as number | undefined)} at ${field.title} ${field.text(trial)}`;
  const all = () => [...(frame?.shown ?? []), ...(frame?.live() ?? []).filter(lens.passes)];
  const said = walk(area, {
    lens,
    order: () =>
      all()
        .filter(trial => at(trial) !== undefined)
        .sort((a, b) => xs.of(a) - xs.of(b)),
    text: describe,
  });

  let pressed: number | undefined;
  const shareOf = (event: PointerEvent) => {
    const { left, width } = plane;
    return Math.min(1, Math.max(0, (event.clientX - area.getBoundingClientRect().left - left) / width));
  };
  let pointed: TrialRecord | undefined;
  area.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    pressed = event.clientX;
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener('pointermove', event => {
    const edge = area.getBoundingClientRect();
    if (pressed !== undefined && (part !== undefined || Math.abs(event.clientX - pressed) > 4)) {
      const { left, width } = plane;
      const from = Math.min(1, Math.max(0, (pressed - edge.left - left) / width));
      const to = shareOf(event);
      part = from < to ? [from, to] : [to, from];
      over();
      return;
    }
    const spot = { x: event.clientX - edge.left, y: event.clientY - edge.top };
    pointed = nearestDot(all(), at, spot);
    lens.hover(pointed?.number);
    if (pointed === undefined) tooltip.hide();
    else tooltip.show(pointed, describe(pointed), { x: event.clientX, y: event.clientY });
  });
  area.addEventListener('pointerup', event => {
    const drawn = part;
    const held = pressed !== undefined || event.pointerType === 'touch';
    pressed = part = undefined;
    if (drawn !== undefined) return lens.wantPresent(field.key, wantedBetween(x, ...drawn));
    if (!held) return;
    if (pointed !== undefined && event.shiftKey) lens.toggle(pointed.number);
    else if (pointed !== undefined) lens.pin(pointed.number);
    else if (Object.hasOwn(lens.filter, field.key)) lens.want(field.key, undefined);
  });
  area.addEventListener('pointercancel', () => {
    pressed = part = undefined;
    over();
  });
  area.addEventListener('pointerleave', () => {
    pointed = undefined;
    lens.hover(undefined);
    tooltip.hide();
  });

  const head = element('div', { class: 'slice-head' }, title, about);
  return {
    element: element('div', { class: 'slice', 'data-hparam': field.title }, head, area, said),
    scale: x,
    title,
    show(next) {
      frame = next;
      draw();
    },
    over,
  };
}
