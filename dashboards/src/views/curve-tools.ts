import { count } from '../../../src/cli/number.js';
import type { CurveAxis } from '../../../src/live/protocol.js';
import type { TrialState } from '../../../src/tune/events.js';
import type { StudyState } from '../../../src/tune/study-state.js';
import type { Range } from '../chart/range.js';
import { parseWindow, windowText } from '../chart/zoom.js';
import { element, setAttribute, setText } from '../element.js';
import type { Link } from '../link.js';

/** What a person chose to see in the learning curves; all of it stands in the address. */
export interface CurveSettings {
  metric(): string | undefined;
  by(): CurveAxis;
  log(): boolean;
  /** Of the last so many points each shown one is the mean; 1 for none. */
  smoothing(): number;
  shows(state: TrialState): boolean;
  /** The states that are not shown. */
  hidden(): readonly TrialState[];
  /** The part of the axis that is shown; undefined for all of it. */
  window(): Range | undefined;
  zoom(window: Range | undefined): void;
  /** Offers these metrics and axes that mean something, and tells how many trials there are of each state. */
  offer(metrics: readonly string[], study: Pick<StudyState, 'counts' | 'epochs' | 'samples'>): void;
}

const states = ['running', 'paused', 'complete', 'pruned', 'failed'] as const;
const axes: readonly (readonly [CurveAxis, string])[] = [
  ['epoch', 'by epoch'],
  ['samples', 'by samples'],
  ['seconds', 'by time'],
];
const smoothings = [1, 3, 5, 10, 20];

/** The controls of the learning curves: which metric, by what, which scale, trials in which states, how much of it. */
export function curveTools(tools: HTMLElement, link: Link, changed: () => void): CurveSettings {
  const key = (name: string) => `curves.${name}`;
  const choose = (name: string, value: string | undefined) => {
    link.set(key(name), value);
    changed();
  };

  const metrics = element('select', { 'aria-label': 'Metric' });
  metrics.addEventListener('change', () => choose('metric', metrics.selectedIndex === 0 ? undefined : metrics.value));
  let offered: readonly string[] = [];

  const axis = element('select', { 'aria-label': 'Horizontal axis' }, ...axes.map(([by, name]) => option(by, name)));
  const by = () => axes.find(([each]) => each === link.get(key('by')))?.[0] ?? 'epoch';
  axis.addEventListener('change', () => {
    link.set(key('x'), undefined);
    choose('by', axis.value === 'epoch' ? undefined : axis.value);
  });

  const smooth = element(
    'select',
    { 'aria-label': 'Smoothing' },
    ...smoothings.map(points => option(String(points), points === 1 ? 'not smoothed' : `mean of ${points}`)),
  );
  const smoothing = () => smoothings.find(each => String(each) === link.get(key('mean'))) ?? 1;
  smooth.addEventListener('change', () => choose('mean', smooth.value === '1' ? undefined : smooth.value));

  const scales = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, 'Scale'));
  const radio = (value: string, label: string) => {
    const input = element('input', { type: 'radio', name: 'scale', value });
    input.addEventListener('change', () => choose('log', value === 'log' ? '1' : undefined));
    scales.append(element('label', {}, input, element('span', {}, label)));
    return input;
  };
  const linear = radio('linear', 'Linear');
  const log = radio('log', 'Log');

  const legend = element(
    'fieldset',
    { class: 'legend' },
    element('legend', { class: 'visually-hidden' }, 'Shown trials'),
  );
  const hidden = (): TrialState[] => states.filter(state => (link.get(key('hide')) ?? '').split(',').includes(state));
  const keys = new Map<TrialState, { box: HTMLInputElement; number: HTMLElement; label: HTMLElement }>();
  for (const state of states) {
    const box = element('input', { type: 'checkbox' });
    box.addEventListener('change', () => {
      const off = states.filter(each => (each === state ? !box.checked : hidden().includes(each)));
      choose('hide', off.length === 0 ? undefined : off.join(','));
    });
    const number = element('span', { class: 'number' }, '0');
    const swatch = element('i', { 'aria-hidden': 'true' });
    const label = element('label', { class: `key key-${state}` }, box, swatch, ` ${state} `, number);
    keys.set(state, { box, number, label });
    legend.append(label);
  }

  const whole = element('button', { type: 'button', class: 'quiet-button', hidden: true }, 'Show all');
  whole.addEventListener('click', () => choose('x', undefined));
  tools.append(whole, metrics, axis, smooth, scales);
  tools.parentElement?.after(legend);

  /** The controls follow the address, which a person may have changed by the browser's buttons. */
  const follow = () => {
    const off = hidden();
    for (const [state, { box }] of keys) box.checked = !off.includes(state);
    const isLog = link.get(key('log')) === '1';
    [log.checked, linear.checked] = [isLog, !isLog];
    axis.value = by();
    smooth.value = String(smoothing());
    const wanted = link.get(key('metric'));
    const metric = wanted !== undefined && offered.includes(wanted) ? wanted : offered[0];
    if (metric !== undefined) metrics.value = metric;
    whole.hidden = parseWindow(link.get(key('x'))) === undefined;
  };

  return {
    metric: () => metrics.value || undefined,
    by,
    log: () => log.checked,
    smoothing,
    shows: state => keys.get(state)?.box.checked ?? true,
    hidden,
    window: () => parseWindow(link.get(key('x'))),
    zoom: window => choose('x', windowText(window)),
    offer(names, { counts, epochs, samples }) {
      const bySamples = axis.querySelector<HTMLOptionElement>('[value=samples]');
      // Objectives of one's own need not say how many samples they have seen.
      if (bySamples !== null) bySamples.disabled = epochs > 0 && samples === 0;
      if (names !== offered) {
        offered = names;
        metrics.replaceChildren(...names.map(name => option(name, name)));
      }
      follow();
      for (const [state, { number, label }] of keys) {
        setText(number, count(counts[state]));
        if (state === 'paused') label.hidden = counts.paused === 0;
      }
      setAttribute(tools, 'data-zoomed', whole.hidden ? undefined : '');
    },
  };
}

function option(value: string, text: string): HTMLOptionElement {
  return element('option', { value }, text);
}
