import { duration } from '../../../src/cli/duration.js';
import { count, counted, metric as shortNumber } from '../../../src/cli/number.js';
import type { CurveAxis } from '../../../src/live/protocol.js';
import { emptyStudy, type TrialRecord } from '../../../src/tune/study-state.js';
import type { Curve } from '../chart/curves-data.js';
import { endedTrials } from '../chart/ended-trials.js';
import { type Near, nearestCurve } from '../chart/nearest.js';
import { type Pen, plot } from '../chart/plot.js';
import type { Range } from '../chart/range.js';
import { smoothed } from '../chart/smooth.js';
import { walk } from '../chart/walk.js';
import { within } from '../chart/zoom.js';
import { setAttribute, setText } from '../element.js';
import { filterText } from '../filter.js';
import type { Changed, CurveSet, Model, Page, Panel, View } from '../page.js';
import { noCurveWords } from './absence-words.js';
import { curveTools } from './curve-tools.js';
import { curvesPicture } from './curves-picture.js';
import { curvesRange, wholeAxis } from './curves-range.js';

const reach = 28;

const axisNames: Readonly<Record<CurveAxis, string>> = { epoch: 'epoch', samples: 'samples', seconds: 'time' };

/** The learning curves of all trials, growing as epochs arrive. */
export function curvesView({ section, body: container, tools, note }: Panel, page: Page): View {
  container.classList.add('plot');
  const { lens, tooltip, theme } = page;
  let model: Model | undefined;
  let curves: CurveSet | undefined;
  let second: CurveSet | undefined;
  let metric: string | undefined;
  let by: CurveAxis = 'epoch';
  let mean = 1;
  const range = curvesRange();
  /** Of the curves when they were told last. */
  let version = -1;
  let wholeX: Range = { low: 0, high: 1 };
  let pictured = '';
  let othersPictured = '';
  let live: readonly TrialRecord[] = [];
  let othersLive: readonly TrialRecord[] = [];
  const ended = endedTrials();
  let crowd = 0;
  let crowdFor = '';
  let pointed: Near | undefined;

  const study = () => model?.study ?? emptyStudy;
  const settings = curveTools(tools, page.link, () => show('all'));
  const offered = ({ state }: TrialRecord) => settings.shows(state);
  const visible = (trial: TrialRecord) => offered(trial) && lens.passes(trial);
  const curveOf = (trial: number, set = curves): Curve | undefined => {
    const curve = set?.get(trial);
    return curve === undefined || mean === 1 ? curve : smoothed(curve, mean);
  };

  const picture = curvesPicture(page, {
    get study() {
      return study();
    },
    get complete() {
      return curves?.complete !== false;
    },
    get crowd() {
      return crowd;
    },
    get othersCrowd() {
      return study().trials.size;
    },
    get live() {
      return live;
    },
    get othersLive() {
      return othersLive;
    },
    get key() {
      return pictured;
    },
    get othersKey() {
      return othersPictured;
    },
    ended,
    visible,
    offered,
    curveOf: trial => curveOf(trial),
    secondOf: trial => second && curveOf(trial, second),
  });

  let again = false;
  const chart = plot(container, {
    xLabel: () => axisNames[by],
    xTicks: () => (by === 'epoch' ? 'whole' : by === 'seconds' ? 'duration' : 'any'),
    theme,
    draw(pen) {
      const done = picture.draw(pen);
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
    drawNames: picture.drawNames,
    recedes: picture.recedes,
    drawOver: pen => picture.drawOver(pen, pointed),
    drawNamesOver: picture.drawNamesOver,
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

  /** What the chart shows at a point, in words. */
  const describe = ({ trial: number, index }: Near): string => {
    const curve = curveOf(number);
    const [x, y] = [curve?.xs[index] ?? Number.NaN, curve?.ys[index]];
    const where =
      by === 'epoch' ? `at epoch ${x}` : by === 'seconds' ? `after ${duration(x)}` : `after ${counted(x, 'sample')}`;
    const other = second && curveOf(number, second);
    const beside = other === undefined ? '' : `, ${secondName(model)} ${shortNumber(other.ys[index])}`;
    return `${metric} ${shortNumber(y)} ${where}${number === lens.pinned ? beside : ''}`;
  };
  /** The tooltip of a point; `left` in pixels of the plotting area. */
  const tell = (near: Near, pen: Pen, left: number) => {
    const trial = study().trials.get(near.trial);
    const y = curveOf(near.trial)?.ys[near.index];
    if (trial === undefined || y === undefined) return;
    const edge = container.querySelector('.u-over')?.getBoundingClientRect();
    tooltip.show(trial, describe(near), { x: (edge?.left ?? 0) + left, y: (edge?.top ?? 0) + pen.y(y) });
  };
  /** The last number of a curve: there it is told about when keys lead to it. */
  const lastOf = (trial: number): Near | undefined => {
    const index = curveOf(trial)?.ys.findLastIndex(Number.isFinite) ?? -1;
    return index < 0 ? undefined : { trial, index, distance: 0 };
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
    settings.offer(model.metrics, state);
    [metric, by, mean] = [settings.metric(), settings.by(), settings.smoothing()];
    curves = page.curves.get(metric ?? '', by);
    second = secondSet(model);
    const log = settings.log();
    const window = settings.window();
    const open = (counts.paused + counts.waiting > 0 ? [...trials.values()] : state.running.map(n => trials.get(n)))
      .filter(trial => trial !== undefined && trial.stop === undefined)
      .filter(trial => offered(trial as TrialRecord)) as TrialRecord[];
    live = open.filter(lens.passes);
    othersLive = lens.dims ? open.filter(trial => !lens.passes(trial)) : [];

    const planned = by === 'epoch' ? (info?.epochs ?? 0) : 0;
    const over = state.finishedAt !== undefined || state.running.length === 0;
    wholeX = wholeAxis(by, curves.last(), planned, over);
    const x = (window && within(wholeX, window)) ?? wholeX;

    // Axes stay as they are while others are dimmed by one filter after the other; where they are hidden, the axes fit what is left.
    const isOfRange = lens.dims ? offered : visible;
    const filter = filterText(lens.filter);
    const what = [identity, metric, by, mean, settings.hidden()].join(' ');
    const key = [what, log, window?.low, window?.high, lens.dims ? '' : filter].join(' ');
    const isVisible = (number: number) => {
      const trial = trials.get(number);
      return trial !== undefined && isOfRange(trial);
    };
    const y = { ...range.look(key, curves, log, isVisible, window), log };
    othersPictured = [what, theme().surface, theme().complete].join(' ');
    pictured = `${othersPictured} ${filter}`;
    // Counted anew only once there are twice as many.
    const about = 2 ** Math.ceil(Math.log2(Math.max(1, trials.size)));
    const crowdKey = `${pictured} ${ended.generation} ${about}`;
    if (filter === '') crowd = about;
    else if (crowdKey !== crowdFor) crowd = ended.list.filter(visible).length;
    crowdFor = crowdKey;
    chart.show(x, y);

    setAttribute(container, 'data-points', String(curves.points()));
    setAttribute(container, 'data-trials', String(trials.size));
    const nothing = !range.empty
      ? undefined
      : !curves.complete
        ? 'The curves are coming.'
        : window !== undefined && curves.points() > 0
          ? 'There is nothing in the part of the axis that is shown.'
          : noCurveWords(model, lens.dims ? { passes: () => true } : lens, offered, metric);
    chart.showEmpty(nothing);
    setText(note, nothing === undefined && range.beyond(y) ? 'Some values lie beyond the shown range.' : '');
    const part = window === undefined ? '' : `, from ${shortNumber(window.low)} to ${shortNumber(window.high)}`;
    setAttribute(
      container,
      'aria-label',
      `Learning curves: ${metric ?? ''} by ${axisNames[by]}, ${counted(trials.size, 'trial')}, ${count(curves.points())} points${part}. Keys: up and down go through the trials, Enter pins, Space selects, plus and minus zoom, left and right move, 0 shows all.`,
    );
  };

  container.setAttribute('role', 'application');
  container.setAttribute('aria-roledescription', 'chart');
  section.append(
    walk(container, {
      lens,
      // From the top of the chart to the bottom.
      order: () =>
        [...shown()]
          .flatMap(([number, { ys }]) => {
            const [trial, near] = [study().trials.get(number), lastOf(number)];
            return trial === undefined || near === undefined ? [] : [{ trial, value: ys[near.index] as number }];
          })
          .sort((a, b) => b.value - a.value)
          .map(({ trial }) => trial),
      text: ({ number }) => describe(lastOf(number) as Near),
      came(trial) {
        pointed = trial && lastOf(trial.number);
        const near = pointed;
        if (near === undefined) tooltip.hide();
        else chart.point(pen => tell(near, pen, pen.x(curveOf(near.trial)?.xs[near.index] as number)));
        chart.redrawOver();
      },
      // Left and right move the part of the axis that is shown.
      takes: key => key !== 'ArrowLeft' && key !== 'ArrowRight',
    }),
  );

  const view: View = (next, changed) => {
    model = next;
    const more = curves?.version !== version;
    version = curves?.version ?? -1;
    // The clock alone brings a view, too: then only a range that waits is looked at.
    const waits = curves !== undefined && range.waits(curves);
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
