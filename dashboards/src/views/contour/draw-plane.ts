import { count, metric as shortNumber } from '../../../../src/cli/number.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import type { AxisScale } from '../../chart/axis-scale.js';
import { chartFont, fitText } from '../../chart/fit-text.js';
import type { ObjectiveScale } from '../../chart/objective.js';
import type { Ramp } from '../../chart/ramp.js';
import type { Theme } from '../../theme.js';
import type { DotBox } from '../slices/dots.js';
import { stepped } from './ends.js';

/** Colours of the plane. */
export const steps = 10;

/** The plotting area, in CSS pixels: with room for the ticks and the axes' names. */
export function planeBox(width: number, height: number): DotBox {
  return { left: 58, top: 24, width: Math.max(1, width - 58 - 12), height: Math.max(1, height - 24 - 46) };
}

/** The axes with their ticks and names. */
export function drawFrame(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: DotBox,
  x: AxisScale,
  y: AxisScale,
  theme: Theme,
): void {
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.5;
  ctx.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  ctx.globalAlpha = 1;
  ctx.font = chartFont(11);
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  const ticks = x.ticks(x.bands === undefined ? width / 72 : width / 30);
  const room = x.bands === undefined ? 70 : width / Math.max(1, ticks.length) - 4;
  for (const { share, label } of ticks) ctx.fillText(fitText(ctx, label, room), left + share * width, top + height + 7);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  for (const { share, label } of y.ticks(y.bands === undefined ? height / 46 : height / 16)) {
    ctx.fillText(fitText(ctx, label, left - 10), left - 7, top + (1 - share) * height);
  }
  ctx.font = chartFont(12, 600);
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'alphabetic';
  ctx.fillText(fitText(ctx, `${x.field.title}${x.log ? ' (log)' : ''}`, width), left + width, top + height + 38);
  ctx.textAlign = 'left';
  ctx.fillText(fitText(ctx, `${y.field.title}${y.log ? ' (log)' : ''}`, width), 8, 13);
}

/** A cell of two bands. */
export interface Cell {
  readonly mean: number;
  readonly count: number;
}

/** The mean and the number of the trials in each cell, by rows from below; cells without a trial are not there. */
export function cellsOf(
  trials: readonly TrialRecord[],
  x: AxisScale,
  y: AxisScale,
  value: (trial: TrialRecord) => number,
): ReadonlyMap<number, Cell> {
  const columns = x.bands?.length ?? 1;
  const rows = y.bands?.length ?? 1;
  const sums = new Map<number, { sum: number; count: number }>();
  for (const trial of trials) {
    const column = Math.floor(x.share(x.field.of(trial)) * columns);
    const row = Math.floor(y.share(y.field.of(trial)) * rows);
    if (Number.isNaN(column) || Number.isNaN(row)) continue;
    const cell = sums.get(row * columns + column) ?? { sum: 0, count: 0 };
    cell.sum += value(trial);
    cell.count++;
    sums.set(row * columns + column, cell);
  }
  return new Map([...sums].map(([at, { sum, count }]) => [at, { mean: sum / count, count }]));
}

/** Draws cells in the colour of their mean, and writes it and the number of trials into them where there is room. */
export function drawCells(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: DotBox,
  x: AxisScale,
  y: AxisScale,
  cells: ReadonlyMap<number, Cell>,
  scale: ObjectiveScale,
  ends: readonly [number, number],
  { colors, bytes }: Ramp,
  theme: Theme,
): void {
  const [columns, rows] = [x.bands?.length ?? 1, y.bands?.length ?? 1];
  const [wide, high] = [width / columns, height / rows];
  for (const [at, { mean, count: trials }] of cells) {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    const [from, above] = [left + column * wide + 1, top + (rows - 1 - row) * high + 1];
    const color = Math.floor(stepped(scale.goodness(mean), ends, steps) * colors.length);
    ctx.fillStyle = colors[color] as string;
    ctx.fillRect(from, above, wide - 2, high - 2);
    if (wide < 64 || high < 30) continue;
    const [r, g, b] = bytes.subarray(3 * color, 3 * color + 3) as unknown as [number, number, number];
    ctx.fillStyle = 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#15171c' : '#ffffff';
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    ctx.font = chartFont(12, 600);
    ctx.fillText(shortNumber(mean), from + 8, above + 7);
    ctx.font = chartFont(11);
    if (high >= 46) ctx.fillText(`${count(trials)} ${trials === 1 ? 'trial' : 'trials'}`, from + 8, above + 23);
  }
  ctx.fillStyle = theme.ink;
}
