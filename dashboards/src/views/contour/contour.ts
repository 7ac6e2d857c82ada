import { count, metric as shortNumber } from '../../../../src/cli/number.js';
import type { StudyState, TrialRecord } from '../../../../src/tune/study-state.js';
import { type AxisScale, axisScale } from '../../chart/axis-scale.js';
import { type FieldAxis, type KernelField, kernelField, nodes, type PlacedValue } from '../../chart/kernel-field.js';
import { type ObjectiveView, objectiveView } from '../../chart/objective.js';
import { objectiveTools } from '../../chart/objective-tools.js';
import { painter } from '../../chart/painter.js';
import { notThere, type Places, placesOn } from '../../chart/places.js';
import { pointAtTrials } from '../../chart/point-at-trials.js';
import { isDark, ramp } from '../../chart/ramp.js';
import { rampLegend } from '../../chart/ramp-legend.js';
import { spread } from '../../chart/spread.js';
import { surface } from '../../chart/surface.js';
import { walk } from '../../chart/walk.js';
import { element, setAttribute, setText } from '../../element.js';
import { filterText } from '../../filter.js';
import type { Model, Page, Panel, View } from '../../page.js';
import { noValueWords } from '../absence-words.js';
import { nearestDot, paintDot } from '../slices/dots.js';
import { drawField } from './draw-field.js';
import { cellsOf, drawCells, drawFrame, planeBox, steps } from './draw-plane.js';
import { endsOf, meansOf } from './ends.js';
import { partners } from './partners.js';

/** The objective's means over the plane. */
interface Ground {
  readonly means: KernelField;
  readonly axes: readonly [FieldAxis, FieldAxis];
  /** Of the colours. */
  readonly ends: readonly [number, number];
}

