import { count } from '../../../src/cli/number.js';
import type { Counts, TrialState } from '../../../src/tune/events.js';
import { element, setText } from '../element.js';

/** What a person chose to see in the learning curves. */
export interface CurveSettings {
  metric(): string | undefined;
  log(): boolean;
  shows(state: TrialState): boolean;
  /** The states that are not shown. */
  hidden(): readonly TrialState[];
  /** Offers these metrics, and tells how many trials there are of each state. */
  offer(metrics: readonly string[], counts: Counts): void;
}

const states = ['running', 'complete', 'pruned', 'failed'] as const;

/** The controls of the learning curves: which metric, which scale, trials in which states. */
export function curveTools(tools: HTMLElement, changed: () => void): CurveSettings {
  const select = element('select', { 'aria-label': 'Metric' });
  select.addEventListener('change', changed);
  let offered = '';

  const scales = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, 'Scale'));
  const radio = (value: string, label: string, checked: boolean) => {
    const input = element('input', { type: 'radio', name: 'scale', value, checked });
    input.addEventListener('change', changed);
    scales.append(element('label', {}, input, element('span', {}, label)));
    return input;
  };
  radio('linear', 'Linear', true);
  const log = radio('log', 'Log', false);

  const legend = element(
    'fieldset',
    { class: 'legend' },
    element('legend', { class: 'visually-hidden' }, 'Shown trials'),
  );
  const boxes = new Map<TrialState, HTMLInputElement>();
  const numbers = new Map<TrialState, HTMLElement>();
  for (const state of states) {
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', changed);
    const number = element('span', { class: 'number' }, '0');
    boxes.set(state, box);
    numbers.set(state, number);
    legend.append(
      element(
        'label',
        { class: `key key-${state}` },
        box,
        element('i', { 'aria-hidden': 'true' }),
        ` ${state} `,
        number,
      ),
    );
  }
  tools.append(legend, select, scales);

  return {
    metric: () => select.value || undefined,
    log: () => log.checked,
    shows: state => boxes.get(state)?.checked ?? true,
    hidden: () => states.filter(state => boxes.get(state)?.checked === false),
    offer(metrics, counts) {
      if (metrics.join('\n') !== offered) {
        offered = metrics.join('\n');
        const chosen = metrics.includes(select.value) ? select.value : metrics[0];
        select.replaceChildren(...metrics.map(name => element('option', { value: name }, name)));
        if (chosen !== undefined) select.value = chosen;
      }
      for (const state of states) setText(numbers.get(state) as HTMLElement, count(counts[state]));
    },
  };
}
