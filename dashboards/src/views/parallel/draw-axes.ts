import type { AxisScale } from '../../chart/axis-scale.js';
import { chartFont, fitText, haloText } from '../../chart/fit-text.js';
import type { Theme } from '../../theme.js';
import { type AxesGeometry, heightOf } from './geometry.js';

/** An axis as it is drawn. */
export interface DrawnAxis {
  readonly scale: AxisScale;
  readonly inverted: boolean;
  /** Whether some trials do not have it. */
  readonly conditional: boolean;
  /** The parts that are wanted, as shares. */
  readonly parts: readonly (readonly [number, number])[];
  /** Whether trials that do not have it are wanted. */
  readonly lacking: boolean;
  readonly active: boolean;
}

/** Draws a line through the heights. */
export function drawLine(ctx: CanvasRenderingContext2D, xs: readonly number[], ys: readonly number[]): void {
  ctx.beginPath();
  traceLine(ctx, xs, ys);
  ctx.stroke();
}

/** Adds a line through the heights to a path; where one is not known it breaks. */
export function traceLine(ctx: CanvasRenderingContext2D, xs: readonly number[], ys: readonly number[]): void {
  let down = false;
  for (let i = 0; i < xs.length; i++) {
    const y = ys[i] as number;
    if (Number.isNaN(y)) down = false;
    else if (down) ctx.lineTo(xs[i] as number, y);
    else {
      ctx.moveTo(xs[i] as number, y);
      down = true;
    }
  }
}

/** Draws the axes with their ticks, their brushed parts, and the place of what is not there. */
export function drawAxes(
  ctx: CanvasRenderingContext2D,
  axes: readonly DrawnAxis[],
  geometry: AxesGeometry,
  theme: Theme,
): void {
  const { xs, spacing, top, bottom, rail } = geometry;
  const accent = theme.hues[0] as string;
  const room = Math.max(28, Math.min(120, spacing - 18));
  ctx.textBaseline = 'middle';
  for (const [i, { scale, inverted, conditional, parts, lacking, active }] of axes.entries()) {
    const x = xs[i] as number;
    ctx.strokeStyle = active ? accent : theme.muted;
    ctx.lineWidth = active ? 1.75 : 1;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    const brushed = parts.map(part => part.map(share => heightOf(share, inverted, geometry)) as [number, number]);
    for (const [a, b] of [...brushed, ...(lacking ? [[rail - 7, rail + 2] as const] : [])]) {
      const [from, height] = [Math.min(a, b), Math.max(3, Math.abs(b - a))];
      ctx.globalAlpha = 0.22;
      ctx.fillStyle = accent;
      ctx.fillRect(x - 7, from, 14, height);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = accent;
      ctx.lineWidth = 1.5;
      ctx.strokeRect(x - 7, from, 14, height);
    }
    // The last axis has its labels at its other side when they are in the way of nothing there.
    ctx.textAlign = 'right';
    ctx.font = chartFont(11);
    const about = Math.max(2, (bottom - top) / (scale.bands === undefined ? 52 : 16));
    for (const { share, label } of scale.ticks(about)) {
      const y = heightOf(share, inverted, geometry);
      ctx.strokeStyle = theme.muted;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(x - 3, y);
      ctx.lineTo(x + 3, y);
      ctx.stroke();
      ctx.fillStyle = theme.ink;
      haloText(ctx, fitText(ctx, label, i === 0 ? 40 : room), x - 7, y, theme.surface);
    }
    if (!conditional) continue;
    ctx.strokeStyle = theme.muted;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(x, bottom);
    ctx.lineTo(x, rail);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = theme.muted;
    ctx.textAlign = 'center';
    haloText(ctx, 'not there', x, rail + 9, theme.surface);
  }
}
