import { count } from '../../../../src/cli/number.js';
import { chartFont } from '../../chart/fit-text.js';
import { type ShownObjective, valuesOf } from '../../chart/objective.js';
import { robustRange } from '../../chart/range.js';
import { surface } from '../../chart/surface.js';
import { element, setAttribute, setText } from '../../element.js';
import type { Model } from '../../page.js';
import type { Theme } from '../../theme.js';
import { dominatedArea, type Point } from './dominated-area.js';

/** How the front of two objectives grew. */
export interface VolumeChart {
  readonly element: HTMLElement;
  show(model: Model, objectives: readonly [ShownObjective, ShownObjective]): void;
}

/**
 * A small chart of the share of the plane that the trials so far dominate, by trial. The plane goes from the best value of each
 * objective to its worst one of interest (without those that are far off); it is 1 when one trial is best in both.
 */
export function volumeChart(theme: () => Theme): VolumeChart {
  const area = element('div', { class: 'volume-area', role: 'img' });
  const board = surface(area, 1, () => draw());
  const title = element('h3', {}, 'Dominated share of the plane');
  const about = element('p', { class: 'quiet' });
  const box = element('div', { class: 'front-volume' }, title, area, about);
  let shares: Float64Array = new Float64Array();

  const draw = () => {
    const ctx = board.clear(0);
    const [left, right, top, bottom] = [34, board.width - 6, 8, board.height - 20];
    ctx.font = chartFont(11);
    ctx.fillStyle = theme().muted;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'right';
    ctx.strokeStyle = theme().grid;
    ctx.lineWidth = 1;
    const y = (share: number) => bottom - share * (bottom - top);
    for (const tick of [0, 0.5, 1]) {
      ctx.beginPath();
      ctx.moveTo(left, Math.round(y(tick)) + 0.5);
      ctx.lineTo(right, Math.round(y(tick)) + 0.5);
      ctx.stroke();
      ctx.fillText(String(tick), left - 6, y(tick));
    }
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
    show({ study }, objectives) {
      const complete = [...study.trials.values()].filter(({ state }) => state === 'complete');
      const sides = objectives.map(({ field, direction }) => {
        const sign = direction === 'maximize' ? -1 : 1;
        const values = valuesOf(complete, field);
        const { low, high } = robustRange(values, false);
        const best = values.reduce((least, value) => Math.min(least, sign * value), Number.POSITIVE_INFINITY);
        return { field, sign, best, worst: sign > 0 ? high : -low };
      }) as [Side, Side];
      const points = complete.flatMap((trial): Point[] => {
        const [x, y] = sides.map(side => placed(side, side.field.of(trial))) as [number, number];
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

interface Side {
  readonly field: ShownObjective['field'];
  readonly sign: number;
  readonly best: number;
  readonly worst: number;
}

/** 0 at the best value, 1 at the worst one of interest. */
function placed({ sign, best, worst }: Side, value: number | string | undefined): number {
  return typeof value === 'number' && worst > best ? (sign * value - best) / (worst - best) : Number.NaN;
}
