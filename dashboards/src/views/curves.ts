import { duration } from '../../../src/cli/duration.js';
import { count, counted, metric as shortNumber } from '../../../src/cli/number.js';
import type { CurveAxis } from '../../../src/live/protocol.js';
import { emptyStudy, type TrialRecord } from '../../../src/tune/study-state.js';
import type { Curve } from '../chart/curves-data.js';
import { colorOf, drawCurve, drawEnd, drawName } from '../chart/draw-trial.js';
import { endedTrials } from '../chart/ended-trials.js';
import { growingLayer } from '../chart/growing-layer.js';
import { type Near, nearestCurve } from '../chart/nearest.js';
import { type Pen, plot } from '../chart/plot.js';
import { calmRange, type Range, robustRange } from '../chart/range.js';
import { slicedLayer } from '../chart/sliced-layer.js';
import { smoothed } from '../chart/smooth.js';
import { within } from '../chart/zoom.js';
import { setAttribute, setText } from '../element.js';
import { filterText } from '../filter.js';
import type { Changed, CurveSet, Model, Page, Panel, View } from '../page.js';
import { curveTools } from './curve-tools.js';

const reach = 28;
/** More running trials than this are drawn at their ends only. */
const crowdOfRunning = 64;
/** Milliseconds of a frame for drawing, and between two looks at which values there are. */
const slice = 7;
const calm = 300;

const axisNames: Readonly<Record<CurveAxis, string>> = { epoch: 'epoch', samples: 'samples', seconds: 'time' };

