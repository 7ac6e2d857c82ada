import { count } from '../../../../src/cli/number.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { chartFont } from '../../chart/fit-text.js';
import type { Places } from '../../chart/places.js';
import { surface } from '../../chart/surface.js';
import { drawGrid } from '../../chart/value-grid.js';
import { element, setAttribute, setText } from '../../element.js';
import type { Theme } from '../../theme.js';
import { dominatedArea, type Point } from './dominated-area.js';

/** How the front of two objectives grew. */
export interface VolumeChart {
  readonly element: HTMLElement;
  /** The complete trials, and the two sides of the plane. */
  show(complete: readonly TrialRecord[], sides: readonly [Side, Side]): void;
}

/** A side of the plane. */
export interface Side {
  readonly places: Places;
  readonly lessIsBetter: boolean;
}

/** A small chart of the share of the plane that the trials so far dominate, by trial; the plane as the axes show it. */
export function volumeChart(theme: () => Theme): VolumeChart {
  const area = element('div', { class: 'volume-area', role: 'img' });
  const board = surface(area, 1, { resized: () => draw() });
  const title = element('h3', {}, 'Dominated share of the plane');
  const about = element('p', { class: 'quiet' });
  const box = element('div', { class: 'front-volume' }, title, area, about);
  box.hidden = true;
  let shares: Float64Array = new Float64Array();

  const draw = () => {
    if (board.width === 0) return;
    const ctx = board.clear(0);
    const [left, right, top, bottom] = [34, board.width - 6, 8, board.height - 20];
    ctx.font = chartFont(11);
    const y = (share: number) => bottom - share * (bottom - top);
    const lines = [0, 0.5, 1].map(share => ({ y: y(share), label: String(share) }));
    drawGrid(ctx, lines, { left, right, gap: 6 }, theme());
    const x = (i: number) => left + (shares.length < 2 ? 1 : i / (shares.length - 1)) * (right - left);
    ctx.textBaseline = 'top';
    ctx.fillText(count(shares.length), right, bottom + 6);
    ctx.textAlign = 'left';
    ctx.fillText('1', left, bottom + 6);
    ctx.strokeStyle = theme().best;
    ctx.lineWidth = 1.75;
    ctx.beginPath();
    let before = 0;
    ctx.moveTo(left, y(0));
    for (const [i, share] of shares.entries()) {
      if (share === before && i < shares.length - 1) continue;
      ctx.lineTo(x(i), y(before));
      ctx.lineTo(x(i), y(share));
      before = share;
    }
    ctx.stroke();
  };

  return {
    element: box,
    show(complete, sides) {
      const points = complete.flatMap((trial): Point[] => {
        const [x, y] = sides.map(({ places, lessIsBetter }) => {
          const share = places.of(trial);
          return lessIsBetter ? share : 1 - share;
        }) as [number, number];
        return Number.isNaN(x) || Number.isNaN(y) ? [] : [[x, y]];
      });
      box.hidden = points.length < 2;
      shares = dominatedArea(points, [1, 1]);
      const last = shares.at(-1) ?? 0;
      setAttribute(area, 'data-volume', String(last));
      setText(about, `${last.toFixed(3)} after ${count(points.length)} complete trials`);
      setAttribute(
        area,
        'aria-label',
        `The share of the plane that the front dominates: ${last.toFixed(3)} after ${count(points.length)} complete trials.`,
      );
      draw();
    },
  };
}