/** The objective over the plane of two hyperparameters. */
export function contourView({ body, tools, note }: Panel, page: Page): View {
  const { lens, link, tooltip, theme } = page;
  let model: Model | undefined;
  let objective: ObjectiveView | undefined;
  let [xs, ys]: [Places | undefined, Places | undefined] = [undefined, undefined];
  let shown: TrialRecord[] = [];
  /** Those that the filter leaves out, if they are dimmed. */
  let others: TrialRecord[] = [];
  /** Of the shown ones those that are in the plane. */
  let placed: TrialRecord[] = [];
  let picture = '';
  /** What is beneath the dots where an axis has numbers. */
  let ground: Ground | undefined;
  let drop = () => {};
  /** While the trials are looked at, what was found before does not fit the axes. */
  let looking = false;
  let stale = false;
  let settledAt = Number.NEGATIVE_INFINITY;

  const area = element('div', { class: 'contour-area', role: 'application' });
  const board = surface(area, 3, {
    resized: () => draw(),
    returned() {
      dots.resume();
      over();
    },
  });
  const dots = painter({ seen: () => board.seen });
  const legend = rampLegend(steps);
  const select = (label: string, key: string) => {
    const made = element('select', { 'aria-label': label });
    made.addEventListener('change', () => {
      link.set(key, made.value);
      settle();
    });
    tools.append(element('label', { class: 'tool-label' }, `${label} `, made));
    return made;
  };
  const [xSelect, ySelect] = [select('Across', 'contour.x'), select('Up', 'contour.y')];
  const settings = objectiveTools(tools, 'contour', page);
  let offered = '';

  const box = () => planeBox(board.width, board.height);
  const at = (trial: TrialRecord): { readonly x: number; readonly y: number } | undefined => {
    const x = xs?.of(trial) ?? Number.NaN;
    const y = ys?.of(trial) ?? Number.NaN;
    if (Number.isNaN(x) || Number.isNaN(y) || x === notThere || y === notThere) return undefined;
    const { left, top, width, height } = box();
    return { x: left + x * width, y: top + (1 - y) * height };
  };
  const describe = (trial: TrialRecord) => {
    const [x, y] = [xs?.scale.field, ys?.scale.field];
    const value = objective?.field.of(trial) as number | undefined;
    return `${objective?.metric} ${shortNumber(value)} at ${x?.title} ${x?.text(trial)}, ${y?.title} ${y?.text(trial)}`;
  };
  const said = walk(area, {
    lens,
    order: () => shown.filter(trial => at(trial) !== undefined).sort((a, b) => (xs?.of(a) ?? 0) - (xs?.of(b) ?? 0)),
    text: describe,
  });
  body.append(legend.element, area, said);

  const settle = () => {
    const study = model?.study.study;
    if (model === undefined || study === undefined) return;
    settledAt = performance.now();
    stale = false;
    drop();
    const { trials } = model.study;
    const names = study.space.map(({ name }) => name);
    if (names.join('\n') !== offered) {
      offered = names.join('\n');
      for (const one of [xSelect, ySelect]) {
        one.replaceChildren(...names.map(name => element('option', { value: name }, name)));
      }
    }
    const [x, y] = partners(study.space, link.get('contour.x'), link.get('contour.y'));
    [xSelect.value, ySelect.value] = [x ?? '', y ?? ''];
    objective = objectiveView(model, link);
    if (objective === undefined || x === undefined || y === undefined) {
      area.hidden = legend.element.hidden = true;
      return setText(note, 'A plane needs two hyperparameters.');
    }
    const { field, scale } = objective;
    settings.show(model, scale.log);
    const placesOf = (name: string, former: Places | undefined, axis: number) => {
      const info = study.space.find(one => one.name === name);
      const own = model?.fields.find(({ key }) => key === `hparam ${name}`);
      if (own === undefined) return undefined;
      const next = axisScale(own, { info });
      return former?.scale.key === next.key && former.scale.field === own ? former : placesOn(next, axis);
    };
    xs = placesOf(x, xs, 0);
    ys = placesOf(y, ys, 1);
    const { range, log } = scale;
    picture = [x, y, field.key, range.low, range.high, log, filterText(lens.filter), theme().surface].join(' ');
    // Of thousands of trials it takes longer than a frame has.
    const steps = look(trials, objective, () => tell(x, y));
    looking = true;
    drop = spread(() => (steps.next().done ? undefined : 0));
  };

  /** Looks at all trials, a part of them at a time, and draws what is found. */
  function* look(trials: StudyState['trials'], { field, scale }: ObjectiveView, found: () => void): Generator<void> {
    if (xs === undefined || ys === undefined) return;
    const [passing, leftOut, inPlane]: [TrialRecord[], TrialRecord[], TrialRecord[]] = [[], [], []];
    const points: PlacedValue[] = [];
    let seen = 0;
    for (const trial of trials.values()) {
      if (++seen % 2000 === 0) yield;
      const value = field.of(trial);
      if (typeof value !== 'number') continue;
      if (!lens.passes(trial)) {
        if (lens.dims) leftOut.push(trial);
        continue;
      }
      passing.push(trial);
      if (at(trial) === undefined) continue;
      inPlane.push(trial);
      // Differences count as they are seen: by logarithms if they are so shown.
      points.push({ x: xs.of(trial), y: ys.of(trial), value: scale.goodness(value) });
    }
    [shown, others, placed] = [passing, leftOut, inPlane];
    const axis = ({ scale: { bands } }: Places) => ({ count: bands?.length ?? nodes, banded: bands !== undefined });
    const both = [axis(xs), axis(ys)] as const;
    const banded = both.every(one => one.banded);
    ground = undefined;
    yield;
    if (placed.length > 0 && !banded) {
      const means = kernelField(points, ...both);
      yield;
      ground = { means, axes: both, ends: endsOf(meansOf(means, ...both)) };
      yield;
    }
    looking = false;
    area.hidden = legend.element.hidden = placed.length === 0;
    draw();
    found();
  }

  const tell = (x: string, y: string) => {
    if (model === undefined) return;
    const few = placed.length < shown.length ? ` ${count(shown.length - placed.length)} trials lack one of them.` : '';
    setText(note, shown.length === 0 ? noValueWords(model, lens) : `${method(xs?.scale, ys?.scale)}${few}`);
    setAttribute(area, 'aria-label', label(x, y));
    setAttribute(body, 'data-picture', picture);
  };

  const draw = () => {
    if (xs === undefined || ys === undefined || objective === undefined) return;
    if (looking || placed.length === 0 || board.width === 0) return;
    const { field, scale } = objective;
    const [x, y] = [xs.scale, ys.scale];
    const ctx = board.clear(0);
    const colors = ramp(isDark(theme().surface));
    let ends: readonly [number, number] = [0, 1];
    if (ground === undefined) {
      const cells = cellsOf(placed, x, y, trial => field.of(trial) as number);
      ends = endsOf([...cells.values()].map(({ mean }) => scale.goodness(mean)));
      drawCells(ctx, box(), x, y, cells, scale, ends, colors, theme());
    } else {
      ends = ground.ends;
      drawField(ctx, box(), ground.means, ...ground.axes, colors, steps, ends);
    }
    legend.show(objective, theme(), ends);
    drawFrame(ctx, box(), x, y, theme());
    const alpha = Math.min(0.9, 0.16 + 6 / Math.sqrt(placed.length));
    const radius = placed.length > 2000 ? 1.2 : placed.length > 300 ? 1.7 : 2.5;
    const pen = board.pen(1);
    const pale = new Set(others);
    dots.paint(
      `${picture} ${placed.length} ${others.length} ${board.width} ${board.height} ${board.ratio}`,
      [...others, ...placed],
      () => board.clear(1),
      some => {
        const { ink, surface: paper } = theme();
        pen.fillStyle = ink;
        pen.strokeStyle = paper;
        pen.lineWidth = 1;
        for (const trial of some) {
          const place = at(trial);
          if (place === undefined) continue;
          const isPale = pale.has(trial);
          pen.globalAlpha = isPale ? 0.3 * alpha : alpha;
          paintDot(pen, place.x, place.y, isPale ? 0.8 * radius : radius);
          if (radius >= 2 && !isPale) pen.stroke();
        }
      },
    );
    over();
  };
  const over = () => {
    const ctx = board.clear(2);
    const first = objective?.field.key === 'value' ? model?.study.best : undefined;
    const leader = first && model?.study.trials.get(first.trial);
    const best = leader !== undefined && lens.passes(leader) ? leader.number : undefined;
    const ring = (number: number | undefined, color: string, radius: number) => {
      const trial = number === undefined ? undefined : model?.study.trials.get(number);
      const place = trial === undefined || !lens.draws(trial) ? undefined : at(trial);
      if (place === undefined) return;
      // Of three rings, so that it stands out from any colour beneath it.
      for (const [more, fill] of [
        [3.5, theme().ink],
        [2, theme().surface],
        [0, color],
      ] as const) {
        ctx.beginPath();
        ctx.arc(place.x, place.y, radius + more, 0, 2 * Math.PI);
        ctx.fillStyle = fill;
        ctx.fill();
      }
    };
    ring(best, theme().best, 5);
    for (const number of lens.selected) ring(number, theme().hues[1] as string, 5);
    ring(lens.trial, lens.trial === best ? theme().best : (theme().hues[1] as string), 6);
  };
  const label = (x: string, y: string) => {
    const best = model?.study.best;
    const trial = best === undefined ? undefined : model?.study.trials.get(best.trial);
    const where =
      trial === undefined || !placed.includes(trial) ? '' : `; the best, #${trial.number}: ${describe(trial)}`;
    return `${objective?.metric} over ${x} and ${y}: ${count(placed.length)} trials${where}. Arrow keys go through them from left to right.`;
  };

  pointAtTrials(area, { lens, tooltip, describe, find: spot => nearestDot(shown, at, spot) });
  lens.onChange(change => {
    if (change !== 'filter' && !body.closest('[hidden]')) over();
  });

  return (next, changed) => {
    model = next;
    stale ||= changed !== 'all' && changed.size > 0;
    // A picture of all trials together: it need not follow each of them at once.
    if (changed === 'all' || (stale && performance.now() - settledAt > 2000)) settle();
  };
}

function method(x: AxisScale | undefined, y: AxisScale | undefined): string {
  if (x?.bands !== undefined && y?.bands !== undefined) {
    return 'Each cell: the mean of its trials, and how many there are.';
  }
  return 'Colours: the mean of the trials nearby, weighted by a Gaussian of their distance; left empty where there are none.';
}
