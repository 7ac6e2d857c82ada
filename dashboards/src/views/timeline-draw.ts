import type { TrialRecord } from '../../../src/tune/study-state.js';
import { canvasFont } from '../chart/board.js';
import { colorOf } from '../chart/draw-trial.js';
import { firstAfter, type Lane, type LaneBar, type TimeWindow } from '../chart/lanes.js';
import type { Lens } from '../lens.js';
import { hueOf, type Theme } from '../theme.js';

/** How a lane lies on the canvas, in CSS pixels, and what its bars depend on. */
export interface LaneLook extends TimeWindow {
  x(time: number): number;
  /** Up to where bars of running trials reach. */
  readonly now: number;
  readonly top: number;
  readonly high: number;
  trialOf(bar: LaneBar): TrialRecord | undefined;
  readonly passes: Lens['passes'];
  readonly theme: Theme;
  readonly best: number | undefined;
}

/** Names a lane, with its idle share; both short where there is little room. */
export function drawLaneName(
  ctx: CanvasRenderingContext2D,
  index: number,
  idle: number | undefined,
  y: number,
  width: number,
  color: string,
): void {
  const short = width < 80;
  const share = idle === undefined ? '' : `${Math.round(100 * idle)} %`;
  ctx.font = canvasFont(12);
  ctx.fillStyle = color;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillText(short ? `${index + 1}` : `Place ${index + 1}`, 0, y);
  ctx.textAlign = 'right';
  ctx.fillText(short ? share : `${share} idle`, width - 10, y);
}

/** Draws the bars of a lane; those of trials that the filter hides are only hinted at, so that the place does not seem idle. */
export function drawLane(ctx: CanvasRenderingContext2D, lane: Lane, look: LaneLook): void {
  const { x, from, to, now, top, high, trialOf, passes, theme, best } = look;
  const gap = high > 20 ? 3 : 1;
  const [y, tall] = [top + gap, high - 2 * gap];
  let drawnTo = Number.NEGATIVE_INFINITY;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.font = canvasFont(Math.min(11.5, tall - 1), 600);
  for (let i = firstAfter(lane, from); i < lane.bars.length; i++) {
    const bar = lane.bars[i] as LaneBar;
    if (bar.from > to) break;
    const trial = trialOf(bar);
    if (trial === undefined) continue;
    const [left, right] = [x(bar.from), x(bar.to ?? now)];
    // Thousands in a lane: what is no wider than what is there already is not drawn on top of it.
    if (right < drawnTo + 0.5) continue;
    const begin = Math.max(left, drawnTo - 0.5);
    const seen = passes(trial);
    const rests = trial.state === 'paused' || trial.state === 'waiting';
    ctx.globalAlpha = seen ? (rests ? 0.55 : 1) : 0.14;
    ctx.fillStyle = rests ? (theme.hues[hueOf(trial.number)] as string) : colorOf(trial, trial.number === best, theme);
    const room = right - begin;
    ctx.fillRect(begin, y, Math.max(0.75, room > 4 ? room - 1 : room), tall);
    ctx.globalAlpha = 1;
    drawnTo = right;
    const name = `#${bar.trial}`;
    if (!seen || tall < 11 || room <= 18 || ctx.measureText(name).width + 6 >= room) continue;
    ctx.fillStyle = trial.state === 'pruned' || rests ? theme.ink : theme.surface;
    ctx.fillText(name, Math.max(begin, x(from)) + 3, y + tall / 2 + 0.5);
  }
}

/** Draws the bars of some trials once more, framed: twice as thick for `first`. */
export function markLane(
  ctx: CanvasRenderingContext2D,
  lane: Lane,
  look: LaneLook,
  trials: ReadonlySet<number>,
  first: number | undefined,
): void {
  const { x, from, to, now, top, high, trialOf, theme, best } = look;
  const gap = high > 20 ? 3 : 1;
  for (const bar of lane.bars) {
    if ((bar.trial !== first && !trials.has(bar.trial)) || bar.from > to || (bar.to ?? now) < from) continue;
    const trial = trialOf(bar);
    if (trial === undefined) continue;
    const [left, width] = [x(bar.from), Math.max(2, x(bar.to ?? now) - x(bar.from) - 1)];
    if (width < 6) {
      ctx.fillStyle = colorOf(trial, trial.number === best, theme);
      ctx.fillRect(left, top + gap, width, high - 2 * gap);
    }
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = bar.trial === first ? 2 : 1;
    ctx.strokeRect(left, top + gap - 0.5, width, high - 2 * gap + 1);
  }
}
