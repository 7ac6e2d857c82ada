import { element } from '../element.js';
import type { Model, Page } from '../page.js';
import { askedScale, chosenObjective, objectivesOf } from './objective.js';

/** Controls that all views of hyperparameters share: which objective, and by logarithms or not. */
export interface ObjectiveTools {
  /** Offers the study's objectives and shows what is chosen; `log` as the values are shown now. */
  show(model: Model, log: boolean): void;
}

/** The controls in `tools`, of the panel `id`; without `scales` only the objective can be chosen. */
export function objectiveTools(tools: HTMLElement, id: string, { link, redraw }: Page, scales = true): ObjectiveTools {
  const select = element('select', { 'aria-label': 'Objective', hidden: true });
  select.addEventListener('change', () => {
    link.set('parameters.objective', select.selectedIndex > 0 ? select.value : undefined);
    redraw();
  });
  const box = element('fieldset', { class: 'segments' });
  box.append(element('legend', { class: 'visually-hidden' }, 'Scale of the objective'));
  const radios = new Map<string, HTMLInputElement>();
  for (const [value, label] of [
    ['linear', 'Linear'],
    ['log', 'Log'],
  ] as const) {
    const input = element('input', { type: 'radio', name: `${id}-scale`, value });
    input.addEventListener('change', () => {
      link.set('parameters.scale', value);
      redraw();
    });
    radios.set(value, input);
    box.append(element('label', {}, input, element('span', {}, label)));
  }
  tools.append(select);
  if (scales) tools.append(box);
  let offered = '';
  return {
    show(model, log) {
      const metrics = objectivesOf(model).map(({ metric }) => metric);
      if (metrics.join('\n') !== offered) {
        offered = metrics.join('\n');
        select.replaceChildren(...metrics.map(metric => element('option', { value: metric }, metric)));
      }
      select.hidden = metrics.length < 2;
      select.value = chosenObjective(model, link)?.metric ?? '';
      const asked = askedScale(link) ?? (log ? 'log' : 'linear');
      for (const [value, input] of radios) input.checked = value === asked;
    },
  };
}
