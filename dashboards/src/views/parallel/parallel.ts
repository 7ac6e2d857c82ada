import { count, metric as shortNumber } from '../../../../src/cli/number.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { type AxisScale, axisScale } from '../../chart/axis-scale.js';
import { brushedParts, wantedBetween } from '../../chart/brush-range.js';
import { chartFont, haloText } from '../../chart/fit-text.js';
import {
  askedScale,
  chosenObjective,
  type ObjectiveScale,
  objectiveScale,
  objectivesOf,
  type ShownObjective,
  valuesOf,
} from '../../chart/objective.js';
import { objectiveTools } from '../../chart/objective-tools.js';
import { type Painter, painter } from '../../chart/painter.js';
import { type Places, placesOn } from '../../chart/places.js';
import { isDark, ramp, rampIndex } from '../../chart/ramp.js';
import { rampLegend } from '../../chart/ramp-legend.js';
import { calmRange, robustRange } from '../../chart/range.js';
import { surface } from '../../chart/surface.js';
import { walk } from '../../chart/walk.js';
import { element, setAttribute, setText } from '../../element.js';
import type { Field } from '../../fields.js';
import { filterText } from '../../filter.js';
import type { Model, Page, Panel, View } from '../../page.js';
import { axisEditor } from './axis-editor.js';
import { axisMenu } from './axis-menu.js';
import { defaultAxes, keysText, moved, parseKeys, possibleAxes, toggled } from './axis-order.js';
import { axisAt, brush } from './brush.js';
import { type DrawnAxis, drawAxes, drawLine } from './draw-axes.js';
import { type AxesGeometry, axesGeometry, distanceFrom, heightOf, leastWidth, segmentAt } from './geometry.js';
import { handles } from './handles.js';

/** The layers, from the lowest: what the filter leaves out, finished trials, what moves or is looked at, the axes. */
const [context, finishedLayer, liveLayer, axesLayer] = [0, 1, 2, 3] as const;
const reach = 24;

