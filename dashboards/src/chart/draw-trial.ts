import type { TrialRecord } from '../../../src/tune/study-state.js';
import { wasStopped } from '../ending.js';
import { hueOf, type Theme } from '../theme.js';
import { type Curve, firstFrom } from './curves-data.js';
import type { Pen } from './plot.js';

/** The colour of a trial: running ones each their own, others by how they ended, the best one its own. */
export function colorOf({ number, state }: TrialRecord, best: boolean, theme: Theme): string {
  if (best) return theme.best;
  if (state === 'running') return theme.hues[hueOf(number)] as string;
  return state === 'pruned' ? theme.pruned : state === 'failed' ? theme.failed : theme.complete;
}

/** Draws a curve, from one of its points on; a stretch of one point becomes a dot. `width` in CSS pixels. */
export function drawCurve(
  { ctx, x, y, ratio, box, fromX }: Pen,
  { xs, ys }: Curve,
  color: string,
  width: number,
  from = 0,
): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = width * ratio;
  ctx.beginPath();
  let down = false;
  const end = box.left + box.width;
  // One point beyond either edge, so that the line comes into the picture, and leaves it.
  const first = Math.max(0, from, firstFrom(xs, fromX(box.left)) - 1);
  for (let i = first; i < xs.length; i++) {
    const value = y(ys[i] as number);
    if (i > first && x(xs[i - 1] as number) > end) break;
    if (!Number.isFinite(value)) {
      down = false;
      continue;
    }
    const left = x(xs[i] as number);
    if (down) ctx.lineTo(left, value);
    else {
      ctx.moveTo(left, value);
      if (from <= 0 && !Number.isFinite(y(ys[i + 1] ?? Number.NaN))) ctx.arc(left, value, ratio, 0, 2 * Math.PI);
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
