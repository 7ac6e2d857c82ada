import { count, counted, metric as shortNumber } from '../../../../src/cli/number.js';
import type { Objective } from '../../../../src/tune/events.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { axisScale } from '../../chart/axis-scale.js';
import { chartFont } from '../../chart/fit-text.js';
import { objectivesOf, type ShownObjective, valuesOf } from '../../chart/objective.js';
import { painter } from '../../chart/painter.js';
import { notThere, type Places, placesOn } from '../../chart/places.js';
import { pointAtTrials } from '../../chart/point-at-trials.js';
import { calmRange, robustRange } from '../../chart/range.js';
import { surface } from '../../chart/surface.js';
import { walk } from '../../chart/walk.js';
import { element, setAttribute, setText } from '../../element.js';
import { filterText } from '../../filter.js';
import type { Model, Page, Panel, View } from '../../page.js';
import { isOver, noValueWords } from '../absence-words.js';
import { drawFrame, planeBox } from '../contour/draw-plane.js';
import { dotLook, nearestDot, paintDots } from '../slices/dots.js';
import { type Point, steppedLine } from './dominated-area.js';
import { frontTable } from './front-table.js';
import { type GrowingFront, growingFront } from './growing-front.js';
import { volumeChart } from './volume-chart.js';

/** Trials by two of their objectives, with those that no other one beats. */
export function frontView({ body, tools, note }: Panel, page: Page): View {
  const { lens, link, tooltip, theme } = page;
  let model: Model | undefined;
  let [x, y]: [ShownObjective | undefined, ShownObjective | undefined] = [undefined, undefined];
  let [xs, ys]: [Places | undefined, Places | undefined] = [undefined, undefined];
  let front: GrowingFront | undefined;
  let frontOf: unknown;
  /** Numbers of trials that may still change, or are new to the front. */
  let moving: ReadonlySet<number> = new Set();
  let shown: TrialRecord[] = [];
  let stale = false;
  let settledAt = Number.NEGATIVE_INFINITY;

  const area = element('div', { class: 'front-area', role: 'application' });
  const board = surface(area, 3, {
    resized: () => draw(),
    returned() {
      dots.resume();
      otherDots.resume();
      over();
    },
  });
  const select = (label: string, key: string) => {
    const made = element('select', { 'aria-label': label });
    made.addEventListener('change', () => {
      link.set(key, made.value);
      settle();
    });
    const box = element('label', { class: 'tool-label' }, `${label} `, made);
    tools.append(box);
    return { made, box };
  };
  const [xSelect, ySelect] = [select('Across', 'front.x'), select('Up', 'front.y')];
  const logBox = element('input', { type: 'checkbox' });
  logBox.addEventListener('change', () => {
    link.set('front.scale', logBox.checked ? 'log' : 'linear');
    settle();
  });
  tools.append(element('label', { class: 'tool-label' }, logBox, ' Logarithmic where positive'));
  const table = frontTable(page);
  const volume = volumeChart(theme);
  body.append(element('div', { class: 'front' }, area, volume.element), table.element);
  const dots = painter({ seen: () => board.seen });
  const otherDots = painter({ seen: () => board.seen });
  let offered = '';

  const at = (trial: TrialRecord): { readonly x: number; readonly y: number } | undefined => {
    const [across, up] = [xs?.of(trial) ?? Number.NaN, ys?.of(trial) ?? Number.NaN];
    if (Number.isNaN(across) || Number.isNaN(up) || across === notThere || up === notThere) return undefined;
    const { left, top, width, height } = planeBox(board.width, board.height);
    return { x: left + across * width, y: top + (1 - up) * height };
  };
  const describe = (trial: TrialRecord) =>
    (model === undefined ? [] : objectivesOf(model))
      .map(({ metric, field }) => `${metric} ${shortNumber(field.of(trial) as number | undefined)}`)
      .join(', ') + (front?.has(trial.number) ? ', on the front' : '');
  const said = walk(area, { lens, order: () => table.trials(), text: describe });
  body.append(said);

  const settle = () => {
    const info = model?.study.study;
    if (model === undefined || info === undefined) return;
    settledAt = performance.now();
    stale = false;
    const offers = objectivesOf(model);
    const metrics = offers.map(({ metric }) => metric).join('\n');
    if (metrics !== offered) {
      offered = metrics;
      for (const { made } of [xSelect, ySelect]) {
        made.replaceChildren(...offers.map(({ metric }) => element('option', { value: metric }, metric)));
      }
    }
    const asked = (key: string) => offers.find(({ metric }) => metric === link.get(key));
    x = asked('front.x') ?? offers.find(one => one !== asked('front.y'));
    y = asked('front.y') ?? offers.find(one => one !== x);
    if (y === x) y = offers.find(one => one !== x);
    area.hidden = x === undefined || y === undefined || model.study.trials.size === 0;
    for (const { made, box } of [xSelect, ySelect]) box.hidden = made.options.length < 3;
    if (x === undefined || y === undefined) return setText(note, noValueWords(model, lens));
    [xSelect.made.value, ySelect.made.value] = [x.metric, y.metric];

    const { trials } = model.study;
    const objectives = info.objectives as readonly Objective[];
    if (front === undefined || frontOf !== trials) [front, frontOf] = [growingFront(objectives), trials];
    const live = new Set<number>();
    const { passes } = lens;
    shown = [];
    for (const trial of trials.values()) {
      front.add(trial);
      if (trial.stop === undefined) live.add(trial.number);
      if (passes(trial)) shown.push(trial);
    }
    moving = live;
    const values = [x, y].map(({ field }) => valuesOf(trials.values(), field)) as [number[], number[]];
    const logs = values.map(list => wantsLog(list, link.get('front.scale')));
    logBox.checked = logs.some(Boolean);
    const placesOf = ({ field }: ShownObjective, list: number[], log: boolean, former: Places | undefined) => {
      const same = former?.scale.field.key === field.key && former.scale.log === log ? former.scale : undefined;
      const next = axisScale(field, { range: calmRange(same, robustRange(list, log), log), log });
      return former?.scale.key === next.key && former.scale.field === field ? former : placesOn(next);
    };
    xs = placesOf(x, values[0], logs[0] as boolean, xs);
    ys = placesOf(y, values[1], logs[1] as boolean, ys);
    table.show(objectives, offers, front.trials(), trials.size);
    const [goodX, goodY] = [x, y].map(({ direction }) => direction);
    const placed = [...trials.values()].filter(({ state }) => state === 'complete');
    volume.show(placed, [
      { places: xs, lessIsBetter: goodX === 'minimize' },
      { places: ys, lessIsBetter: goodY === 'minimize' },
    ]);
    draw();
    describeAll();
  };

  const draw = () => {
    if (xs === undefined || ys === undefined || board.width === 0) return;
    const [xScale, yScale] = [xs.scale, ys.scale];
    const settled = shown.filter(({ number }) => !moving.has(number));
    // All that are over, as those that pass the filter are drawn on top of themselves.
    const others = lens.dims ? [...(model?.study.trials.values() ?? [])].filter(({ stop }) => stop !== undefined) : [];
    const { width, height, ratio } = board;
    const { surface: ground, complete, pruned, pale } = theme();
    const key = [model?.identity, xScale.key, yScale.key, ground, width, height, ratio].join(' ');
    const lookOf = (count: number) => {
      const look = dotLook(count);
      return { ...look, alpha: 0.85 * look.alpha };
    };
    const look = lookOf(settled.length);
    const paleLook = lookOf(others.length);
    otherDots.paint(
      `${key} ${paleLook.size} ${lens.dims}`,
      others,
      () => drawFrame(board.clear(0), planeBox(width, height), xScale, yScale, theme()),
      some => paintDots(board.pen(0), some, at, () => pale, paleLook),
    );
    dots.paint(
      `${key} ${look.size} ${filterText(lens.filter)}`,
      settled,
      () => board.clear(1),
      some => paintDots(board.pen(1), some, at, trial => (trial.state === 'complete' ? complete : pruned), look),
    );
    over();
  };

  /** The front, running trials, what is looked at, and where it is better. */
  const over = () => {
    if (x === undefined || y === undefined || xs === undefined || ys === undefined || model === undefined) return;
    const ctx = board.clear(2);
    const colors = theme();
    const box = planeBox(board.width, board.height);
    const ring = (trial: TrialRecord, color: string, radius: number) => {
      const place = at(trial);
      if (place === undefined) return;
      ctx.beginPath();
      ctx.arc(place.x, place.y, radius, 0, 2 * Math.PI);
      ctx.fillStyle = color;
      ctx.strokeStyle = colors.surface;
      ctx.lineWidth = 1.5;
      ctx.fill();
      ctx.stroke();
    };
    const [signX, signY] = [x, y].map(({ direction }) => (direction === 'minimize' ? 1 : -1)) as [number, number];
    const onFront = (front?.trials() ?? []).filter(trial => lens.passes(trial));
    // On the canvas less is up, so the vertical direction is the other way round.
    const points = onFront.flatMap((trial): Point[] => {
      const place = at(trial);
      return place === undefined ? [] : [[signX * place.x, -signY * place.y]];
    });
    ctx.strokeStyle = colors.best;
    ctx.lineWidth = 1.75;
    ctx.beginPath();
    for (const [i, [left, top]] of steppedLine(points).entries()) {
      if (i === 0) ctx.moveTo(signX * left, -signY * top);
      else ctx.lineTo(signX * left, -signY * top);
    }
    ctx.stroke();
    for (const number of moving) {
      const trial = model.study.trials.get(number);
      if (trial === undefined || !lens.draws(trial)) continue;
      ring(trial, lens.passes(trial) ? (colors.hues[0] as string) : colors.pale, 3);
    }
    for (const trial of onFront) ring(trial, colors.best, 4.5);
    for (const number of new Set([...lens.selected, ...(lens.trial === undefined ? [] : [lens.trial])])) {
      const trial = model.study.trials.get(number);
      if (trial !== undefined && lens.draws(trial))
        ring(trial, colors.hues[1] as string, number === lens.trial ? 6.5 : 5);
    }
    drawBetter(ctx, box, [signX > 0, signY > 0], colors.best);
  };

  const describeAll = () => {
    if (model === undefined || x === undefined || y === undefined) return;
    const onFront = front?.trials().length ?? 0;
    const complete = model.study.counts.complete;
    setAttribute(body, 'data-front', (front?.trials() ?? []).map(({ number }) => number).join(','));
    setAttribute(
      area,
      'aria-label',
      `${y.metric} against ${x.metric}: ${count(shown.length)} trials, of which ${count(onFront)} are on the Pareto front. ${directionOf(x)}, ${directionOf(y)}. Arrow keys go along the front.`,
    );
    const many = (model.study.study?.objectives?.length ?? 0) > 2;
    setText(
      note,
      complete === 0
        ? `${isOver(model) ? 'No trial was completed' : 'No trial is complete yet'}: only complete ones can be on the front.`
        : `${counted(onFront, 'trial')} of ${count(complete)} complete ones ${onFront === 1 ? 'is' : 'are'} beaten by no other one.${many ? ' The line is the front of these two objectives alone.' : ''}`,
    );
  };

  pointAtTrials(area, {
    lens,
    tooltip,
    describe,
    find: spot =>
      nearestDot(front?.trials().filter(trial => lens.passes(trial)) ?? [], at, spot, 9) ?? nearestDot(shown, at, spot),
  });
  lens.onChange(change => {
    if (change !== 'filter' && !body.closest('[hidden]')) over();
  });

  return (next, changed) => {
    model = next;
    if (changed === 'all') return settle();
    stale ||= changed.size > 0;
    if (stale && performance.now() - settledAt > 1000) return settle();
    if (changed.size === 0) return;
    moving = new Set([...moving, ...changed]);
    over();
  };
}

