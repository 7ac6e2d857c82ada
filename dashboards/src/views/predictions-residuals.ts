import { metric } from '../../../src/cli/number.js';
import type { PredictionSummary } from '../../../src/train/report.js';
import { type Board, board, canvasFont } from '../chart/board.js';
import { linearTicks, tickLabels } from '../chart/ticks.js';
import { drawGrid, gridLines } from '../chart/value-grid.js';
import { element, setAttribute, setText } from '../element.js';
import type { Theme } from '../theme.js';
import { fitWords } from './predictions-words.js';

type Residuals = Extract<PredictionSummary, { readonly kind: 'residuals' }>;

const box = { left: 58, right: 12, top: 10, bottom: 38 };

/** A plot of predictions, or of what they are off by, over the truth. */
export interface ResidualPlot {
  readonly element: HTMLElement;
  show(residuals: Residuals, by: 'predicted' | 'residual'): void;
}

/** Makes a plot of residuals. */
export function residualPlot(theme: () => Theme): ResidualPlot {
  let shown: { readonly residuals: Residuals; readonly by: 'predicted' | 'residual' } | undefined;
  let cursor: number | undefined;
  const words = element('p', { class: 'fit-words' });
  const said = element('p', { class: 'quiet readout', role: 'status' });
  const whole = element('div', { class: 'residuals' }, words);
  /** By the truth, which is the way of the keyboard. */
  let order: number[] = [];

  const points = () => {
    const { residuals, by } = shown as NonNullable<typeof shown>;
    return residuals.pairs.map(([truth, guess]) => [truth, by === 'predicted' ? guess : guess - truth] as const);
  };
  const scales = (width: number, height: number) => {
    const { by } = shown as NonNullable<typeof shown>;
    const all = points();
    const xs = all.map(([x]) => x);
    const ys = all.map(([, y]) => y);
    // Truth and prediction share a scale, so that the diagonal is one; residuals are as far above 0 as below.
    const far = Math.max(1e-12, ...ys.map(Math.abs));
    const [x0, x1] = padded(Math.min(...xs), Math.max(...xs));
    const [y0, y1] = by === 'predicted' ? padded(Math.min(...xs, ...ys), Math.max(...xs, ...ys)) : padded(-far, far);
    const [a, b] = by === 'predicted' ? [y0, y1] : [x0, x1];
    return {
      x: (v: number) => box.left + ((v - a) / (b - a)) * (width - box.left - box.right),
      y: (v: number) => height - box.bottom - ((v - y0) / (y1 - y0)) * (height - box.top - box.bottom),
      xs: [a, b] as const,
      ys: [y0, y1] as const,
    };
  };
  const chart: Board = board(whole, {
    height: width => Math.min(320, Math.max(220, width * 0.7)),
    draw(ctx, width, height) {
      if (shown === undefined || shown.residuals.pairs.length === 0) return;
      const { x, y, xs, ys } = scales(width, height);
      const colors = theme();
      ctx.font = canvasFont(11.5);
      drawAxes(ctx, { x, y, xs, ys }, width, height, colors, shown.by);
      ctx.globalAlpha = 0.6;
      ctx.fillStyle = colors.hues[0] as string;
      for (const [px, py] of points()) {
        ctx.beginPath();
        ctx.arc(x(px), y(py), 3, 0, 2 * Math.PI);
        ctx.fill();
      }
      ctx.globalAlpha = 1;
      const at = cursor === undefined ? undefined : points()[cursor];
      if (at === undefined) return;
      ctx.strokeStyle = colors.ink;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(x(at[0]), y(at[1]), 6, 0, 2 * Math.PI);
      ctx.stroke();
    },
    point(place) {
      if (shown === undefined) return;
      const { width, height } = chart.rect();
      const { x, y } = scales(width, height);
      let found: number | undefined;
      let distance = 14;
      for (const [i, [px, py]] of points().entries()) {
        const away = place === undefined ? Number.POSITIVE_INFINITY : Math.hypot(x(px) - place.x, y(py) - place.y);
        if (away < distance) [found, distance] = [i, away];
      }
      pick(found);
    },
    key({ key }) {
      const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (by === 0 || order.length === 0) return false;
      const at = cursor === undefined ? -by : order.indexOf(cursor);
      pick(order[Math.max(0, Math.min(order.length - 1, at + by))]);
      return true;
    },
    focus: on => !on && pick(undefined),
  });
  whole.append(said);
  const pick = (index: number | undefined) => {
    if (index === cursor) return;
    cursor = index;
    const pair = index === undefined ? undefined : shown?.residuals.pairs[index];
    setText(
      said,
      pair === undefined
        ? ''
        : `Truth ${metric(pair[0])}, predicted ${metric(pair[1])}: off by ${metric(pair[1] - pair[0])}`,
    );
    chart.redraw();
  };
  return {
    element: whole,
    show(residuals, by) {
      if (residuals !== shown?.residuals) cursor = undefined;
      shown = { residuals, by };
      const { pairs } = residuals;
      order = [...pairs.keys()].sort((a, b) => (pairs[a]?.[0] ?? 0) - (pairs[b]?.[0] ?? 0));
      const fit = fitWords(residuals);
      setText(words, fit);
      setAttribute(
        chart.box,
        'aria-label',
        `${by === 'predicted' ? 'Predictions' : 'Residuals'} by truth, ${pairs.length} rows: ${fit}`,
      );
      chart.redraw();
    },
  };
}

function padded(low: number, high: number): readonly [number, number] {
  const margin = 0.05 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

function drawAxes(
  ctx: CanvasRenderingContext2D,
  {
    x,
    y,
    xs,
    ys,
  }: { x(v: number): number; y(v: number): number; xs: readonly [number, number]; ys: readonly [number, number] },
  width: number,
  height: number,
  theme: Theme,
  by: 'predicted' | 'residual',
): void {
  const lines = gridLines({ low: ys[0], high: ys[1], log: false }, 5, y);
  drawGrid(ctx, lines, { left: box.left, right: width - box.right, gap: 6 }, theme);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  const ticks = linearTicks(xs[0], xs[1], width / 90);
  for (const [i, label] of tickLabels(ticks).entries()) {
    ctx.fillText(label, x(ticks[i] as number), height - box.bottom + 6);
  }
  ctx.textAlign = 'left';
  ctx.fillText(by === 'predicted' ? 'Predicted over true' : 'Predicted less true, over true', box.left, height - 14);
  ctx.strokeStyle = theme.ink;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(x(xs[0]), y(by === 'predicted' ? xs[0] : 0));
  ctx.lineTo(x(xs[1]), y(by === 'predicted' ? xs[1] : 0));
  ctx.stroke();
  ctx.setLineDash([]);
}
