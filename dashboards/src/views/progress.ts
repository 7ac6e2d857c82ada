import { duration } from '../../../src/cli/duration.js';
import { counted, metric as shortNumber } from '../../../src/cli/number.js';
import { emptyStudy, type TrialRecord } from '../../../src/tune/study-state.js';
import { colorOf } from '../chart/draw-trial.js';
import { endedTrials } from '../chart/ended-trials.js';
import { type Pen, plot } from '../chart/plot.js';
import { type Range, robustRange } from '../chart/range.js';
import { slicedLayer } from '../chart/sliced-layer.js';
import { walk } from '../chart/walk.js';
import { element, setAttribute, setText } from '../element.js';
import { filterText } from '../filter.js';
import type { Changed, Model, Page, Panel, View } from '../page.js';
import { noValueWords } from './absence-words.js';

/** Milliseconds of a frame for drawing, and between two looks at which values there are. */
const slice = 5;
const calm = 300;

/** Every trial's value by its number, or by when it was finished, and the best so far as a line. */
export function progressView({ section, body: container, tools, note }: Panel, page: Page): View {
  container.classList.add('plot');
  const { lens, tooltip, theme, link } = page;
  let model: Model | undefined;
  let byTime = false;
  let pointed: TrialRecord | undefined;
  const ended = endedTrials();
  const endedLayer = slicedLayer<TrialRecord>();
  const othersLayer = slicedLayer<TrialRecord>();
  let live: readonly TrialRecord[] = [];
  let othersLive: readonly TrialRecord[] = [];
  let steps: readonly Step[] = [];
  let range: Range = { low: 0, high: 1 };
  let beyond = false;
  let empty = false;
  let rangeFor = '';
  let rangeAt = Number.NEGATIVE_INFINITY;

  const study = () => model?.study ?? emptyStudy;
  const hasValue = ({ value }: TrialRecord) => value !== undefined && Number.isFinite(value);
  const hasDot = (trial: TrialRecord) => hasValue(trial) && lens.passes(trial);
  const xOf = ({ number, finishedAt }: TrialRecord): number =>
    byTime ? ((finishedAt ?? model?.now ?? 0) - (study().startedAt ?? 0)) / 1000 : number;

  const ownColor = (trial: TrialRecord) => colorOf(trial, trial.number === study().best?.trial, theme());
  const dot = (pen: Pen, trial: TrialRecord, size: number, color = ownColor(trial)) => {
    const { ctx, ratio } = pen;
    ctx.beginPath();
    ctx.arc(pen.x(xOf(trial)), pen.y(trial.value as number), size * ratio, 0, 2 * Math.PI);
    if (trial.state === 'complete') {
      ctx.fillStyle = color;
      ctx.fill();
    } else {
      ctx.strokeStyle = color;
      ctx.lineWidth = 1.5 * ratio;
      ctx.stroke();
    }
  };

  const drawEnded = (
    layer: typeof endedLayer,
    pen: Pen,
    key: string,
    until: number,
    has: (trial: TrialRecord) => boolean,
    size: number,
    color?: string,
  ) =>
    layer.paint(pen, key, ended.list, until, (inLayer, trial) => {
      if (!has(trial) || inLayer.y(trial.value as number) < inLayer.box.top) return true;
      inLayer.ctx.globalAlpha = trial.state === 'complete' ? 0.9 : 0.6;
      dot(inLayer, trial, size, color);
      inLayer.ctx.globalAlpha = 1;
      return true;
    });

  let again = false;
  const chart = plot(container, {
    xLabel: () => (byTime ? 'elapsed' : 'trial'),
    xTicks: () => (byTime ? 'duration' : 'whole'),
    theme,
    draw(pen) {
      const until = performance.now() + slice;
      const { best, trials } = study();
      const size = trials.size > 300 ? 1.75 : trials.size > 80 ? 2.5 : 3.25;
      const key = [model?.identity, byTime, size, ended.generation, theme().complete, theme().surface].join(' ');
      // All of them are pale first, as those that pass are drawn on top of themselves.
      const pale = !lens.dims || drawEnded(othersLayer, pen, key, until, hasValue, size, theme().pale);
      const own = `${key} ${filterText(lens.filter)} ${best?.trial}`;
      const done = drawEnded(endedLayer, pen, own, until, hasDot, size) && pale;
      for (const trial of othersLive) dot(pen, trial, size, theme().pale);
      for (const trial of live) if (pen.y(trial.value as number) >= pen.box.top) dot(pen, trial, size);
      drawSteps(pen, steps, theme().best);
      const leader = best && trials.get(best.trial);
      if (leader?.value !== undefined && lens.passes(leader)) dot(pen, leader, 4.5);
      if (done || again) return;
      again = true;
      requestAnimationFrame(() => {
        again = false;
        chart.redraw();
      });
    },
    drawOver(pen) {
      const { ctx, ratio } = pen;
      const ring = (trial: TrialRecord | undefined, color: string) => {
        if (trial?.value === undefined) return;
        ctx.beginPath();
        ctx.arc(pen.x(xOf(trial)), pen.y(trial.value), 7 * ratio, 0, 2 * Math.PI);
        ctx.strokeStyle = color;
        ctx.lineWidth = 1.5 * ratio;
        ctx.stroke();
      };
      for (const number of lens.selected) ring(study().trials.get(number), theme().hues[0] as string);
      if (lens.trial !== undefined) ring(study().trials.get(lens.trial), theme().ink);
    },
    point(at, pen) {
      const before = pointed;
      pointed = undefined;
      let distance = 20;
      for (const trial of at === undefined ? [] : study().trials.values()) {
        const across = Math.abs(pen.x(xOf(trial)) - (at?.left ?? 0));
        if (across >= distance || !hasDot(trial)) continue;
        const away = Math.hypot(across, pen.y(trial.value as number) - (at?.top ?? 0));
        if (away < distance) [pointed, distance] = [trial, away];
      }
      if (pointed !== undefined) tell(pointed, pen);
      else if (before !== undefined) tooltip.hide();
      lens.hover(pointed?.number);
    },
    click(event) {
      if (pointed === undefined) return lens.pin(undefined);
      if (event.shiftKey || event.ctrlKey || event.metaKey) lens.toggle(pointed.number);
      else lens.pin(pointed.number);
    },
  });
  lens.onChange(() => chart.redrawOver());

  const tell = (trial: TrialRecord, pen: Pen) => {
    const edge = container.querySelector('.u-over')?.getBoundingClientRect();
    const place = {
      x: (edge?.left ?? 0) + pen.x(xOf(trial)),
      y: (edge?.top ?? 0) + pen.y(trial.value as number),
    };
    tooltip.show(trial, describe(trial), place);
  };
  const describe = (trial: TrialRecord): string => {
    const name = study().study?.objective.metric ?? '';
    const when = byTime && trial.finishedAt !== undefined ? `, finished after ${duration(xOf(trial))}` : '';
    return `best ${name} ${shortNumber(trial.value)} at epoch ${trial.bestEpoch ?? trial.epochs}${when}`;
  };

  const scales = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, 'Over'));
  const choices = (['trials', 'time'] as const).map(over => {
    const input = element('input', { type: 'radio', name: 'progress-by', value: over });
    input.addEventListener('change', () => {
      link.set('progress.by', over === 'time' ? 'time' : undefined);
      show('all');
    });
    scales.append(element('label', {}, input, element('span', {}, over === 'time' ? 'Time' : 'Trials')));
    return input;
  });
  tools.append(scales);

  const show = (changed: Changed) => {
    if (model === undefined) return;
    byTime = link.get('progress.by') === 'time';
    for (const input of choices) input.checked = (input.value === 'time') === byTime;
    const title = section.querySelector('h2');
    if (title !== null) setText(title, `Best value over ${byTime ? 'time' : 'trials'}`);
    const { trials, running, best, study: info, counts } = study();
    ended.update(study(), changed);
    const open = running.flatMap(number => trials.get(number) ?? []).filter(hasValue);
    live = open.filter(lens.passes);
    othersLive = lens.dims ? open.filter(trial => !lens.passes(trial)) : [];
    const key = [model.identity, byTime, filterText(lens.filter), lens.dims].join(' ');
    const now = performance.now();
    if (key !== rangeFor || now - rangeAt > calm || counts.complete < 8) {
      [rangeFor, rangeAt] = [key, now];
      const dots = [...ended.list, ...live, ...othersLive].filter(lens.dims ? hasValue : hasDot);
      // The complete trials are what the line is about; the others need not all be in sight.
      const complete = dots.filter(({ state }) => state === 'complete');
      const shown = complete.length > 2 ? complete : dots.filter(({ state }) => state !== 'failed');
      range = robustRange(
        shown.map(({ value }) => value as number),
        false,
      );
      empty = dots.length === 0;
      beyond = dots.some(({ value }) => (value as number) > range.high || (value as number) < range.low);
      steps = stepsOf(complete.filter(lens.passes), xOf, info?.objective.direction === 'maximize');
    }
    const planned = Math.min(info?.trials ?? 0, Math.max(10, 2 * trials.size));
    const elapsed = ((study().finishedAt ?? model.now) - (study().startedAt ?? 0)) / 1000;
    const last = byTime ? Math.max(1, elapsed) : Math.max(1, trials.size - 1, planned - 1);
    // While time goes on, the axis moves in steps: each is another picture.
    const high = byTime && study().finishedAt === undefined ? 1.15 ** Math.ceil(Math.log(last) / Math.log(1.15)) : last;
    const end = byTime ? last : trials.size - 1;
    const lowest = steps.at(-1);
    if (lowest !== undefined && lowest.x < end)
      steps = [...steps.filter(({ end }) => !end), { ...lowest, x: end, end }];
    chart.showEmpty(empty ? noValueWords(model, lens.dims ? { passes: () => true } : lens) : undefined);
    setText(note, beyond && !empty ? 'Some values lie beyond the shown range.' : '');
    chart.show({ low: -0.02 * high, high }, { ...range, log: false });
    const leader = best === undefined ? '' : `, the best ${shortNumber(best.value)} in trial ${best.trial}`;
    setAttribute(
      container,
      'aria-label',
      `Best value over ${byTime ? 'time' : 'trials'}: ${counted(counts.complete, 'complete trial')}${leader}. Arrow keys go through the trials, Enter pins, Space selects.`,
    );
  };

  container.setAttribute('role', 'application');
  container.setAttribute('aria-roledescription', 'chart');
  section.append(
    walk(container, {
      lens,
      order: () => [...study().trials.values()].filter(hasDot).sort((a, b) => xOf(a) - xOf(b)),
      text: describe,
      came(trial) {
        pointed = trial;
        if (trial === undefined) tooltip.hide();
        else chart.point(pen => tell(trial, pen));
      },
    }),
  );

  const view: View = (next, changed) => {
    const moved = model === undefined || Math.floor(next.now / 5000) !== Math.floor(model.now / 5000);
    model = next;
    const waits = performance.now() - rangeAt > calm && ended.list.length > 0 && changed !== 'all' && pending;
    pending = changed === 'all' || changed.size > 0 ? true : waits ? false : pending;
    if (changed === 'all' || changed.size > 0 || waits || (byTime && moved)) show(changed);
  };
  let pending = false;
  return view;
}

/** A new best value; the last step only leads on to where the axis is now. */
interface Step {
  readonly x: number;
  readonly value: number;
  readonly end?: number | undefined;
}

/** The best value of the complete trials so far, where it changes. */
function stepsOf(complete: readonly TrialRecord[], x: (trial: TrialRecord) => number, maximize: boolean): Step[] {
  const steps: Step[] = [];
  const ordered = complete.map(trial => ({ x: x(trial), value: trial.value as number })).sort((a, b) => a.x - b.x);
  for (const step of ordered) {
    const best = steps.at(-1)?.value;
    if (best === undefined || (maximize ? step.value > best : step.value < best)) steps.push(step);
  }
  return steps;
}

function drawSteps({ ctx, x, y, ratio }: Pen, steps: readonly Step[], color: string): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  for (const [i, step] of steps.entries()) {
    if (i === 0) ctx.moveTo(x(step.x), y(step.value));
    else ctx.lineTo(x(step.x), y((steps[i - 1] as Step).value));
    ctx.lineTo(x(step.x), y(step.value));
  }
  ctx.stroke();
}
