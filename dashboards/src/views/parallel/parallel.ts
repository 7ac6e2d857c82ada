import { count, metric as shortNumber } from '../../../../src/cli/number.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { brushedParts, wantedBetween } from '../../chart/brush-range.js';
import { objectivesOf } from '../../chart/objective.js';
import { objectiveTools } from '../../chart/objective-tools.js';
import type { Places } from '../../chart/places.js';
import { rampLegend } from '../../chart/ramp-legend.js';
import { walk } from '../../chart/walk.js';
import { element, setAttribute, setText } from '../../element.js';
import { lackingIn, lackingOnly } from '../../filter.js';
import type { Model, Page, Panel, View } from '../../page.js';
import { noTrialWords, railWords } from '../absence-words.js';
import { axisEditor } from './axis-editor.js';
import { axisMenu } from './axis-menu.js';
import { defaultAxes, keysText, moved, toggled } from './axis-order.js';
import { axisAt, brush, isBeneath } from './brush.js';
import type { DrawnAxis } from './draw-axes.js';
import { type Frame, frameOf, goodnessOf } from './frame.js';
import { distanceFrom, heightOf, leastWidth, segmentAt } from './geometry.js';
import { handles } from './handles.js';
import { picture } from './picture.js';

const reach = 24;
/** Milliseconds after which ranges and layers follow the trials, and after which the other views follow a brush. */
const [settling, following] = [1000, 250];
/** With so many trials the other views follow a brush only once it is let go. */
const many = 3000;

