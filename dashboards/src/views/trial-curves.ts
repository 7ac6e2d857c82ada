import { metric as shortNumber } from '../../../src/cli/number.js';
import type { StudyInfo } from '../../../src/tune/events.js';
import { type Board, board } from '../chart/board.js';
import type { Curve } from '../chart/curves-data.js';
import { metricGroups } from '../chart/metric-groups.js';
import { element, setAttribute, setText } from '../element.js';
import type { Page, Panel, TrialDetail, View } from '../page.js';
import { noEpochWords } from './absence-words.js';
import { segments } from './segments.js';
import { drawSmallChart, epochAt, rangeOf, type SmallChart } from './trial-curves-draw.js';
import { epochCursor } from './trial-epoch.js';
import { absent, type LookedAt, lookedAt, novelty } from './trial-looked-at.js';

interface Small {
  readonly names: readonly string[];
  readonly figure: HTMLElement;
  readonly values: readonly HTMLElement[];
  readonly board: Board;
  chart: SmallChart | undefined;
}

/** All metrics of a trial by epoch, a small chart for each, and the epoch that the panels of its page look at. */
export function trialCurvesView({ body: container, tools, note }: Panel, page: Page): View {
  const { link, theme } = page;
  const cursor = epochCursor(page);
  const isNew = novelty();
  let at: LookedAt | undefined;
  let info: StudyInfo | undefined;
  let charts: readonly Small[] = [];
  let shownNames = '';

  const scale = segments('trial-scale', 'Scale', { linear: 'Linear', log: 'Log' }, value => {
    link.set('trial.log', value === 'log' ? '1' : undefined);
    draw();
  });
  const slider = element('input', { type: 'range', min: '1', step: '1', 'aria-label': 'Epoch' });
  slider.addEventListener('input', () => cursor.choose(Number(slider.value)));
  const said = element('output', {});
  const back = element('button', { type: 'button', class: 'way' }, 'Best epoch');
  back.addEventListener('click', () => cursor.choose(undefined));
  tools.append(element('label', { class: 'epoch-tool' }, slider, said), back, scale.element);
  const grid = element('div', { class: 'small-charts' });
  container.append(grid);

  const last = () => Math.max(1, at?.trial.epochs ?? 1);
  const shownEpoch = () => {
    const epoch = cursor.hovered ?? cursor.chosen ?? at?.trial.bestEpoch;
    // A link may ask for more than there is.
    return epoch === undefined ? undefined : Math.min(epoch, last());
  };

  const make = (names: readonly string[]): Small => {
    const values = names.map(() => element('b', {}));
    const caption = element(
      'figcaption',
      {},
      ...names.flatMap((name, i) => [
        element('span', { class: `swatch-line swatch-line-${i}`, 'aria-hidden': 'true' }),
        element('span', { class: 'metric-name' }, name),
        values[i] as HTMLElement,
      ]),
    );
    const figure = element('figure', { class: 'small-chart' }, caption);
    const made: Small = {
      names,
      figure,
      values,
      chart: undefined,
      board: board(figure, {
        height: () => 132,
        draw(ctx, width, height) {
          if (made.chart !== undefined) drawSmallChart(ctx, made.chart, width, height, theme());
        },
        point: place => cursor.hover(place && epochAt(place.x, made.board.box.clientWidth, last())),
        click: place => cursor.choose(epochAt(place.x, made.board.box.clientWidth, last())),
      }),
    };
    return made;
  };

  const draw = () => {
    if (at?.detail === undefined || info === undefined) return;
    const { trial, detail } = at;
    const names = metricNames(detail);
    const groups = metricGroups(names, info.objectives ?? [info.objective]);
    const key = JSON.stringify(groups);
    if (key !== shownNames) {
      shownNames = key;
      charts = groups.map(make);
      grid.replaceChildren(...charts.map(({ figure }) => figure));
    }
    const log = link.get('trial.log') === '1';
    scale.set(log ? 'log' : 'linear');
    const colors = [theme().hues[0] as string, theme().complete];
    for (const small of charts) {
      const curves = small.names.map((name, i) => ({ name, curve: curveOf(detail, name), color: colors[i] as string }));
      const goal = small.names.includes(info.objective.metric);
      small.chart = { curves, last: last(), log, best: trial.bestEpoch, shown: shownEpoch(), stop: trial.stop };
      setAttribute(
        small.board.box,
        'aria-label',
        curves.map(each => curveWords(each, goal ? trial.bestEpoch : undefined)).join('; '),
      );
      small.board.redraw();
    }
    const beyond = charts.some(({ chart }) => chart !== undefined && rangeOf(chart).beyond);
    setText(
      note,
      charts.length === 0 ? noEpochWords(at.trial) : beyond ? 'Some values lie beyond the shown range.' : '',
    );
    drawCursor();
  };
  const drawCursor = () => {
    if (at?.detail === undefined) return;
    const epoch = shownEpoch();
    const best = at.trial.bestEpoch;
    slider.max = String(last());
    slider.value = String(epoch ?? last());
    const text = epoch === undefined ? 'no epoch' : `epoch ${epoch}${epoch === best ? ', the best' : ` of ${last()}`}`;
    setText(said, text);
    setAttribute(slider, 'aria-valuetext', text);
    back.disabled = cursor.chosen === undefined || best === undefined;
    for (const small of charts) {
      if (small.chart === undefined) continue;
      small.chart = { ...small.chart, shown: epoch };
      small.board.redraw();
      for (const [i, { curve }] of small.chart.curves.entries()) {
        const value = curve.ys[epoch === undefined ? -1 : curve.xs.indexOf(epoch)];
        setText(small.values[i] as HTMLElement, value === undefined ? '–' : shortNumber(value));
      }
    }
  };
  cursor.onChange(drawCursor);

  return (model, changed) => {
    at = lookedAt(model, page);
    info = model.study.study;
    if (!isNew(at, changed)) return;
    const count = at?.detail?.reports.length;
    if (count === undefined || count === 0) {
      shownNames = '';
      charts = [];
      const waits = at === undefined && model.caughtUp;
      grid.replaceChildren(...(count === undefined && !waits ? [absent(at, 3)] : []));
    }
    if (count === undefined) setText(note, '');
    tools.hidden = count === undefined || count === 0;
    draw();
  };
}

function metricNames({ reports }: TrialDetail): string[] {
  const names = new Set<string>();
  for (const { metrics } of reports) for (const name of Object.keys(metrics)) names.add(name);
  return [...names];
}

function curveOf({ reports }: TrialDetail, name: string): Curve {
  const ys = reports.map(({ metrics }) => {
    const value: unknown = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
    return typeof value === 'number' ? value : Number.NaN;
  });
  return { xs: reports.map(({ epoch }) => epoch), ys };
}

function curveWords(
  { name, curve }: { readonly name: string; readonly curve: Curve },
  best: number | undefined,
): string {
  const finite = [...curve.ys].filter(Number.isFinite);
  if (finite.length === 0) return `${name}: no numbers`;
  const at = best === undefined ? undefined : curve.ys[curve.xs.indexOf(best)];
  const shown = at === undefined ? '' : `, ${shortNumber(at)} at the best epoch ${best}`;
  return `${name} by epoch: from ${shortNumber(finite[0])} to ${shortNumber(finite.at(-1))}${shown}`;
}
