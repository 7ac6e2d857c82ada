import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { chartFont, haloText } from '../../chart/fit-text.js';
import { type Painter, painter } from '../../chart/painter.js';
import { isDark, ramp, rampIndex } from '../../chart/ramp.js';
import { surface } from '../../chart/surface.js';
import type { Theme } from '../../theme.js';
import { type DrawnAxis, drawAxes, drawLine, traceLine } from './draw-axes.js';
import { byGoodness, type Frame, goodnessOf } from './frame.js';
import { type AxesGeometry, axesGeometry, heightOf } from './geometry.js';

/** The layers, from the lowest: what the filter leaves out, finished trials, what moves or is looked at, the axes. */
const [contextLayer, finishedLayer, liveLayer, axesLayer] = [0, 1, 2, 3] as const;

/** Lines of one pixel are painted several times as fast as wider ones, and of more than so many none is looked at by itself. */
const fine = 256;

/** Parallel coordinates on canvases. */
export interface Picture {
  /** Where the axes are. */
  readonly geometry: AxesGeometry;
  /** Fits the axes into the place there is, and draws the finished trials that are not drawn yet. */
  settle(frame: Frame): void;
  axes(axes: readonly DrawnAxis[]): void;
  /** Draws trials that change, of which the filter leaves out the `pale` ones, and those that are looked at, `focus` before all. */
  live(
    live: readonly TrialRecord[],
    pale: readonly TrialRecord[],
    looked: readonly TrialRecord[],
    focus: number | undefined,
  ): void;
}

/** Who is to hear of what becomes of a picture. */
export interface PictureEvents {
  /** It is to be settled anew. */
  readonly resized: () => void;
  /** It is seen again: what is looked at may be another trial. */
  readonly returned: () => void;
  /** So many lines are there now. */
  readonly painted: (lines: number) => void;
}

/** A picture in `area`. */
export function picture(area: HTMLElement, theme: () => Theme, { resized, returned, painted }: PictureEvents): Picture {
  const board = surface(area, 4, {
    resized,
    returned() {
      lines.resume();
      contextLines.resume();
      returned();
    },
  });
  const ofLines = { seen: () => board.seen, weight: () => geometry.xs.length };
  const lines: Painter = painter({ ...ofLines, finished: () => painted(lines.painted) });
  const contextLines = painter(ofLines);
  let frame: Frame | undefined;
  let geometry = axesGeometry(0, 0, 0, false);

  const colorOf = (goodness: number) =>
    goodness < 0 ? theme().pruned : (ramp(isDark(theme().surface)).colors[rampIndex(goodness)] as string);
  const heightsOf = (trial: TrialRecord) =>
    (frame?.places ?? []).map(place =>
      heightOf(place.of(trial), frame?.inverted.has(place.scale.field.key) ?? false, geometry),
    );
  const draw = (ctx: CanvasRenderingContext2D, trial: TrialRecord) => drawLine(ctx, geometry.xs, heightsOf(trial));
  /** Trials of one colour that follow each other are one path. */
  const drawAlike = (
    ctx: CanvasRenderingContext2D,
    trials: readonly TrialRecord[],
    kindOf: (trial: TrialRecord) => number,
    begin: (kind: number) => void,
  ) => {
    let kind = Number.NaN;
    for (const trial of trials) {
      const own = kindOf(trial);
      if (own !== kind) {
        if (!Number.isNaN(kind)) ctx.stroke();
        kind = own;
        begin(kind);
        ctx.beginPath();
      }
      traceLine(ctx, geometry.xs, heightsOf(trial));
    }
    if (!Number.isNaN(kind)) ctx.stroke();
  };

  return {
    get geometry() {
      return geometry;
    },
    settle(next) {
      frame = next;
      const { objective, places, shown, others, where } = next;
      const rails = places.some(place => place.scale.field.condition !== undefined);
      geometry = axesGeometry(places.length, board.width, board.height, rails);
      // The more there are, the lighter each: ten are lines, a thousand are a texture.
      const size = 2 ** Math.ceil(Math.log2(Math.max(1, shown.length)));
      const best = Math.min(0.95, 0.12 + 5 / Math.sqrt(size));
      const worst = Math.min(0.75, 0.04 + 2.4 / Math.sqrt(size));
      if (board.width === 0) return;
      const all = [next.arrangement, board.width, board.height, board.ratio, theme().surface].join(' ');
      const key = [all, where, next.colours, size].join(' ');
      const ctx = board.pen(finishedLayer);
      const { colors } = ramp(isDark(theme().surface));
      lines.paint(
        key,
        // Better ones come later, and so lie on top.
        lines.shows(key) ? shown : byGoodness(shown, objective),
        () => board.clear(finishedLayer),
        some => {
          ctx.lineWidth = size > fine ? 1 / board.ratio : 1.25;
          ctx.lineJoin = size > fine ? 'bevel' : 'round';
          const step = (trial: TrialRecord) => {
            const goodness = goodnessOf(trial, objective);
            return goodness < 0 ? -1 : rampIndex(goodness);
          };
          drawAlike(ctx, some, step, kind => {
            const goodness = Math.max(0, (kind + 0.5) / colors.length);
            ctx.globalAlpha = worst + (best - worst) * goodness ** 2;
            ctx.strokeStyle = kind < 0 ? theme().pruned : (colors[kind] as string);
          });
        },
      );
      contextLines.paint(
        `${all} ${others.length > 0}`,
        others,
        () => board.wipe(contextLayer),
        some => {
          const pale = board.pen(contextLayer);
          pale.strokeStyle = theme().pale;
          pale.globalAlpha = Math.min(1, 0.15 + 4 / Math.sqrt(others.length));
          pale.lineWidth = others.length > fine ? 1 / board.ratio : 1;
          const alike = () => 0;
          drawAlike(pale, some, alike, () => undefined);
        },
      );
    },
    axes: list => drawAxes(board.clear(axesLayer), list, geometry, theme()),
    live(live, pale, looked, focus) {
      const recede = looked.length > 0;
      board.fade(finishedLayer, recede ? 0.28 : 1);
      board.fade(contextLayer, recede ? 0.5 : 1);
      board.wipe(liveLayer);
      if (live.length + pale.length + looked.length === 0) return;
      const ctx = board.pen(liveLayer);
      ctx.strokeStyle = theme().pale;
      ctx.lineWidth = 1;
      for (const trial of pale) draw(ctx, trial);
      for (const trial of live) {
        ctx.globalAlpha = recede ? 0.3 : trial.state === 'running' ? 1 : 0.5;
        ctx.strokeStyle = colorOf(goodnessOf(trial, frame?.objective));
        ctx.lineWidth = 1.75;
        ctx.setLineDash(trial.stop === undefined ? [6, 3] : []);
        draw(ctx, trial);
      }
      ctx.setLineDash([]);
      ctx.globalAlpha = 1;
      for (const trial of looked) {
        ctx.strokeStyle = theme().surface;
        ctx.lineWidth = 6;
        draw(ctx, trial);
        ctx.strokeStyle = colorOf(goodnessOf(trial, frame?.objective));
        ctx.lineWidth = trial.number === focus ? 3 : 2.25;
        draw(ctx, trial);
        const ys = heightsOf(trial);
        const last = ys.findLastIndex(y => !Number.isNaN(y));
        if (last < 0) continue;
        ctx.font = chartFont(11, 600);
        ctx.textAlign = 'left';
        ctx.textBaseline = 'middle';
        ctx.fillStyle = theme().ink;
        haloText(ctx, `#${trial.number}`, (geometry.xs[last] as number) + 6, ys[last] as number, theme().surface);
      }
    },
  };
}
