import type { StudyState, TrialRecord } from '../../../src/tune/study-state.js';
import { type CurveName, drawNames } from '../chart/curve-names.js';
import type { Curve } from '../chart/curves-data.js';
import { colorOf, drawCurve, drawEnd } from '../chart/draw-trial.js';
import type { EndedTrials } from '../chart/ended-trials.js';
import { type GrowingLayer, growingLayer } from '../chart/growing-layer.js';
import type { Near } from '../chart/nearest.js';
import type { Pen } from '../chart/plot.js';
import { slicedLayer } from '../chart/sliced-layer.js';
import type { Page } from '../page.js';

/** More running trials than this are drawn at their ends only. */
const crowdOfRunning = 64;
/** Milliseconds of a frame for drawing. */
const slice = 7;

/** What the picture is of, at any moment. */
export interface ShownCurves {
  readonly study: StudyState;
  /** Whether all curves that were asked for are here. */
  readonly complete: boolean;
  readonly ended: EndedTrials;
  /** About how many of them are visible, and how many there are. */
  readonly crowd: number;
  readonly othersCrowd: number;
  /** The visible trials that are not over. */
  readonly live: readonly TrialRecord[];
  /** Those that the filter leaves out, if they are drawn. */
  readonly othersLive: readonly TrialRecord[];
  /** All that the curves of finished trials depend on, beside the scales; and those of all of them, whatever the filter. */
  readonly key: string;
  readonly othersKey: string;
  /** Whether the trial passes the filter, in a state that is shown. */
  visible(trial: TrialRecord): boolean;
  /** Whether the trial's state is shown. */
  offered(trial: TrialRecord): boolean;
  curveOf(trial: number): Curve | undefined;
  /** The other metric of the same kind, while a trial is pinned. */
  secondOf(trial: number): Curve | undefined;
}

/** The learning curves on a chart's layers. */
export interface CurvesPicture {
  /** Draws as much as a frame bears; true once everything is there. */
  draw(pen: Pen): boolean;
  drawNames(pen: Pen): void;
  /** Whether trials are looked at, before which the others recede. */
  recedes(): boolean;
  /** Draws those trials; `pointed` is the point that is told about. */
  drawOver(pen: Pen, pointed: Near | undefined): void;
  drawNamesOver(pen: Pen): void;
}