/** The learning curves of all trials, growing as epochs arrive. */
export function curvesView({ body: container, tools, note }: Panel, page: Page): View {
  container.classList.add('plot');
  const { lens, tooltip, theme } = page;
  let model: Model | undefined;
  let curves: CurveSet | undefined;
  let second: CurveSet | undefined;
  let metric: string | undefined;
  let by: CurveAxis = 'epoch';
  let mean = 1;
  /** All that the vertical range depends on beside the values, and when they were looked at. */
  let rangeFor = '';
  let rangeAt = Number.NEGATIVE_INFINITY;
  let rangePoints = -1;
  /** Of the curves when they were told last. */
  let version = -1;
  let range: Range | undefined;
  let values: number[] = [];
  let wholeX: Range = { low: 0, high: 1 };
  /** All that the picture of the finished trials depends on, beside the scales. */
  let pictured = '';
  let live: readonly TrialRecord[] = [];
  const ended = endedTrials();
  const endedLayer = slicedLayer<TrialRecord>();
  const liveLayer = growingLayer();
  let pointed: Near | undefined;
  let stepping: readonly number[] = [];

  const study = () => model?.study ?? emptyStudy;
  const settings = curveTools(tools, page.link, () => show('all'));
  const visible = (trial: TrialRecord) => settings.shows(trial.state) && lens.passes(trial);
  const isBest = ({ number }: TrialRecord) => number === study().best?.trial;
  const curveOf = (trial: number, set = curves): Curve | undefined => {
    const curve = set?.get(trial);
    return curve === undefined || mean === 1 ? curve : smoothed(curve, mean);
  };

  const drawTrial = (pen: Pen, trial: TrialRecord, best: boolean, alpha: number, width: number, mark: number) => {
    const curve = curveOf(trial.number);
    if (curve === undefined) return;
    const color = colorOf(trial, best, theme());
    pen.ctx.globalAlpha = alpha;
    drawCurve(pen, curve, color, width);
    drawEnd(pen, trial, curve, color, theme().surface, mark);
    pen.ctx.globalAlpha = 1;
  };
  const nameTrial = (pen: Pen, trial: TrialRecord) => {
    const curve = curveOf(trial.number);
    const last = curve?.ys.findLastIndex(Number.isFinite) ?? -1;
    if (curve === undefined || last < 0) return;
    const { surface } = theme();
    const [left, top] = [pen.x(curve.xs[last] as number), pen.y(curve.ys[last] as number)];
    // The end of the curve is not in the part that is shown.
    if (left > pen.box.left + pen.box.width + 1) return;
    drawName(pen, `#${trial.number}`, left, top, colorOf(trial, isBest(trial), theme()), surface);
  };
  /** The other metric of the same kind (of the training rows, or the validation rows), as a dotted line. */
  const drawSecond = (pen: Pen, trial: TrialRecord) => {
    const curve = second && curveOf(trial.number, second);
    if (curve === undefined) return;
    pen.ctx.setLineDash([2 * pen.ratio, 4 * pen.ratio]);
    drawCurve(pen, curve, colorOf(trial, isBest(trial), theme()), 2);
    pen.ctx.setLineDash([]);
  };

  let again = false;
  const chart = plot(container, {
    xLabel: () => axisNames[by],
    xTicks: () => (by === 'epoch' ? 'whole' : by === 'seconds' ? 'duration' : 'any'),
    theme,
    draw(pen) {
      const until = performance.now() + slice;
      const { trials, best } = study();
      // The more there are, the lighter each: a thousand lines are a texture, ten are lines.
      const size = 2 ** Math.ceil(Math.log2(Math.max(1, trials.size)));
      const crowd = Math.min(1, Math.sqrt(40 / size));
      const alphas = { pruned: 0.12 + 0.58 * crowd, failed: 0.15 + 0.6 * crowd, complete: 0.08 + 0.67 * crowd };
      let done = endedLayer.paint(
        pen,
        `${pictured} ${size} ${ended.generation}`,
        ended.list,
        until,
        (inLayer, trial) => {
          if (!visible(trial)) return true;
          if (curves?.complete === false && curves.get(trial.number) === undefined) return false;
          const alpha = alphas[trial.state as keyof typeof alphas];
          // A line of one pixel or less is painted several times as fast as a wider one.
          const width = size > 256 ? 1 / inLayer.ratio : 1.25;
          drawTrial(inLayer, trial, false, alpha, width, 1.6 + 1.4 * crowd);
          return true;
        },
      );
      if (live.length > crowdOfRunning) {
        const numbers = live.map(({ number }) => number);
        const all = liveLayer.paint(pen, pictured, numbers, until, (inLayer, number, from) => {
          const curve = curveOf(number);
          const length = curve?.xs.length ?? 0;
          if (curve === undefined || length <= from) return from;
          inLayer.ctx.globalAlpha = 0.5;
          drawCurve(
            inLayer,
            curve,
            colorOf(trials.get(number) as TrialRecord, false, theme()),
            1 / pen.ratio,
            from - 1,
          );
          inLayer.ctx.globalAlpha = 1;
          return length;
        });
        done &&= all;
      } else for (const trial of live) drawTrial(pen, trial, false, 1, 1.75, 3.5);
      const leader = best && trials.get(best.trial);
      if (leader !== undefined && visible(leader)) drawTrial(pen, leader, true, 1, 2.75, 4);
      // Values that came since are drawn already, but not told yet.
      const told = curves?.complete === true && curves.version === version;
      setAttribute(container, 'data-drawn', done && told && model?.caughtUp === true ? '' : undefined);
      if (done || again) return;
      again = true;
      requestAnimationFrame(() => {
        again = false;
        chart.redraw();
      });
    },
    drawNames(pen) {
      const { trials, best } = study();
      if (live.length <= 12) for (const trial of live) nameTrial(pen, trial);
      const leader = best && trials.get(best.trial);
      if (leader !== undefined && visible(leader)) nameTrial(pen, leader);
    },
    drawOver(pen) {
      const { trials } = study();
      const lit = lens.trial === undefined ? undefined : trials.get(lens.trial);
      const chosen = [...lens.selected].flatMap(number => trials.get(number) ?? []);
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
    point(at, pen) {
      const before = pointed;
      pointed = at && nearestCurve(shown(), at, { x: pen.x, y: pen.y, unx: pen.fromX }, reach);
      if (pointed !== undefined) tell(pointed, pen, at?.left ?? 0);
      else if (before !== undefined) tooltip.hide();
      lens.hover(pointed?.trial);
      if (before?.index !== pointed?.index) chart.redrawOver();
    },
    click(event) {
      if (pointed === undefined) return lens.pin(undefined);
      if (event.shiftKey || event.ctrlKey || event.metaKey) lens.toggle(pointed.trial);
      else lens.pin(pointed.trial);
    },
    zoom: {
      whole: () => wholeX,
      get: settings.window,
      set: settings.zoom,
    },
  });
  lens.onChange(change => {
    if (change === 'pin' && model !== undefined) second = secondSet(model);
    chart.redrawOver();
  });

  function* shown(): Generator<readonly [number, Curve]> {
    for (const trial of study().trials.values()) {
      const curve = visible(trial) ? curveOf(trial.number) : undefined;
      if (curve !== undefined) yield [trial.number, curve];
    }
  }

  /** The tooltip of a point; `left` in pixels of the plotting area. */
  const tell = ({ trial: number, index }: Near, pen: Pen, left: number) => {
    const trial = study().trials.get(number);
    const curve = curveOf(number);
    if (trial === undefined || curve === undefined) return;
    const [x, y] = [curve.xs[index] as number, curve.ys[index] as number];
    const edge = container.querySelector('.u-over')?.getBoundingClientRect();
    const place = { x: (edge?.left ?? 0) + left, y: (edge?.top ?? 0) + pen.y(y) };
    const where =
      by === 'epoch' ? `at epoch ${x}` : by === 'seconds' ? `after ${duration(x)}` : `after ${counted(x, 'sample')}`;
    const other = second && curveOf(number, second);
    const beside = other === undefined ? '' : `, ${secondName(model)} ${shortNumber(other.ys[index])}`;
    tooltip.show(trial, `${metric} ${shortNumber(y)} ${where}${number === lens.pinned ? beside : ''}`, place);
  };

  const secondName = (from: Model | undefined): string | undefined => {
    const other = metric === undefined ? undefined : counterpart(metric);
    return other !== undefined && from?.metrics.includes(other) ? other : undefined;
  };
  /** Only while a trial is pinned: it is another set of curves. */
  const secondSet = (from: Model): CurveSet | undefined => {
    const name = lens.pinned === undefined ? undefined : secondName(from);
    return name === undefined ? undefined : page.curves.get(name, by);
  };

  const show = (changed: Changed) => {
    if (model === undefined) return;
    const { study: state, identity } = model;
    const { trials, study: info, counts } = state;
    ended.update(state, changed);
    settings.offer(model.metrics, counts);
    [metric, by, mean] = [settings.metric(), settings.by(), settings.smoothing()];
    curves = page.curves.get(metric ?? '', by);
    second = secondSet(model);
    const log = settings.log();
    const window = settings.window();
    live = (counts.paused + counts.waiting > 0 ? [...trials.values()] : state.running.map(n => trials.get(n)))
      .filter(trial => trial !== undefined && trial.stop === undefined)
      .filter(trial => visible(trial as TrialRecord)) as TrialRecord[];

    const last = curves.last();
    const planned = by === 'epoch' ? (info?.epochs ?? 0) : 0;
    const over = state.finishedAt !== undefined || state.running.length === 0;
    const high = Math.max(2, planned > 0 && last >= planned / 4 ? Math.max(last, planned) : over ? last : roomy(last));
    wholeX = { low: by === 'epoch' ? Math.min(1, high - 1) : 0, high };
    const x = (window && within(wholeX, window)) ?? wholeX;

    const filter = filterText(lens.filter);
    const key = [identity, metric, by, mean, log, settings.hidden(), filter, window?.low, window?.high].join(' ');
    const now = performance.now();
    // Which values there are is looked at now and then: an axis that moves with each of them cannot be read.
    if (key !== rangeFor || now - rangeAt > calm || rangePoints <= 0) {
      if (key !== rangeFor || rangePoints !== curves.points()) {
        values = curves.sample(
          6000,
          number => {
            const trial = trials.get(number);
            return trial !== undefined && visible(trial);
          },
          window?.low,
          window?.high,
        );
        range = calmRange(key === rangeFor ? range : undefined, robustRange(values, log), log);
      }
      [rangeFor, rangeAt, rangePoints] = [key, now, curves.points()];
    }
    const y = range ?? { low: 0, high: 1 };
    pictured = [identity, metric, by, mean, settings.hidden(), filter, theme().surface, theme().complete].join(' ');
    chart.show(x, { ...y, log });

    setAttribute(container, 'data-points', String(curves.points()));
    setAttribute(container, 'data-trials', String(trials.size));
    const beyond = values.some(value => value > y.high || value < y.low || (log && value <= 0));
    const empty = curves.points() === 0;
    note.toggleAttribute('data-empty', empty);
    setText(
      note,
      empty
        ? curves.complete
          ? 'No epoch is finished yet.'
          : 'The curves are coming.'
        : beyond
          ? 'Some values lie beyond the shown range.'
          : '',
    );
    const part = window === undefined ? '' : `, from ${shortNumber(window.low)} to ${shortNumber(window.high)}`;
    setAttribute(
      container,
      'aria-label',
      `Learning curves: ${metric ?? ''} by ${axisNames[by]}, ${counted(trials.size, 'trial')}, ${count(curves.points())} points${part}. Keys: up and down go through the trials, Enter pins, Space selects, plus and minus zoom, left and right move, 0 shows all.`,
    );
  };

  container.setAttribute('role', 'application');
  container.setAttribute('aria-roledescription', 'chart');
  container.tabIndex = 0;
  container.addEventListener('keydown', event => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      if (stepping.length === 0) stepping = byLastValue();
      const at = stepping.indexOf(lens.hovered ?? lens.pinned ?? -1);
      const next = at < 0 ? 0 : at + (key === 'ArrowUp' ? -1 : 1);
      const number = stepping[Math.max(0, Math.min(stepping.length - 1, next))];
      if (number === undefined) return;
      lens.hover(number);
      const last = curveOf(number)?.ys.findLastIndex(Number.isFinite) ?? -1;
      pointed = { trial: number, index: last, distance: 0 };
      chart.point(pen => last >= 0 && tell(pointed as Near, pen, pen.x(curveOf(number)?.xs[last] as number)));
      chart.redrawOver();
    } else if (key === 'Enter' && lens.hovered !== undefined) lens.pin(lens.hovered);
    else if (key === ' ' && lens.trial !== undefined) lens.toggle(lens.trial);
    else return;
    event.preventDefault();
  });
  container.addEventListener('blur', () => {
    stepping = [];
    if (pointed === undefined) return;
    pointed = undefined;
    tooltip.hide();
    lens.hover(undefined);
  });
  /** The shown trials from the top of the chart to the bottom. */
  const byLastValue = () =>
    [...shown()]
      .flatMap(([trial, { ys }]) => {
        const last = ys.findLastIndex(Number.isFinite);
        return last < 0 ? [] : [{ trial, value: ys[last] as number }];
      })
      .sort((a, b) => b.value - a.value)
      .map(({ trial }) => trial);

  const view: View = (next, changed) => {
    model = next;
    const more = curves?.version !== version;
    version = curves?.version ?? -1;
    // The clock alone brings a view, too: then only a range that waits is looked at.
    const waits = curves !== undefined && rangePoints !== curves.points() && performance.now() - rangeAt > calm;
    if (changed === 'all' || changed.size > 0 || more || waits) show(changed);
  };
  return view;
}

/** The metric of the other rows: `valLoss` of `loss`, and the other way round. */
function counterpart(metric: string): string {
  const training = /^val([A-Z])(.*)$/.exec(metric);
  return training === null
    ? `val${metric.slice(0, 1).toUpperCase()}${metric.slice(1)}`
    : `${(training[1] as string).toLowerCase()}${training[2]}`;
}

/** More than there is, in steps, so that an axis that grows does not do so all the time. */
function roomy(last: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, last)));
  return power * ([1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(step => step * power >= last) ?? 10);
}
