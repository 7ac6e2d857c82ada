import type { TrialRecord } from '../../../src/tune/study-state.js';
import { wasStopped } from '../ending.js';
import { hueOf, type Theme } from '../theme.js';
import type { Curve } from './curves-data.js';
import type { Pen } from './plot.js';

/** The colour of a trial: running ones each their own, others by how they ended, the best one its own. */
export function colorOf({ number, state }: TrialRecord, best: boolean, theme: Theme): string {
  if (best) return theme.best;
  if (state === 'running') return theme.hues[hueOf(number)] as string;
  return state === 'pruned' ? theme.pruned : state === 'failed' ? theme.failed : theme.complete;
}

/** Draws a curve; a stretch of one point becomes a dot. `width` in CSS pixels. */
export function drawCurve({ ctx, x, y, ratio }: Pen, { xs, ys }: Curve, color: string, width: number): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = width * ratio;
  ctx.beginPath();
  let down = false;
  for (let i = 0; i < xs.length; i++) {
    const value = y(ys[i] as number);
    if (!Number.isFinite(value)) {
      down = false;
      continue;
    }
    const left = x(xs[i] as number);
    if (down) ctx.lineTo(left, value);
    else {
      ctx.moveTo(left, value);
      if (!Number.isFinite(y(ys[i + 1] ?? Number.NaN))) ctx.arc(left, value, ratio, 0, 2 * Math.PI);
    }
    down = true;
  }
  ctx.stroke();
}

/** The mark at the end of a curve: a cross for a trial that was cut off, a dot for one that ended early by itself or still runs. */
export function drawEnd(
  pen: Pen,
  trial: TrialRecord,
  curve: Curve,
  color: string,
  surface: string,
  size: number,
): void {
  const last = curve.ys.findLastIndex(Number.isFinite);
  if (last < 0 || (trial.state !== 'running' && !wasStopped(trial))) return;
  const { ctx, ratio } = pen;
  const [left, top] = [pen.x(curve.xs[last] as number), pen.y(curve.ys[last] as number)];
  const r = size * ratio;
  ctx.beginPath();
  if (trial.state === 'pruned' || trial.state === 'failed') {
    ctx.strokeStyle = color;
    ctx.lineWidth = Math.max(1.25, size / 2.6) * ratio;
    ctx.moveTo(left - r, top - r);
    ctx.lineTo(left + r, top + r);
    ctx.moveTo(left - r, top + r);
    ctx.lineTo(left + r, top - r);
    ctx.stroke();
  } else {
    ctx.arc(left, top, r, 0, 2 * Math.PI);
    ctx.fillStyle = color;
    ctx.fill();
    if (size < 3) return;
    ctx.strokeStyle = surface;
    ctx.lineWidth = 1.5 * ratio;
    ctx.stroke();
  }
}

/** A small name beside the end of a curve. */
export function drawName(pen: Pen, text: string, left: number, top: number, color: string, surface: string): void {
  const { ctx, ratio } = pen;
  ctx.font = `600 ${11 * ratio}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.strokeStyle = surface;
  ctx.lineWidth = 3 * ratio;
  ctx.strokeText(text, left + 7 * ratio, top);
  ctx.fillStyle = color;
  ctx.fillText(text, left + 7 * ratio, top);
}