function directionOf({ metric, direction }: ShownObjective): string {
  return `${direction === 'minimize' ? 'less' : 'more'} ${metric} is better`;
}

function wantsLog(values: readonly number[], asked: string | undefined): boolean {
  if (values.length === 0 || values.some(value => value <= 0)) return false;
  if (asked === 'log' || asked === 'linear') return asked === 'log';
  return robustRange(values, true).high / robustRange(values, true).low > 30;
}

/** Marks the corner where both are better. */
function drawBetter(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: ReturnType<typeof planeBox>,
  [leftwards, downwards]: readonly [boolean, boolean],
  color: string,
): void {
  const [x, y] = [leftwards ? left : left + width, downwards ? top + height : top];
  const [dx, dy] = [leftwards ? 1 : -1, downwards ? -1 : 1];
  ctx.strokeStyle = color;
  ctx.lineWidth = 3;
  ctx.beginPath();
  ctx.moveTo(x + 26 * dx, y);
  ctx.lineTo(x, y);
  ctx.lineTo(x, y + 26 * dy);
  ctx.stroke();
  ctx.font = chartFont(12, 600);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'alphabetic';
  ctx.fillStyle = color;
  ctx.fillText(`${downwards ? (leftwards ? '↙' : '↘') : leftwards ? '↖' : '↗'} better`, left + width, 13);
}
