import type { TrialRecord } from '../../../src/tune/study-state.js';
import { canvasFont, fitted } from '../chart/board.js';
import type { Curve } from '../chart/curves-data.js';
import { type Range, robustRange } from '../chart/range.js';
import { linearTicks } from '../chart/ticks.js';
import { drawGrid, gridLines } from '../chart/value-grid.js';
import type { Theme } from '../theme.js';

/** What a small chart of a trial shows. */
export interface SmallChart {
  readonly curves: readonly { readonly name: string; readonly curve: Curve; readonly color: string }[];
  readonly last: number;
  readonly log: boolean;
  readonly best: number | undefined;
  /** The epoch that is looked at. */
  readonly shown: number | undefined;
  readonly stop: TrialRecord['stop'];
}

const left = 46;
const right = 10;
const top = 8;
const bottom = 22;

/** The epoch at a place of a small chart. */
export function epochAt(x: number, width: number, last: number): number {
  const share = (x - left) / (width - left - right);
  return Math.max(1, Math.min(last, Math.round(1 + share * Math.max(1, last - 1))));
}

/** The range of values of a small chart, and whether some lie beyond it. */
export function rangeOf({ curves, log: wished, stop }: SmallChart): Range & {
  readonly log: boolean;
  readonly beyond: boolean;
} {
  const values = curves.flatMap(({ curve }) => [...curve.ys]).filter(Number.isFinite);
  const log = wished && values.every(value => value > 0);
  const threshold = curves.some(({ name }) => name === stop?.metric) ? stop?.threshold : undefined;
  const range = robustRange(threshold === undefined ? values : [...values, threshold], log);
  return { ...range, log, beyond: values.some(value => value > range.high || value < range.low) };
}

/** Draws a small chart: curves, the best epoch, the rule's threshold where it ended the trial, the epoch that is looked at. */
export function drawSmallChart(
  ctx: CanvasRenderingContext2D,
  chart: SmallChart,
  width: number,
  height: number,
  theme: Theme,
): void {
  const { curves, last, best, shown, stop } = chart;
  const { low, high, log } = rangeOf(chart);
  const own = curves.some(({ name }) => name === stop?.metric) ? stop : undefined;
  const scale = log ? Math.log10 : (value: number) => value;
  const x = (epoch: number) => left + ((epoch - 1) / Math.max(1, last - 1)) * (width - left - right);
  const y = (value: number) =>
    height - bottom - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (height - top - bottom);

  ctx.font = canvasFont(11.5);
  drawGrid(ctx, gridLines({ low, high, log }, 3, y), { left, right: width - right, gap: 6 }, theme);
  ctx.textBaseline = 'top';
  for (const tick of linearTicks(1, Math.max(2, last), 5).filter(Number.isInteger)) {
    ctx.textAlign = 'center';
    ctx.fillStyle = theme.muted;
    const half = ctx.measureText(String(tick)).width / 2;
    ctx.fillText(String(tick), Math.min(x(tick), width - half), height - bottom + 6);
  }
  if (best !== undefined) vertical(ctx, x(best), height, theme.best, [3, 3]);
  if (shown !== undefined) vertical(ctx, x(shown), height, theme.muted, []);

  ctx.save();
  ctx.beginPath();
  ctx.rect(left - 3, top - 4, width - left - right + 8, height - bottom - top + 8);
  ctx.clip();
  ctx.lineJoin = 'round';
  // The first one is what the chart is about, so it is on top.
  for (const { curve, color } of [...curves].reverse()) {
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.75;
    ctx.beginPath();
    let down = false;
    for (const [i, value] of curve.ys.entries()) {
      if (!Number.isFinite(value) || (log && value <= 0)) {
        down = false;
        continue;
      }
      const [px, py] = [x(curve.xs[i] as number), y(value)];
      if (down) ctx.lineTo(px, py);
      else {
        ctx.moveTo(px, py);
        // A single epoch is a dot.
        if (!Number.isFinite(curve.ys[i + 1] ?? Number.NaN)) ctx.arc(px, py, 0.8, 0, 2 * Math.PI);
      }
      down = true;
    }
    ctx.stroke();
    for (const [epoch, fill] of [
      [best, theme.best],
      [shown, color],
    ] as const) {
      const index = epoch === undefined ? -1 : curve.xs.indexOf(epoch);
      const value = curve.ys[index];
      if (value === undefined || !Number.isFinite(value)) continue;
      ctx.beginPath();
      ctx.arc(x(epoch as number), y(value), 3.25, 0, 2 * Math.PI);
      ctx.fillStyle = fill;
      ctx.fill();
    }
  }
  if (own !== undefined) drawStop(ctx, own, x, y, theme, width);
  ctx.restore();
}

function vertical(ctx: CanvasRenderingContext2D, x: number, height: number, color: string, dash: number[]): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(Math.round(x) + 0.5, top);
  ctx.lineTo(Math.round(x) + 0.5, height - bottom);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** What the value was compared with when the trial was ended, and by whom. */
function drawStop(
  ctx: CanvasRenderingContext2D,
  { epoch, value, threshold, by }: NonNullable<TrialRecord['stop']>,
  x: (epoch: number) => number,
  y: (value: number) => number,
  theme: Theme,
  width: number,
): void {
  const at = x(epoch);
  if (value !== undefined && Number.isFinite(value)) {
    ctx.strokeStyle = theme.failed;
    ctx.lineWidth = 1.75;
    ctx.beginPath();
    ctx.moveTo(at - 4, y(value) - 4);
    ctx.lineTo(at + 4, y(value) + 4);
    ctx.moveTo(at - 4, y(value) + 4);
    ctx.lineTo(at + 4, y(value) - 4);
    ctx.stroke();
  }
  if (threshold === undefined || !Number.isFinite(threshold)) return;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.25;
  ctx.setLineDash([5, 3]);
  ctx.beginPath();
  ctx.moveTo(left, y(threshold));
  ctx.lineTo(width - right, y(threshold));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = canvasFont(11, 600);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.strokeStyle = theme.surface;
  ctx.lineWidth = 3;
  const text = fitted(ctx, `threshold of ${by}`, width - left - right - 8);
  ctx.strokeText(text, left + 4, y(threshold) - 2);
  ctx.fillStyle = theme.ink;
  ctx.fillText(text, left + 4, y(threshold) - 2);
}