/** Every trial as a line through its hyperparameters and what came of them. */
export function parallelView({ body, tools, note }: Panel, page: Page): View {
  const { lens, link, tooltip, theme } = page;
  let model: Model | undefined;
  let objective: ShownObjective | undefined;
  let scale: ObjectiveScale | undefined;
  let axes: readonly string[] = [];
  let inverted: ReadonlySet<string> = new Set();
  let chosen: string | undefined;
  let geometry: AxesGeometry = axesGeometry(0, 0, 0, false);
  const places = new Map<string, Places>();
  let drawn: readonly Places[] = [];
  let previewed: { readonly axis: number; readonly part: readonly [number, number] } | undefined;
  /** The finished trials that the filter lets through, and the trials that changed since all was last looked at, or may change. */
  let shown: TrialRecord[] = [];
  const live = new Set<number>();
  let picture = '';
  /** The more there are, the lighter each: ten are lines, a thousand are a texture. */
  let alphas = { best: 1, worst: 1 };
  let stale = false;
  let settledAt = Number.NEGATIVE_INFINITY;

  const hint = element('p', { id: 'parallel-hint', hidden: true });
  hint.textContent = 'Left and right arrow keys move the axis; Enter shows its settings.';
  const heads = element('div', { class: 'axis-handles', role: 'group', 'aria-label': 'Axes' });
  const area = element('div', { class: 'parallel-area', role: 'application' });
  const strips = element('div', { class: 'axis-strips' });
  const inner = element('div', { class: 'parallel-inner' }, heads, area);
  const board = surface(area, 4, () => settle());
  area.append(strips);
  const scroll = element('div', { class: 'parallel-scroll' }, inner);
  const lines: Painter = painter(() => setAttribute(body, 'data-drawn', String(lines.painted)));
  const contextLines = painter();

  const keep = (next: readonly string[]) => {
    const info = model?.study.study;
    if (model === undefined || info === undefined) return;
    const text = keysText(next);
    link.set('parallel.order', text === keysText(defaultAxes(info, model.fields)) ? undefined : text);
    settle();
  };
  const move = (key: string, to: number) => keep(moved(axes, key, to));
  const toggle = (key: string) =>
    keep(
      toggled(
        axes,
        key,
        possibleAxes(model?.fields ?? []).map(one => one.key),
      ),
    );
  const invert = (key: string) => {
    const next = inverted.has(key) ? [...inverted].filter(one => one !== key) : [...inverted, key];
    link.set('parallel.inverted', keysText(next) || undefined);
    settle();
  };
  const menu = axisMenu(tools, toggle, () => {
    link.set('parallel.inverted', undefined);
    link.set('parallel.order', undefined);
    settle();
  });
  const settings = objectiveTools(tools, 'parallel', page);
  const legend = rampLegend(16);
  const editor = axisEditor(lens, { move, invert, hide: toggle });
  const heading = handles(heads, {
    move,
    choose(key) {
      chosen = key === chosen ? undefined : key;
      settle();
    },
    hint: hint.id,
  });
  const said = walk(area, {
    lens,
    order: () => [...shown, ...liveTrials()].sort((a, b) => goodnessOf(b) - goodnessOf(a) || a.number - b.number),
    text: describe,
  });
  body.append(legend.element, scroll, said, hint, editor.element);

  function describe(trial: TrialRecord): string {
    const value = objective?.field.of(trial);
    return `${objective?.metric ?? 'value'} ${typeof value === 'number' ? shortNumber(value) : 'not known'}`;
  }
  function goodnessOf(trial: TrialRecord): number {
    const value = objective?.field.of(trial);
    return typeof value === 'number' && scale !== undefined ? scale.goodness(value) : -1;
  }
  function liveTrials(): TrialRecord[] {
    return [...live].flatMap(number => {
      const trial = model?.study.trials.get(number);
      return trial !== undefined && lens.passes(trial) ? [trial] : [];
    });
  }
  const colorOf = (goodness: number) =>
    goodness < 0 ? theme().pruned : (ramp(isDark(theme().surface)).colors[rampIndex(goodness)] as string);
  const heightsOf = (trial: TrialRecord) =>
    drawn.map(place => heightOf(place.of(trial), inverted.has(place.scale.field.key), geometry));

  const scaleOf = (field: Field): AxisScale => {
    const { study } = model as Model;
    const info = study.study?.space.find(({ name }) => field.key === `hparam ${name}`);
    if (info !== undefined || field.kind === 'category') return axisScale(field, { info });
    if (field.key === objective?.field.key && scale !== undefined) {
      return axisScale(field, { range: scale.range, log: scale.log });
    }
    if (field.key === 'number') {
      return axisScale(field, { range: { low: 0, high: 2 ** Math.ceil(Math.log2(Math.max(2, study.trials.size))) } });
    }
    const former = places.get(field.key)?.scale;
    return axisScale(field, {
      range: calmRange(former, robustRange(valuesOf(study.trials.values(), field), false), false),
    });
  };

  /** Looks at everything anew: which axes, which ranges, what passes the filter. */
  function settle(): void {
    const info = model?.study.study;
    if (model === undefined || info === undefined) return;
    settledAt = performance.now();
    stale = false;
    const { trials } = model.study;
    const possible = possibleAxes(model.fields);
    const known = new Set(possible.map(({ key }) => key));
    const asked = parseKeys(link.get('parallel.order')).filter(key => known.has(key));
    axes = asked.length >= 2 ? asked : defaultAxes(info, model.fields);
    inverted = new Set(parseKeys(link.get('parallel.inverted')));
    if (chosen !== undefined && !axes.includes(chosen)) chosen = undefined;

    const former = objective;
    objective = chosenObjective(model, link);
    if (objective !== undefined) {
      const next = objectiveScale(valuesOf(trials.values(), objective.field), objective.direction, askedScale(link));
      const same = former?.metric === objective.metric && scale?.log === next.log;
      const kept = same && scale !== undefined && calmRange(scale.range, next.range, next.log) === scale.range;
      if (!kept) scale = next;
    }
    settings.show(model, scale?.log ?? false);

    drawn = axes.map(key => {
      const next = scaleOf(possible.find(one => one.key === key) as Field);
      const found = places.get(key);
      if (found?.scale.key === next.key && found.scale.field === next.field) return found;
      const made = placesOn(next);
      places.set(key, made);
      return made;
    });
    inner.style.minWidth = `${leastWidth(axes.length)}px`;
    const rails = drawn.some(place => place.scale.field.condition !== undefined);
    geometry = axesGeometry(axes.length, board.width, board.height, rails);
    placeStrips();

    live.clear();
    const finished: TrialRecord[] = [];
    for (const trial of trials.values()) {
      if (trial.stop === undefined) live.add(trial.number);
      else finished.push(trial);
    }
    const where = filterText(lens.filter);
    shown = where === '' ? finished : finished.filter(trial => lens.passes(trial));
    const size = 2 ** Math.ceil(Math.log2(Math.max(1, shown.length)));
    const frame = [
      model.identity,
      ...drawn.map(place => place.scale.key),
      ...[...inverted],
      ...[board.width, board.height, board.ratio, theme().surface],
    ].join(' ');
    const next = [frame, where, objective?.metric, scale?.range.low, scale?.range.high, scale?.log, size].join(' ');
    // Better ones are painted later, and so lie on top.
    const order = next === picture ? shown : byGoodness(shown);
    picture = next;
    alphas = { best: Math.min(0.95, 0.12 + 5 / Math.sqrt(size)), worst: Math.min(0.75, 0.04 + 2.4 / Math.sqrt(size)) };
    lines.paint(picture, order, () => board.clear(finishedLayer), drawFinished);
    contextLines.paint(
      `${frame} ${where === ''}`,
      where === '' ? [] : finished,
      () => board.clear(context),
      trial => {
        const ctx = board.pen(context);
        ctx.strokeStyle = theme().grid;
        ctx.globalAlpha = Math.min(1, 0.15 + 4 / Math.sqrt(size));
        ctx.lineWidth = 1;
        drawLine(ctx, geometry.xs, heightsOf(trial));
      },
    );
    menu.show(possible, axes);
    const place = axes.indexOf(chosen ?? '');
    const own = drawn[place];
    editor.show(own && { scale: own.scale, inverted: inverted.has(axes[place] as string), place, count: axes.length });
    drawHeads();
    drawLive();
    describeAll();
  }

  function drawFinished(trial: TrialRecord): void {
    const goodness = goodnessOf(trial);
    const ctx = board.pen(finishedLayer);
    ctx.globalAlpha = alphas.worst + (alphas.best - alphas.worst) * Math.max(0, goodness) ** 2;
    ctx.strokeStyle = colorOf(goodness);
    ctx.lineWidth = 1.25;
    drawLine(ctx, geometry.xs, heightsOf(trial));
  }

  function byGoodness(trials: readonly TrialRecord[]): TrialRecord[] {
    return trials
      .map(trial => ({ trial, goodness: goodnessOf(trial) }))
      .sort((a, b) => a.goodness - b.goodness)
      .map(({ trial }) => trial);
  }

  function placeStrips(): void {
    while (strips.children.length < geometry.xs.length) strips.append(element('i', {}));
    while (strips.children.length > geometry.xs.length) strips.lastChild?.remove();
    for (const [i, x] of geometry.xs.entries()) (strips.children[i] as HTMLElement).style.left = `${x - 12}px`;
  }

  const partsOf = (place: Places, axis: number) => {
    const { key } = place.scale.field;
    if (previewed?.axis === axis) return [previewed.part];
    return brushedParts(place.scale, Object.hasOwn(lens.filter, key) ? lens.filter[key] : undefined);
  };

  function drawHeads(): void {
    const directions = new Map(
      (model === undefined ? [] : objectivesOf(model)).map(({ field, direction }) => [field.key, direction]),
    );
    heading.show(
      drawn.map((place, i) => {
        const { key, title } = place.scale.field;
        const direction = directions.get(key);
        const better = direction && `, ${direction === 'minimize' ? 'less' : 'more'} is better`;
        const ranged = partsOf(place, i).length > 0 ? ', filtered' : '';
        const log = place.scale.log ? ', logarithmic' : '';
        const down = (direction === 'minimize') !== inverted.has(key);
        return {
          key,
          title,
          about: `${log}${better ?? ''}${inverted.has(key) ? ', inverted' : ''}${ranged}`,
          mark: direction !== undefined ? `better ${down ? '↓' : '↑'}` : place.scale.log ? 'log' : '',
        };
      }),
      geometry,
      chosen,
    );
    const list = drawn.map((place, i): DrawnAxis => {
      const { field } = place.scale;
      return {
        scale: place.scale,
        inverted: inverted.has(field.key),
        conditional: field.condition !== undefined,
        parts: partsOf(place, i),
        active: field.key === chosen,
      };
    });
    drawAxes(board.clear(axesLayer), list, geometry, theme());
  }

  /** Draws what changes often: running trials, and those that are looked at. */
  function drawLive(): void {
    const ctx = board.clear(liveLayer);
    const trials = model?.study.trials;
    const looked = [...lens.selected, ...(lens.trial === undefined ? [] : [lens.trial])].flatMap(
      number => trials?.get(number) ?? [],
    );
    const fades = looked.length > 0;
    board.fade(finishedLayer, fades ? 0.28 : 1);
    board.fade(context, fades ? 0.5 : 1);
    const running = liveTrials();
    for (const trial of running) {
      ctx.globalAlpha = fades ? 0.3 : trial.state === 'running' ? 1 : 0.5;
      ctx.strokeStyle = colorOf(goodnessOf(trial));
      ctx.lineWidth = 1.75;
      ctx.setLineDash(trial.stop === undefined ? [6, 3] : []);
      drawLine(ctx, geometry.xs, heightsOf(trial));
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    for (const trial of looked) {
      const ys = heightsOf(trial);
      ctx.strokeStyle = theme().surface;
      ctx.lineWidth = 6;
      drawLine(ctx, geometry.xs, ys);
      ctx.strokeStyle = colorOf(goodnessOf(trial));
      ctx.lineWidth = trial.number === lens.trial ? 3 : 2.25;
      drawLine(ctx, geometry.xs, ys);
      const last = ys.findLastIndex(y => !Number.isNaN(y));
      if (last < 0) continue;
      ctx.font = chartFont(11, 600);
      ctx.textAlign = 'left';
      ctx.textBaseline = 'middle';
      ctx.fillStyle = theme().ink;
      haloText(ctx, `#${trial.number}`, (geometry.xs[last] as number) + 6, ys[last] as number, theme().surface);
    }
  }

  function describeAll(): void {
    if (model === undefined) return;
    const { trials, best } = model.study;
    const all = trials.size;
    const passing = shown.length + liveTrials().length;
    setAttribute(body, 'data-trials', String(passing));
    const leader = best === undefined ? '' : ` The best is #${best.trial}.`;
    const some = passing === all ? '' : ` of ${count(all)}`;
    setAttribute(
      area,
      'aria-label',
      `Parallel coordinates: ${count(passing)}${some} trials as lines over ${axes.length} axes, coloured by ${objective?.metric ?? 'value'}.${leader} Arrow keys go through the trials, the best first.`,
    );
    if (objective !== undefined && scale !== undefined) legend.show(objective, scale, theme());
    legend.element.hidden = objective === undefined || all === 0;
    setText(
      note,
      all === 0
        ? 'No trial has been started yet.'
        : passing === all
          ? ''
          : `${count(passing)} of ${count(all)} trials pass the filter; the others are the pale lines.`,
    );
  }

  let point: { readonly x: number; readonly y: number } | undefined;
  const nearest = (at: { readonly x: number; readonly y: number }): TrialRecord | undefined => {
    const segment = segmentAt(at.x, geometry);
    const [left, right] = [drawn[segment], drawn[segment + 1]];
    if (left === undefined || right === undefined) return undefined;
    const [turned, turnedNext] = [left, right].map(place => inverted.has(place.scale.field.key)) as [boolean, boolean];
    let found: TrialRecord | undefined;
    let distance = reach;
    const look = (trial: TrialRecord) => {
      const from = heightOf(left.of(trial), turned, geometry);
      const to = heightOf(right.of(trial), turnedNext, geometry);
      const own = distanceFrom(from, to, segment, geometry, at);
      if (own < distance || (own === distance && found !== undefined && goodnessOf(trial) > goodnessOf(found))) {
        [found, distance] = [trial, own];
      }
    };
    for (const trial of shown) look(trial);
    for (const trial of liveTrials()) look(trial);
    return found;
  };

  let saidAt = Number.NEGATIVE_INFINITY;
  const want = (axis: number, part: readonly [number, number] | undefined) => {
    const own = drawn[axis]?.scale;
    if (own !== undefined) lens.want(own.field.key, part && wantedBetween(own, part[0], part[1]));
  };
  const brushing = brush(area, {
    geometry: () => geometry,
    inverted: axis => inverted.has(axes[axis] as string),
    part(axis) {
      const parts = partsOf(drawn[axis] as Places, axis);
      return parts.length === 1 ? parts[0] : undefined;
    },
    preview(axis, part) {
      previewed = part && { axis, part };
      // The other views follow, but not at every pixel.
      if (part !== undefined && performance.now() - saidAt > 250) {
        saidAt = performance.now();
        want(axis, part);
      }
      drawHeads();
    },
    done: want,
  });
  area.addEventListener('pointermove', event => {
    const edge = area.getBoundingClientRect();
    point = { x: event.clientX - edge.left, y: event.clientY - edge.top };
    area.toggleAttribute('data-axis', axisAt(point.x, geometry) !== undefined);
    const trial = brushing() ? undefined : nearest(point);
    lens.hover(trial?.number);
    if (trial === undefined) tooltip.hide();
    else tooltip.show(trial, describe(trial), { x: event.clientX, y: event.clientY });
  });
  area.addEventListener('pointerleave', () => {
    point = undefined;
    lens.hover(undefined);
    tooltip.hide();
  });
  area.addEventListener('click', event => {
    if (point === undefined || axisAt(point.x, geometry) !== undefined) return;
    const trial = nearest(point);
    if (trial === undefined) return;
    if (event.shiftKey) lens.toggle(trial.number);
    else lens.pin(trial.number);
  });
  lens.onChange(change => {
    if (change !== 'filter' && !body.closest('[hidden]')) drawLive();
  });

  return (next, changed) => {
    model = next;
    if (next.study.study === undefined) return setText(note, 'The study has not begun.');
    if (changed === 'all' || axes.length === 0) return settle();
    for (const number of changed) live.add(number);
    stale ||= changed.size > 0;
    // Ranges follow the values, and finished trials go where they stay, but need not do so at every frame.
    if (stale && performance.now() - settledAt > 1000) return settle();
    if (changed.size === 0) return;
    drawLive();
    describeAll();
  };
}
