import { bearing } from './bearing.js';
import type { Pen } from './plot.js';

/** A picture of things that no longer change and come one after the other, drawn in slices so that no frame takes long. */
export interface SlicedLayer<Thing> {
  /**
   * Draws what is not in the picture yet, as far as `until` (of `performance.now()`) allows, and shows it. Another `key` (colours, what is
   * shown) or other scales begin anew; as long as that goes on, the former picture is shown in its new place, if it has one.
   * `draw` returns false where a thing is not there yet: then the rest waits, too. True once everything is in it.
   */
  paint(
    pen: Pen,
    key: string,
    things: readonly Thing[],
    until: number,
    draw: (pen: Pen, thing: Thing) => boolean,
  ): boolean;
}

interface Picture extends Shown {
  pen: Pen | undefined;
  key: string;
  drawn: number;
}

/** The things whose drawing is looked at by the clock together. */
const batch = 16;

/** An empty picture. */
export function slicedLayer<Thing>(): SlicedLayer<Thing> {
  let picture = empty();
  let former: Picture | undefined;
  const bears = bearing();
  return {
    paint(pen, key, things, until, draw) {
      const { canvas } = pen.ctx;
      const { left, top, width, height } = pen.box;
      const whole = [canvas.width, canvas.height, left, top, width, height, pen.ratio, pen.key, key].join(' ');
      if (whole !== picture.key || things.length < picture.drawn) {
        // Half a picture takes no place of a whole one.
        const keeps = former === undefined || picture.drawn >= batch * 4;
        if (keeps && picture.drawn > 0) [former, picture] = [picture, former ?? empty()];
        picture.canvas.width = canvas.width;
        picture.canvas.height = canvas.height;
        Object.assign(picture, { pen, key: whole, drawn: 0 });
      }
      const ctx = picture.canvas.getContext('2d');
      if (ctx === null) return true;
      if (picture.drawn < things.length) {
        const inLayer: Pen = { ...pen, ctx };
        ctx.lineJoin = things.length > 200 ? 'bevel' : 'round';
        let there = true;
        const enough = picture.drawn + bears.next();
        do {
          const end = Math.min(things.length, picture.drawn + batch);
          while (there && picture.drawn < end) {
            there = draw(inLayer, things[picture.drawn] as Thing);
            if (there) picture.drawn++;
          }
        } while (there && picture.drawn < Math.min(enough, things.length) && performance.now() < until);
      }
      const done = picture.drawn >= things.length;
      if (done) former = undefined;
      if (former === undefined || !showMoved(former, pen)) pen.ctx.drawImage(picture.canvas, 0, 0);
      return done;
    },
  };
}

function empty(): Picture {
  return { canvas: document.createElement('canvas'), pen: undefined, key: '', drawn: 0 };
}

/** What a picture shows, and where. */
export interface Shown {
  readonly canvas: HTMLCanvasElement;
  readonly pen: Pen | undefined;
}

/** Shows a picture where its values are now; false where they are not only moved and stretched. */
export function showMoved({ canvas, pen: before }: Shown, pen: Pen): boolean {
  if (before === undefined || before.kind !== pen.kind || before.ratio !== pen.ratio) return false;
  const { left, top, width, height } = before.box;
  const [x0, x1] = [pen.x(before.fromX(left)), pen.x(before.fromX(left + width))];
  const [y0, y1] = [pen.y(before.fromY(top)), pen.y(before.fromY(top + height))];
  if (!(x1 - x0 > 1 && y1 - y0 > 1)) return false;
  pen.ctx.drawImage(canvas, left, top, width, height, x0, y0, x1 - x0, y1 - y0);
  return true;
}