/** Every trial as a line through its hyperparameters and what came of them. */
export function parallelView({ body, tools, note }: Panel, page: Page): View {
  const { lens, link, tooltip, theme } = page;
  let model: Model | undefined;
  let frame: Frame | undefined;
  let chosen: string | undefined;
  let previewed: { readonly axis: number; readonly part: readonly [number, number] } | undefined;
  /** Numbers of the trials that changed since everything was last looked at, or may change. */
  let live = new Set<number>();
  let stale = false;
  let settledAt = Number.NEGATIVE_INFINITY;

  const hint = element('p', { id: 'parallel-hint', hidden: true });
  hint.textContent = 'Left and right arrow keys move the axis; Enter shows its settings.';
  const heads = element('div', { class: 'axis-handles', role: 'group', 'aria-label': 'Axes' });
  const area = element('div', { class: 'parallel-area', role: 'application' });
  // A finger brushes on the axes themselves, and scrolls the page elsewhere.
  const strips = element('div', { class: 'axis-strips' });
  const inner = element('div', { class: 'parallel-inner' }, heads, area);
  const drawing = picture(area, theme, {
    resized: () => place(),
    returned: () => drawLive(),
    painted: lines => setAttribute(body, 'data-drawn', String(lines)),
  });
  area.append(strips);

  const keep = (next: readonly string[]) => {
    const info = model?.study.study;
    if (model === undefined || info === undefined) return;
    const text = keysText(next);
    link.set('parallel.order', text === keysText(defaultAxes(info, model.fields)) ? undefined : text);
    settle();
  };
  const move = (key: string, to: number) => frame && keep(moved(frame.axes, key, to));
  const toggle = (key: string) => {
    const possible = frame?.possible.map(field => field.key) ?? [];
    if (frame !== undefined) keep(toggled(frame.axes, key, possible));
  };
  const isInverted = (key: string | undefined) => frame?.inverted.has(key ?? '') ?? false;
  const invert = (key: string) => {
    const others = [...(frame?.inverted ?? [])].filter(one => one !== key);
    link.set('parallel.inverted', keysText(isInverted(key) ? others : [...others, key]) || undefined);
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
  const goodness = (trial: TrialRecord) => goodnessOf(trial, frame?.objective);
  const describe = (trial: TrialRecord) => {
    const value = frame?.objective?.field.of(trial);
    return `${frame?.objective?.metric ?? 'value'} ${typeof value === 'number' ? shortNumber(value) : 'not known'}`;
  };
  const liveTrials = (wanted = lens.passes) =>
    [...live].flatMap(number => {
      const trial = model?.study.trials.get(number);
      return trial !== undefined && wanted(trial) ? [trial] : [];
    });
  const said = walk(area, {
    lens,
    order: () => [...(frame?.shown ?? []), ...liveTrials()].sort((a, b) => goodness(b) - goodness(a)),
    text: describe,
  });
  body.append(legend.element, element('div', { class: 'parallel-scroll' }, inner), said, hint, editor.element);

  /** Looks at everything anew: which axes, which ranges, what passes the filter. */
  function settle(): void {
    frame = model && frameOf(model, link, lens, frame);
    if (model === undefined || frame === undefined) return;
    settledAt = performance.now();
    stale = false;
    live = new Set(frame.live);
    const { axes, places, possible, objective, inverted } = frame;
    inner.style.minWidth = `${leastWidth(axes.length)}px`;
    settings.show(model, objective?.scale.log ?? false);
    menu.show(possible, axes);
    const index = axes.indexOf(chosen ?? '');
    if (index < 0) chosen = undefined;
    const scale = places[index]?.scale;
    editor.show(scale && { scale, inverted: inverted.has(scale.field.key), place: index, count: axes.length });
    if (objective !== undefined) legend.show(objective, theme());
    legend.element.hidden = !objective?.known;
    body.hidden = tools.hidden = model.study.trials.size === 0;
    place();
    describeAll();
  }

  /** Puts the picture into the room that there is. */
  function place(): void {
    if (frame === undefined) return;
    drawing.settle(frame);
    const { xs } = drawing.geometry;
    while (strips.children.length < xs.length) strips.append(element('i', {}));
    while (strips.children.length > xs.length) strips.lastChild?.remove();
    for (const [i, x] of xs.entries()) (strips.children[i] as HTMLElement).style.left = `${x - 12}px`;
    drawAxes();
    drawLive();
  }

  const wantedOf = (key: string) => (Object.hasOwn(lens.filter, key) ? lens.filter[key] : undefined);
  const partsOf = ({ scale }: Places, axis: number) =>
    previewed?.axis === axis ? [previewed.part] : brushedParts(scale, wantedOf(scale.field.key));

  function drawAxes(): void {
    if (model === undefined || frame === undefined) return;
    const directions = new Map(objectivesOf(model).map(({ field, direction }) => [field.key, direction]));
    const axes = frame.places.map((place, i) => {
      const { field } = place.scale;
      const parts = partsOf(place, i);
      const turned = isInverted(field.key);
      const drawn: DrawnAxis = {
        scale: place.scale,
        inverted: turned,
        conditional: field.condition !== undefined,
        parts,
        lacking: wantedOf(field.key)?.lacking === true,
        active: field.key === chosen,
      };
      const direction = directions.get(field.key);
      const about = [
        ...(place.scale.log ? ['logarithmic'] : []),
        ...(direction === undefined ? [] : [`${direction === 'minimize' ? 'less' : 'more'} is better`]),
        ...(turned ? ['inverted'] : []),
        ...(wantedOf(field.key) !== undefined ? ['filtered'] : []),
      ];
      const down = (direction === 'minimize') !== turned;
      const mark = direction !== undefined ? `better ${down ? '↓' : '↑'}` : place.scale.log ? 'log' : '';
      return { drawn, handle: { key: field.key, title: field.title, about: ['', ...about].join(', '), mark } };
    });
    heading.show(
      axes.map(({ handle }) => handle),
      drawing.geometry,
      chosen,
    );
    drawing.axes(axes.map(({ drawn }) => drawn));
  }

  function drawLive(): void {
    const looked = new Set([...lens.selected, ...(lens.trial === undefined ? [] : [lens.trial])]);
    const trials = [...looked].flatMap(number => model?.study.trials.get(number) ?? []);
    const pale = lens.dims ? liveTrials(trial => !lens.passes(trial)) : [];
    drawing.live(liveTrials(), pale, trials.filter(lens.draws), lens.trial);
  }

  function describeAll(): void {
    if (model === undefined || frame === undefined) return;
    const { trials, best } = model.study;
    const passing = liveTrials().filter(({ stop }) => stop === undefined).length + frame.shown.length;
    const all = trials.size;
    setAttribute(body, 'data-trials', String(passing));
    const some = frame.where === '' ? '' : ` of ${count(all)}`;
    setAttribute(
      area,
      'aria-label',
      `Parallel coordinates: ${count(frame.where === '' ? all : passing)}${some} trials as lines over ${frame.axes.length} axes, coloured by ${frame.objective?.metric ?? 'value'}.${best === undefined ? '' : ` The best is #${best.trial}.`} Arrow keys go through the trials, the best first.`,
    );
    setText(
      note,
      all === 0
        ? (noTrialWords(model, lens) ?? '')
        : frame.where === ''
          ? ''
          : `${count(passing)} of ${count(all)} trials pass the filter; the others are ${lens.hides ? 'hidden' : 'the pale lines'}.`,
    );
  }

  let point: { readonly x: number; readonly y: number } | undefined;
  const nearest = (at: { readonly x: number; readonly y: number }): TrialRecord | undefined => {
    const { geometry } = drawing;
    const segment = segmentAt(at.x, geometry);
    const [left, right] = [frame?.places[segment], frame?.places[segment + 1]];
    if (frame === undefined || left === undefined || right === undefined) return undefined;
    const [turned, turnedNext] = [left, right].map(({ scale }) => isInverted(scale.field.key)) as [boolean, boolean];
    let found: TrialRecord | undefined;
    let distance = reach;
    // Of equal ones the better one, which lies on top.
    for (const trial of [...frame.shown, ...liveTrials()]) {
      const from = heightOf(left.of(trial), turned, geometry);
      const to = heightOf(right.of(trial), turnedNext, geometry);
      const own = distanceFrom(from, to, segment, geometry, at);
      if (own <= distance) [found, distance] = [trial, own];
    }
    return found;
  };

  let followedAt = Number.NEGATIVE_INFINITY;
  const want = (axis: number, part: readonly [number, number] | undefined) => {
    const scale = frame?.places[axis]?.scale;
    if (scale !== undefined) lens.wantPresent(scale.field.key, part && wantedBetween(scale, part[0], part[1]));
  };
  /** What an axis stands for, if not every trial has it. */
  const conditional = (axis: number) => {
    const field = frame?.places[axis]?.scale.field;
    return field?.condition === undefined ? undefined : field;
  };
  const brushing = brush(area, {
    geometry: () => drawing.geometry,
    inverted: axis => isInverted(frame?.axes[axis]),
    part(axis) {
      const parts = partsOf(frame?.places[axis] as Places, axis);
      return parts.length === 1 ? parts[0] : undefined;
    },
    preview(axis, part) {
      previewed = part && { axis, part };
      if (part !== undefined && performance.now() - followedAt > following && (frame?.finished.length ?? 0) < many) {
        followedAt = performance.now();
        want(axis, part);
      }
      drawAxes();
    },
    done: want,
    rail(axis) {
      const field = conditional(axis);
      if (field === undefined) return false;
      lens.want(field.key, lackingIn(wantedOf(field.key)) === 'only' ? undefined : lackingOnly);
      return true;
    },
  });
  area.addEventListener('pointermove', event => {
    const edge = area.getBoundingClientRect();
    point = { x: event.clientX - edge.left, y: event.clientY - edge.top };
    const axis = axisAt(point.x, drawing.geometry);
    const rail = axis === undefined || !isBeneath(point.y, drawing.geometry) ? undefined : conditional(axis);
    area.toggleAttribute('data-axis', axis !== undefined);
    area.toggleAttribute('data-rail', rail !== undefined);
    setAttribute(area, 'title', rail && railWords(rail.title, lackingIn(wantedOf(rail.key)) === 'only'));
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
    if (point === undefined || axisAt(point.x, drawing.geometry) !== undefined) return;
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
    if (changed === 'all' || frame === undefined) return settle();
    for (const number of changed) live.add(number);
    stale ||= changed.size > 0;
    // Ranges follow the values, and finished trials go where they stay, but need not do so at every frame.
    if (stale && performance.now() - settledAt > settling) return settle();
    if (changed.size === 0) return;
    drawLive();
    describeAll();
  };
}
