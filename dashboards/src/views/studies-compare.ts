import { count, hyperparameter, metric } from '../../../src/cli/number.js';
import type { StudyState } from '../../../src/tune/study-state.js';
import { type CurveName, drawNames } from '../chart/curve-names.js';
import { type Pen, type Plot, plot } from '../chart/plot.js';
import { robustRange } from '../chart/range.js';
import { element, setAttribute, setText } from '../element.js';
import { type OtherStudy, otherStudy } from '../other-study.js';
import type { Model, Page, Panel, View } from '../page.js';
import { wholeDuration } from '../time-words.js';
import { pageToken } from '../token.js';
import { type BestAxis, type BestSteps, bestSteps, knownUntil } from './studies-best.js';
import { chosenStudies } from './studies-chosen.js';
import { type StudyName, shortName, studyNames } from './study-names.js';

interface Line {
  readonly key: string;
  readonly named: StudyName;
  readonly state: StudyState | undefined;
  readonly problem: string | undefined;
  /** Up to when it is known, in milliseconds since 1970. */
  readonly until: number;
}

/** The chosen studies on one chart, and side by side. */
export function studiesCompareView({ section, body, tools, note }: Panel, page: Page): View {
  const { link } = page;
  const others = new Map<string, OtherStudy>();
  let model: Model | undefined;
  let chart: Plot | undefined;
  let chartBy: BestAxis | undefined;
  let lines: readonly (Line & { readonly steps: BestSteps })[] = [];
  const by = (): BestAxis => (link.get('studies.by') === 'seconds' ? 'seconds' : 'trials');

  const scales = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, 'Axis'));
  for (const [value, label] of [['trials', 'By trials'] as const, ['seconds', 'By time'] as const]) {
    const input = element('input', { type: 'radio', name: 'studies-by', value, checked: by() === value });
    input.addEventListener('change', () => {
      link.set('studies.by', value === 'trials' ? undefined : value);
      show();
    });
    scales.append(element('label', {}, input, element('span', {}, label)));
  }
  tools.append(scales);
  let box = element('div', { class: 'plot studies-plot', role: 'img' });
  const table = element('table', { class: 'compare-table' });
  const scroll = element(
    'div',
    { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Chosen studies side by side' },
    table,
  );
  body.append(box, scroll);
  const hue = (i: number) => page.theme().hues[i % page.theme().hues.length] as string;

  const draw = (pen: Pen) => {
    const { ctx, ratio } = pen;
    const names: CurveName[] = [];
    for (const [i, { steps, named }] of lines.entries()) {
      const { xs, ys, end } = steps;
      if (xs.length === 0) continue;
      ctx.strokeStyle = hue(i);
      ctx.lineWidth = 2 * ratio;
      ctx.beginPath();
      for (const [j, x] of xs.entries()) {
        if (j === 0) ctx.moveTo(pen.x(x), pen.y(ys[0] as number));
        else ctx.lineTo(pen.x(x), pen.y(ys[j - 1] as number));
        ctx.lineTo(pen.x(x), pen.y(ys[j] as number));
      }
      ctx.lineTo(pen.x(end), pen.y(ys.at(-1) as number));
      ctx.stroke();
      const short = shortName(named);
      names.push({
        text: short,
        // Above the end, and never beyond the left edge.
        left: Math.max(pen.box.left, pen.x(end) - 7 * ratio * (short.length + 1)),
        top: pen.y(ys.at(-1) as number) - 9 * ratio,
        color: hue(i),
      });
    }
    drawNames(pen, names, page.theme().surface, false);
  };
  const showChart = () => {
    if (chart === undefined || chartBy !== by()) {
      chartBy = by();
      const fresh = element('div', { class: 'plot studies-plot', role: 'img' });
      box.replaceWith(fresh);
      box = fresh;
      const xLabel = chartBy === 'trials' ? 'trials finished' : 'seconds since the start';
      chart = plot(box, { xLabel, theme: page.theme, draw, drawOver() {}, point() {}, click() {} });
    }
    const values = lines.flatMap(({ steps }) => steps.ys);
    const end = lines.reduce((most, { steps }) => Math.max(most, steps.end), 1);
    chart.show({ low: 0, high: end }, { ...robustRange(values, false), log: false });
    const said = lines.map(
      ({ named, steps: { ys } }) => `${named.label} ${ys.length === 0 ? 'none yet' : metric(ys.at(-1))}`,
    );
    setAttribute(box, 'aria-label', `Best value over ${by() === 'trials' ? 'trials' : 'time'}: ${said.join(', ')}`);
  };

  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      show();
    });
  };
  // Nobody looks: nothing is to be told.
  link.onChange(() => {
    if (link.get('at') === 'studies') return;
    for (const other of others.values()) other.close();
    others.clear();
  });
  const show = () => {
    if (model === undefined || link.get('at') !== 'studies') return;
    const keys = chosenStudies(page);
    section.hidden = keys.length === 0;
    for (const [key, other] of others) {
      if (keys.includes(key)) continue;
      other.close();
      others.delete(key);
    }
    for (const key of keys) {
      if (!others.has(key)) others.set(key, otherStudy(key, pageToken('token'), soon));
    }
    if (section.hidden) return;
    const { studies } = model;
    const names = studyNames(
      keys.map(key => {
        const listed = studies.find(each => each.key === key);
        const state = others.get(key)?.state;
        const name = state?.study?.name ?? listed?.name ?? key;
        return { key, name, folder: listed?.folder, startedAt: state?.startedAt ?? listed?.startedAt };
      }),
    );
    lines = keys.map(key => {
      const { state, problem } = others.get(key) as OtherStudy;
      const named = names.get(key) as StudyName;
      const until = state === undefined ? 0 : knownUntil(state, key, model as Model);
      const steps = state === undefined ? { xs: [], ys: [], end: 0 } : bestSteps(state, by(), until);
      return { key, named, state, problem, steps, until };
    });
    const goals = new Set(lines.flatMap(({ state }) => goalOf(state) ?? []));
    setText(
      note,
      keys.length === 1
        ? 'Choose another study to compare it with.'
        : goals.size > 1
          ? `They do not optimize the same: ${[...goals].join(', ')}.`
          : '',
    );
    showChart();
    table.replaceChildren(...tableOf(lines));
  };
  return next => {
    model = next;
    show();
  };
}

