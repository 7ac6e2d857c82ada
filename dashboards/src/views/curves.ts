import { count, metric as shortNumber } from '../../../src/cli/number.js';
import { emptyStudy, type TrialRecord } from '../../../src/tune/study-state.js';
import { distanceTo } from '../chart/curves-data.js';
import { colorOf, drawCurve, drawEnd, drawName } from '../chart/draw-trial.js';
import { layer } from '../chart/layer.js';
import { type Pen, plot } from '../chart/plot.js';
import { calmRange, type Range, robustRange } from '../chart/range.js';
import { setText } from '../element.js';
import { filterText } from '../filter.js';
import type { CurveSet, Model, Page, Panel, View } from '../page.js';
import { curveTools } from './curve-tools.js';

const reach = 28;

/** The learning curves of all trials, growing as epochs arrive. */
export function curvesView({ body: container, tools, note }: Panel, page: Page): View {
  container.classList.add('plot');
  const { lens: focus, tooltip, theme } = page;
  let model: Model | undefined;
  let curves: CurveSet = page.curves.get('', 'epoch');
  let shownMetric: string | undefined;
  let identity: string | null | undefined;
  let range: Range | undefined;
  let shownLog = false;
  /** The trials that are over, and everything else that their picture depends on. */
  let finished: readonly TrialRecord[] = [];
  let pictured = '';
  const finishedLayer = layer();
  let pointed: { readonly trial: number; readonly index: number } | undefined;

  const study = () => model?.study ?? emptyStudy;
  const settings = curveTools(tools, () => show());
  const visible = (trial: TrialRecord) => settings.shows(trial.state) && focus.passes(trial);
  const isBest = ({ number }: TrialRecord) => number === study().best?.trial;

  const drawTrial = (pen: Pen, trial: TrialRecord, best: boolean, alpha: number, width: number, mark: number) => {
    const curve = curves.get(trial.number);
    if (curve === undefined) return;
    const color = colorOf(trial, best, theme());
    pen.ctx.globalAlpha = alpha;
    drawCurve(pen, curve, color, width);
    drawEnd(pen, trial, curve, color, theme().surface, mark);
    pen.ctx.globalAlpha = 1;
  };
  const nameTrial = (pen: Pen, trial: TrialRecord) => {
    const curve = curves.get(trial.number);
    const last = curve?.ys.findLastIndex(Number.isFinite) ?? -1;
    if (curve === undefined || last < 0) return;
    const { surface } = theme();
    const [left, top] = [pen.x(curve.xs[last] as number), pen.y(curve.ys[last] as number)];
    drawName(pen, `#${trial.number}`, left, top, colorOf(trial, isBest(trial), theme()), surface);
  };

  const chart = plot(container, {
    xLabel: 'epoch',
    theme,
    draw(pen) {
      const { trials, running, best } = study();
      // The more there are, the lighter each: a thousand lines are a texture, ten are lines.
      const size = 2 ** Math.ceil(Math.log2(Math.max(1, trials.size)));
      const crowd = Math.min(1, Math.sqrt(40 / size));
      const alphas = { pruned: 0.12 + 0.58 * crowd, failed: 0.15 + 0.6 * crowd, complete: 0.08 + 0.67 * crowd };
      const over = finished.filter(visible);
      finishedLayer.paint(pen, [pictured, size].join(' '), over, (inLayer, trial) => {
        const alpha = alphas[trial.state as keyof typeof alphas];
        drawTrial(inLayer, trial, false, alpha, 1.25, 1.6 + 1.4 * crowd);
      });
      const live = running.map(number => trials.get(number)).filter(trial => trial !== undefined && visible(trial));
      for (const trial of live) drawTrial(pen, trial as TrialRecord, false, 1, 1.75, 3.5);
      const leader = best && trials.get(best.trial);
      if (leader !== undefined && visible(leader)) drawTrial(pen, leader, true, 1, 2.75, 4);
      if (live.length <= 12) for (const trial of live) nameTrial(pen, trial as TrialRecord);
      if (leader !== undefined && visible(leader)) nameTrial(pen, leader);
    },
    drawOver(pen) {
      const trial = focus.trial === undefined ? undefined : study().trials.get(focus.trial);
      if (trial === undefined) return;
      const { ctx, box, ratio } = pen;
      ctx.globalAlpha = 0.72;
      ctx.fillStyle = theme().surface;
      ctx.fillRect(0, 0, box.width, box.height);
      ctx.globalAlpha = 1;
      drawTrial(pen, trial, isBest(trial), 1, 2.75, 4.5);
      nameTrial(pen, trial);
      const curve = curves.get(trial.number);
      if (pointed?.trial !== trial.number || curve === undefined) return;
      ctx.beginPath();
      ctx.arc(
        pen.x(curve.xs[pointed.index] as number),
        pen.y(curve.ys[pointed.index] as number),
        4 * ratio,
        0,
        2 * Math.PI,
      );
      ctx.fillStyle = theme().surface;
      ctx.strokeStyle = colorOf(trial, isBest(trial), theme());
      ctx.lineWidth = 2 * ratio;
      ctx.fill();
      ctx.stroke();
    },
    point(at, pen) {
      const before = pointed;
      pointed = at && nearest(at, pen);
      const trial = pointed && study().trials.get(pointed.trial);
      if (trial === undefined || pointed === undefined) {
        if (before !== undefined) tooltip.hide();
      } else {
        const curve = curves.get(pointed.trial);
        const [x, y] = [curve?.xs[pointed.index] as number, curve?.ys[pointed.index] as number];
        const edge = container.querySelector('.u-over')?.getBoundingClientRect();
        const place = { x: (edge?.left ?? 0) + (at?.left ?? 0), y: (edge?.top ?? 0) + pen.y(y) };
        tooltip.show(trial, `${shownMetric} ${shortNumber(y)} at epoch ${x}`, place);
      }
      focus.hover(pointed?.trial);
      if (before?.index !== pointed?.index) chart.redrawOver();
    },
    click: () => focus.pin(pointed?.trial),
  });
  focus.onChange(() => chart.redrawOver());

  const nearest = (at: { left: number; top: number }, pen: Pen) => {
    let found: { trial: number; index: number } | undefined;
    let distance = reach;
    for (const trial of study().trials.values()) {
      const curve = visible(trial) ? curves.get(trial.number) : undefined;
      if (curve === undefined || curve.xs.length === 0) continue;
      const near = distanceTo(curve, at, pen.x, pen.y);
      // Among equals the one that is drawn on top.
      if (near.distance < distance || (near.distance === distance && trial.state === 'running')) {
        distance = near.distance;
        found = { trial: trial.number, index: near.index };
      }
    }
    return found;
  };

  const show = () => {
    if (model === undefined) return;
    const { trials, study: info, counts } = model.study;
    settings.offer(model.metrics, counts);
    const metric = settings.metric();
    if (metric !== shownMetric) {
      shownMetric = metric;
      range = undefined;
    }
    curves = page.curves.get(metric ?? '', 'epoch');
    const log = settings.log();
    const values = curves.sample(6000, number => visible(trials.get(number) as TrialRecord));
    if (log !== shownLog) range = undefined;
    shownLog = log;
    const y = calmRange(range, robustRange(values, log), log);
    range = y;
    const last = Math.max(curves.last(), Math.min(info?.epochs ?? 0, 4 * curves.last()));
    finished = [...trials.values()].filter(({ stop }) => stop !== undefined);
    const colors = [theme().surface, theme().complete];
    pictured = [
      identity,
      metric,
      last,
      y.low,
      y.high,
      log,
      settings.hidden(),
      filterText(focus.filter),
      ...colors,
    ].join(' ');
    chart.show({ low: Math.min(1, last - 1), high: Math.max(2, last) }, { ...y, log });
    container.dataset.points = String(curves.points());
    container.dataset.trials = String(trials.size);
    const beyond = values.filter(value => value > y.high || value < y.low || (log && value <= 0)).length;
    const empty = curves.points() === 0;
    note.toggleAttribute('data-empty', empty);
    setText(note, empty ? 'No epoch is finished yet.' : beyond > 0 ? 'Some values lie beyond the shown range.' : '');
    const summary = `Learning curves: ${metric ?? ''} by epoch, ${count(trials.size)} trials, ${count(curves.points())} points`;
    container.setAttribute('aria-label', summary);
  };
  container.setAttribute('role', 'img');

  const view: View = (next, changed) => {
    model = next;
    if (next.identity !== identity || changed === 'all') {
      identity = next.identity;
      shownMetric = undefined;
    }
    if (changed === 'all' || changed.size > 0) show();
  };
  return view;
}
