import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Pen } from './plot.js';

/** A picture of what no longer changes, so that a thousand finished trials cost no more than one image. */
export interface Layer {
  /** Adds the trials that are not in the picture yet, and shows it; another `key` (scales, colours, what is hidden) begins anew. */
  paint(pen: Pen, key: string, trials: Iterable<TrialRecord>, draw: (pen: Pen, trial: TrialRecord) => void): void;
}

/** An empty picture. */
export function layer(): Layer {
  const canvas = document.createElement('canvas');
  const drawn = new Set<number>();
  let shown = '';
  return {
    paint(pen, key, trials, draw) {
      const { width, height } = pen.ctx.canvas;
      const { left, top } = pen.box;
      const whole = [width, height, left, top, pen.ratio, key].join(' ');
      if (whole !== shown) {
        shown = whole;
        drawn.clear();
        // Setting the size clears it.
        canvas.width = width;
        canvas.height = height;
      }
      const ctx = canvas.getContext('2d');
      if (ctx === null) return;
      ctx.lineJoin = 'round';
      const inLayer: Pen = { ...pen, ctx };
      for (const trial of trials) {
        if (drawn.has(trial.number)) continue;
        drawn.add(trial.number);
        draw(inLayer, trial);
      }
      pen.ctx.drawImage(canvas, 0, 0);
    },
  };
}
