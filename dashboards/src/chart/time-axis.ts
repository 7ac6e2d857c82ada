import type { Theme } from '../theme.js';
import { canvasFont } from './board.js';
import { type TimeWindow, timeLabel, timeTicks } from './lanes.js';

/** Draws the seconds since `zero` under a chart, with a line up for each. */
export function drawTimeAxis(
  ctx: CanvasRenderingContext2D,
  { from, to }: TimeWindow,
  zero: number,
  box: { readonly left: number; readonly width: number; readonly height: number },
  theme: Theme,
): void {
  const [low, high] = [(from - zero) / 1000, (to - zero) / 1000];
  ctx.font = canvasFont(12);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'center';
  ctx.strokeStyle = theme.grid;
  ctx.fillStyle = theme.muted;
  ctx.lineWidth = 1;
  for (const tick of timeTicks(low, high, box.width / 90)) {
    const x = Math.round(box.left + ((tick - low) / (high - low)) * box.width) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x, box.height);
    ctx.stroke();
    const label = timeLabel(tick);
    const half = ctx.measureText(label).width / 2;
    if (x + half <= box.left + box.width + 8) ctx.fillText(label, x, box.height + 6);
  }
}
