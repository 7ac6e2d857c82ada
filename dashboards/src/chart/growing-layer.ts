import { bearing } from './bearing.js';
import type { Pen } from './plot.js';
import { type Shown, showMoved } from './sliced-layer.js';

/** A picture of things that grow at their ends: of each only what is new is drawn. */
export interface GrowingLayer {
  /**
   * Draws what is new, as far as `until` (of `performance.now()`) allows, and shows it; `draw` draws a thing from one of its points on, and
   * returns how many points it has. A thing that is gone is wiped out within half a second: that means drawing all the others
   * again. True once everything is in it.
   */
  paint(
    pen: Pen,
    key: string,
    things: Iterable<number>,
    until: number,
    draw: (pen: Pen, thing: number, from: number) => number,
  ): boolean;
}

interface Picture extends Shown {
  pen: Pen | undefined;
  key: string;
  /** How many points are drawn of each thing. */
  readonly drawn: Map<number, number>;
}

/** How long something may be seen that is gone, in milliseconds. */
const patience = 500;

/** An empty picture. */
export function growingLayer(): GrowingLayer {
  let shown = empty();
  let next = empty();
  let building = false;
  let begun = 0;
  const bears = bearing();

  /** False when the time is up before everything is drawn. */
  const grow = (
    picture: Picture,
    pen: Pen,
    things: Iterable<number>,
    until: number,
    draw: DrawFrom,
    most = Infinity,
  ): boolean => {
    const ctx = picture.canvas.getContext('2d');
    if (ctx === null) return true;
    const inLayer: Pen = { ...pen, ctx };
    ctx.lineJoin = 'bevel';
    let i = 0;
    let begun = 0;
    for (const thing of things) {
      const from = picture.drawn.get(thing) ?? 0;
      // One that is drawn from its beginning takes as long as a hundred that only grow.
      if (from === 0 && ++begun > most) return false;
      picture.drawn.set(thing, draw(inLayer, thing, from));
      if (++i % 16 === 0 && performance.now() > until) return false;
    }
    return true;
  };

  return {
    paint(pen, key, things, until, draw) {
      const { width, height } = pen.ctx.canvas;
      const { left, top } = pen.box;
      const whole = [width, height, left, top, pen.box.width, pen.box.height, pen.ratio, pen.key, key].join(' ');
      const list = new Set(things);
      const current = shown.key === whole;
      const gone = current && [...shown.drawn.keys()].some(thing => !list.has(thing));
      const now = performance.now();
      if (building ? next.key !== whole : !current || (gone && now - begun > patience)) {
        next.canvas.width = width;
        next.canvas.height = height;
        next.drawn.clear();
        next.pen = pen;
        next.key = whole;
        building = true;
        begun = now;
      }
      let done = true;
      if (current) done = grow(shown, pen, list, until, draw);
      if (building) {
        // What was drawn in an earlier slice costs little to look at: it has nothing new, or a point.
        if (grow(next, pen, list, until, draw, bears.next())) {
          [shown, next] = [next, shown];
          building = false;
        } else done = false;
      }
      if (shown.key === whole) pen.ctx.drawImage(shown.canvas, 0, 0);
      else if (!showMoved(shown, pen)) pen.ctx.drawImage(next.canvas, 0, 0);
      return done && !gone;
    },
  };
}

type DrawFrom = (pen: Pen, thing: number, from: number) => number;

function empty(): Picture {
  return { canvas: document.createElement('canvas'), pen: undefined, key: '', drawn: new Map() };
}
