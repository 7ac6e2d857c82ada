import type { Theme } from '../theme.js';
import type { Range } from './range.js';
import { linearTicks, logTicks, tickLabels } from './ticks.js';

/** A line across a plot, in CSS pixels from the top, and what it is called. */
export interface GridLine {
  readonly y: number;
  readonly label: string;
}

/** Lines at round values, about as many as asked for, where `y` puts them. */
export function gridLines(
  { low, high, log }: Range & { readonly log: boolean },
  about: number,
  y: (value: number) => number,
): GridLine[] {
  const ticks = (log ? logTicks : linearTicks)(low, high, about);
  const labels = tickLabels(ticks.map(tick => Number(tick.toPrecision(10))));
  return ticks.map((tick, i) => ({ y: y(tick), label: labels[i] as string }));
}

/** Draws lines from `left` to `right`, sharp on every screen, with their names `gap` pixels to the left of them, in the font in force. */
export function drawGrid(
  ctx: CanvasRenderingContext2D,
  lines: Iterable<GridLine>,
  { left, right, gap }: { readonly left: number; readonly right: number; readonly gap: number },
  theme: Theme,
): void {
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.grid;
  ctx.fillStyle = theme.muted;
  for (const { y, label } of lines) {
    const at = Math.round(y) + 0.5;
    ctx.beginPath();
    ctx.moveTo(left, at);
    ctx.lineTo(right, at);
    ctx.stroke();
    ctx.fillText(label, left - gap, at);
  }
}
