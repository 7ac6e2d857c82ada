import type { StudyState, TrialRecord } from '../../../src/tune/study-state.js';
import type { Curve } from '../chart/curves-data.js';
import { colorOf, drawCurve, drawEnd, drawName } from '../chart/draw-trial.js';
import type { EndedTrials } from '../chart/ended-trials.js';
import { growingLayer } from '../chart/growing-layer.js';
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
  /** The trials that are not over. */
  readonly live: readonly TrialRecord[];
  /** All that the curves of finished trials depend on, beside the scales. */
  readonly key: string;
  visible(trial: TrialRecord): boolean;
  curveOf(trial: number): Curve | undefined;
  /** The other metric of the same kind, while a trial is pinned. */
  secondOf(trial: number): Curve | undefined;
}

/** The learning curves on a chart's layers. */
export interface CurvesPicture {
  /** Draws as much as a frame bears; true once everything is there. */
  draw(pen: Pen): boolean;
  drawNames(pen: Pen): void;
  /** Draws the trials that are looked at above the others, which recede; `pointed` is the point that is told about. */
  drawOver(pen: Pen, pointed: Near | undefined): void;
}

/** A picture of what is `shown` when it is drawn. */
export function curvesPicture({ lens, theme }: Pick<Page, 'lens' | 'theme'>, shown: ShownCurves): CurvesPicture {
  const endedLayer = slicedLayer<TrialRecord>();
  const liveLayer = growingLayer();
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
  const nameTrial = (pen: Pen, trial: TrialRecord) => {
    const curve = shown.curveOf(trial.number);
    const last = curve?.ys.findLastIndex(Number.isFinite) ?? -1;
    if (curve === undefined || last < 0) return;
    const { surface } = theme();
    const [left, top] = [pen.x(curve.xs[last] as number), pen.y(curve.ys[last] as number)];
    // The end of the curve is not in the part that is shown.
    if (left > pen.box.left + pen.box.width + 1) return;
    drawName(pen, `#${trial.number}`, left, top, colorOf(trial, isBest(trial), theme()), surface);
  };
  /** As a dotted line. */
  const drawSecond = (pen: Pen, trial: TrialRecord) => {
    const curve = shown.secondOf(trial.number);
    if (curve === undefined) return;
    pen.ctx.setLineDash([2 * pen.ratio, 4 * pen.ratio]);
    drawCurve(pen, curve, colorOf(trial, isBest(trial), theme()), 2);
    pen.ctx.setLineDash([]);
  };
  const leaderOf = ({ best, trials }: StudyState) => {
    const leader = best && trials.get(best.trial);
    return leader !== undefined && shown.visible(leader) ? leader : undefined;
  };

  const drawEnded = (pen: Pen, until: number) => {
    const { study, complete, ended, key, visible, curveOf } = shown;
    // The more there are, the lighter each: a thousand lines are a texture, ten are lines.
    const size = 2 ** Math.ceil(Math.log2(Math.max(1, study.trials.size)));
    const crowd = Math.min(1, Math.sqrt(40 / size));
    const alphas = { pruned: 0.12 + 0.58 * crowd, failed: 0.15 + 0.6 * crowd, complete: 0.08 + 0.67 * crowd };
    return endedLayer.paint(pen, `${key} ${size} ${ended.generation}`, ended.list, until, (inLayer, trial) => {
      if (!visible(trial)) return true;
      if (!complete && curveOf(trial.number) === undefined) return false;
      const alpha = alphas[trial.state as keyof typeof alphas];
      // A line of one pixel or less is painted several times as fast as a wider one.
      const width = size > 256 ? 1 / inLayer.ratio : 1.25;
      drawTrial(inLayer, trial, false, alpha, width, 1.6 + 1.4 * crowd);
      return true;
    });
  };
  const drawCrowd = (pen: Pen, until: number) => {
    const { study, live, key, curveOf } = shown;
    const numbers = live.map(({ number }) => number);
    return liveLayer.paint(pen, key, numbers, until, (inLayer, number, from) => {
      const curve = curveOf(number);
      const length = curve?.xs.length ?? 0;
      if (curve === undefined || length <= from) return from;
      const color = colorOf(study.trials.get(number) as TrialRecord, false, theme());
      inLayer.ctx.globalAlpha = 0.5;
      drawCurve(inLayer, curve, color, 1 / pen.ratio, from - 1);
      inLayer.ctx.globalAlpha = 1;
      return length;
    });
  };

  return {
    draw(pen) {
      const until = performance.now() + slice;
      const { study, live } = shown;
      let done = drawEnded(pen, until);
      if (live.length > crowdOfRunning) done = drawCrowd(pen, until) && done;
      else for (const trial of live) drawTrial(pen, trial, false, 1, 1.75, 3.5);
      const leader = leaderOf(study);
      if (leader !== undefined) drawTrial(pen, leader, true, 1, 2.75, 4);
      return done;
    },
    drawNames(pen) {
      const { study, live } = shown;
      if (live.length <= 12) for (const trial of live) nameTrial(pen, trial);
      const leader = leaderOf(study);
      if (leader !== undefined) nameTrial(pen, leader);
    },
    drawOver(pen, pointed) {
      const { study, curveOf } = shown;
      const lit = lens.trial === undefined ? undefined : study.trials.get(lens.trial);
      const chosen = [...lens.selected].flatMap(number => study.trials.get(number) ?? []);
      if (lit === undefined && chosen.length === 0) return;
      const { ctx, box, ratio } = pen;
      ctx.globalAlpha = 0.72;
      ctx.fillStyle = theme().surface;
      ctx.fillRect(0, 0, box.width, box.height);
      ctx.globalAlpha = 1;
      for (const trial of chosen) drawTrial(pen, trial, isBest(trial), 1, trial === lit ? 3.5 : 2.75, 4.5);
      if (lit !== undefined) {
        drawSecond(pen, lit);
        drawTrial(pen, lit, isBest(lit), 1, chosen.length > 0 ? 3.5 : 2.75, 4.5);
        if (!lens.selected.has(lit.number)) nameTrial(pen, lit);
      }
      for (const trial of chosen) nameTrial(pen, trial);
      const curve = lit && curveOf(lit.number);
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