function goalOf(state: StudyState | undefined): string | undefined {
  const objective = state?.study?.objective;
  return objective && `${objective.direction} ${objective.metric}`;
}

function tableOf(lines: readonly Line[]): Node[] {
  const rows: readonly (readonly [string, (state: StudyState, until: number) => string])[] = [
    ['Best value', ({ best }) => (best === undefined ? '–' : metric(best.value))],
    ['Objective', state => goalOf(state) ?? '–'],
    ['Of trial', ({ best }) => (best === undefined ? '–' : `#${best.trial}, epoch ${best.epoch}`)],
    ['Complete', ({ counts }) => count(counts.complete)],
    ['Pruned', ({ counts }) => count(counts.pruned)],
    ['Failed', ({ counts }) => count(counts.failed)],
    ['Epochs', ({ epochs }) => count(epochs)],
    ['Time', ({ startedAt }, until) => (startedAt === undefined ? '–' : wholeDuration((until - startedAt) / 1000))],
    ['Sampler', ({ study }) => study?.sampler ?? '–'],
    ['Stopped early by', ({ study }) => study?.rules.join(', ') || 'nothing'],
  ];
  const names = new Set(lines.flatMap(({ state }) => Object.keys(state?.best?.hparams ?? {})));
  const of = ({ state, problem, until }: Line, text: (state: StudyState, until: number) => string) =>
    element('td', {}, state === undefined ? (problem ?? '…') : text(state, until));
  const row = (title: string, text: (state: StudyState, until: number) => string) =>
    element('tr', {}, element('th', { scope: 'row' }, title), ...lines.map(line => of(line, text)));
  const title = element(
    'th',
    { scope: 'rowgroup', class: 'group-title', colspan: String(lines.length + 1) },
    'Hyperparameters of the best trial',
  );
  return [
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('td', {}),
        ...lines.map(({ named: { name, part, label } }, i) =>
          element(
            'th',
            { scope: 'col', title: label },
            element(
              'span',
              { class: 'compare-head' },
              element('i', { class: `swatch swatch-${i % 8}`, 'aria-hidden': 'true' }),
              element('span', { class: 'two-lines' }, name),
              ...(part === undefined ? [] : [element('span', { class: 'quiet' }, ` · ${part}`)]),
            ),
          ),
        ),
      ),
    ),
    element('tbody', {}, ...rows.map(([name, text]) => row(name, text))),
    ...(names.size === 0
      ? []
      : [
          element(
            'tbody',
            {},
            element('tr', { class: 'group' }, title),
            ...[...names].map(name =>
              row(name, ({ best }) => {
                const value = best !== undefined && Object.hasOwn(best.hparams, name) ? best.hparams[name] : undefined;
                return value === undefined ? '–' : hyperparameter(value);
              }),
            ),
          ),
        ]),
  ];
}