/** A picture of what is `shown` when it is drawn. */
export function curvesPicture({ lens, theme }: Pick<Page, 'lens' | 'theme'>, shown: ShownCurves): CurvesPicture {
  const endedLayer = slicedLayer<TrialRecord>();
  const liveLayer = growingLayer();
  const othersLayer = slicedLayer<TrialRecord>();
  const othersLiveLayer = growingLayer();
  const isBest = ({ number }: TrialRecord) => number === shown.study.best?.trial;

  const drawTrial = (pen: Pen, trial: TrialRecord, best: boolean, alpha: number, width: number, mark: number) => {
    const curve = shown.curveOf(trial.number);
    if (curve === undefined) return;
    const color = colorOf(trial, best, theme());
    pen.ctx.globalAlpha = alpha;
    drawCurve(pen, curve, color, width);
    drawEnd(pen, trial, curve, color, theme().surface, mark);
    pen.ctx.globalAlpha = 1;
  };
  const nameTrials = (pen: Pen, trials: readonly TrialRecord[]) => {
    const names = trials.flatMap((trial): CurveName[] => {
      const curve = shown.curveOf(trial.number);
      const last = curve?.ys.findLastIndex(Number.isFinite) ?? -1;
      if (curve === undefined || last < 0) return [];
      const [left, top] = [pen.x(curve.xs[last] as number), pen.y(curve.ys[last] as number)];
      // The end of the curve is not in the part that is shown.
      const { box } = pen;
      if (left > box.left + box.width + 1 || left < box.left - 1 || top > box.top + box.height + 1) return [];
      return [{ text: `#${trial.number}`, left, top, color: colorOf(trial, isBest(trial), theme()) }];
    });
    drawNames(pen, names, theme().surface);
  };
  /** As a dotted line. */
  const drawSecond = (pen: Pen, trial: TrialRecord) => {
    const curve = shown.secondOf(trial.number);
    if (curve === undefined) return;
    pen.ctx.setLineDash([2 * pen.ratio, 4 * pen.ratio]);
    drawCurve(pen, curve, colorOf(trial, isBest(trial), theme()), 2);
    pen.ctx.setLineDash([]);
  };
  /** The hovered or pinned trial first, then the selected ones. */
  const lookedAt = () => {
    const numbers = new Set([...(lens.trial === undefined ? [] : [lens.trial]), ...lens.selected]);
    return [...numbers].flatMap(number => shown.study.trials.get(number) ?? []);
  };
  const leaderOf = ({ best, trials }: StudyState) => {
    const leader = best && trials.get(best.trial);
    return leader !== undefined && shown.visible(leader) ? leader : undefined;
  };

  // The more there are, the lighter each: a thousand lines are a texture, ten are lines.
  const sizeOf = (crowd: number) => 2 ** Math.ceil(Math.log2(Math.max(1, crowd)));
  const crowdOf = (size: number) => Math.min(1, Math.sqrt(40 / size));
  // A line of one pixel or less is painted several times as fast as a wider one.
  const widthOf = (size: number, ratio: number) => (size > 256 ? 1 / ratio : 1.25);

  const drawEnded = (pen: Pen, until: number) => {
    const { complete, ended, key, visible, curveOf } = shown;
    const size = sizeOf(shown.crowd);
    const crowd = crowdOf(size);
    const alphas = { pruned: 0.12 + 0.58 * crowd, failed: 0.15 + 0.6 * crowd, complete: 0.08 + 0.67 * crowd };
    return endedLayer.paint(pen, `${key} ${size} ${ended.generation}`, ended.list, until, (inLayer, trial) => {
      if (!visible(trial)) return true;
      if (!complete && curveOf(trial.number) === undefined) return false;
      const alpha = alphas[trial.state as keyof typeof alphas];
      drawTrial(inLayer, trial, false, alpha, widthOf(size, inLayer.ratio), 1.6 + 1.4 * crowd);
      return true;
    });
  };
  /** All finished trials, pale: those that pass the filter are drawn on top of themselves, so that another filter needs no other picture. */
  const drawOthers = (pen: Pen, until: number) => {
    const { complete, ended, othersKey, offered, curveOf } = shown;
    const size = sizeOf(shown.othersCrowd);
    const key = `${othersKey} ${size} ${ended.generation}`;
    return othersLayer.paint(pen, key, ended.list, until, (inLayer, trial) => {
      if (!offered(trial)) return true;
      const curve = curveOf(trial.number);
      if (curve === undefined) return complete;
      inLayer.ctx.globalAlpha = 0.12 + 0.7 * crowdOf(size);
      drawCurve(inLayer, curve, theme().pale, widthOf(size, inLayer.ratio));
      return true;
    });
  };
  const drawGrowing = (
    layer: GrowingLayer,
    pen: Pen,
    trials: readonly TrialRecord[],
    until: number,
    color: (trial: TrialRecord) => string,
  ) => {
    const numbers = trials.map(({ number }) => number);
    return layer.paint(pen, shown.othersKey, numbers, until, (inLayer, number, from) => {
      const curve = shown.curveOf(number);
      const length = curve?.xs.length ?? 0;
      if (curve === undefined || length <= from) return from;
      inLayer.ctx.globalAlpha = 0.5;
      drawCurve(inLayer, curve, color(shown.study.trials.get(number) as TrialRecord), 1 / pen.ratio, from - 1);
      inLayer.ctx.globalAlpha = 1;
      return length;
    });
  };

  return {
    draw(pen) {
      const until = performance.now() + slice;
      const { study, live, othersLive } = shown;
      let done = true;
      if (lens.dims) {
        const half = until - slice / 2;
        done = drawOthers(pen, half) && drawGrowing(othersLiveLayer, pen, othersLive, half, () => theme().pale);
      }
      done = drawEnded(pen, until) && done;
      if (live.length > crowdOfRunning) {
        done = drawGrowing(liveLayer, pen, live, until, trial => colorOf(trial, false, theme())) && done;
      } else for (const trial of live) drawTrial(pen, trial, false, 1, 1.75, 3.5);
      const leader = leaderOf(study);
      if (leader !== undefined) drawTrial(pen, leader, true, 1, 2.75, 4);
      return done;
    },
    drawNames(pen) {
      const { study, live } = shown;
      const leader = leaderOf(study);
      // Where there is no room for all, the best ones have a name.
      const sign = study.study?.objective.direction === 'maximize' ? -1 : 1;
      const worth = ({ value }: TrialRecord) => sign * (value ?? sign * Number.POSITIVE_INFINITY);
      const named = live.length <= 12 ? [...live].sort((a, b) => worth(a) - worth(b)) : [];
      nameTrials(pen, leader === undefined ? named : [leader, ...named]);
    },
    recedes: () => lookedAt().length > 0,
    drawNamesOver: pen => nameTrials(pen, lookedAt()),
    drawOver(pen, pointed) {
      const { ctx, ratio } = pen;
      const all = lookedAt();
      const lit = all.find(({ number }) => number === lens.trial);
      for (const trial of all) if (trial !== lit) drawTrial(pen, trial, isBest(trial), 1, 2.75, 4.5);
      if (lit !== undefined) {
        drawSecond(pen, lit);
        drawTrial(pen, lit, isBest(lit), 1, all.length > 1 ? 3.5 : 2.75, 4.5);
      }
      const curve = lit && shown.curveOf(lit.number);
      if (lit === undefined || curve === undefined || pointed?.trial !== lit.number) return;
      const [x, y] = [curve.xs[pointed.index], curve.ys[pointed.index]];
      ctx.beginPath();
      ctx.arc(pen.x(x ?? Number.NaN), pen.y(y ?? Number.NaN), 4 * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = theme().surface;
      ctx.strokeStyle = colorOf(lit, isBest(lit), theme());
      ctx.lineWidth = 2 * ratio;
      ctx.fill();
      ctx.stroke();
    },
  };
}
