import { hyperparameter, metric } from '../../../src/cli/number.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element } from '../element.js';
import type { Model, Page, Panel, View } from '../page.js';
import { isOver } from './absence-words.js';

/** The best complete trial: its value, where it was reached, its hyperparameters, its other metrics. */
export function bestView({ body: container }: Panel, { lens: focus }: Page): View {
  let shown = '';
  return model => {
    const { best, study: info } = model.study;
    const ahead = aheadOf(model);
    const over = isOver(model);
    const key = JSON.stringify([
      info?.name,
      best?.trial,
      best?.value,
      best === undefined,
      ahead?.number,
      ahead?.value,
      over,
      // The trials of a snapshot come after what is said of the best of them.
      model.study.trials.has(best?.trial ?? -1) || model.caughtUp,
    ]);
    if (key === shown || info === undefined) return;
    shown = key;
    const { metric: name, direction } = info.objective;
    const lead =
      ahead === undefined
        ? []
        : [
            element(
              'p',
              { class: 'quiet' },
              `#${ahead.number}, still running, is at ${metric(ahead.value)}${best === undefined ? '' : ': better so far'}.`,
            ),
          ];
    if (best === undefined) {
      container.replaceChildren(
        element('p', { class: 'empty' }, over ? 'No trial was completed.' : 'No trial is complete yet.'),
        ...(over ? nearest(model) : lead),
      );
      return;
    }
    const record = model.study.trials.get(best.trial);
    const others = Object.entries(record?.metrics ?? {}).filter(([other]) => other !== name);
    const link = element('button', { type: 'button', class: 'link' }, `#${best.trial}`);
    link.addEventListener('click', () => focus.pin(best.trial));
    container.replaceChildren(
      element('p', { class: 'best-value', 'data-value': String(best.value) }, metric(best.value)),
      element(
        'p',
        { class: 'best-where' },
        `${direction === 'minimize' ? 'lowest' : 'highest'} ${name}, trial `,
        link,
        `, epoch ${best.epoch}`,
      ),
      pairs(Object.entries(best.hparams).map(([key, value]) => [key, hyperparameter(value)])),
      ...(others.length > 0
        ? [element('h3', {}, 'Then also'), pairs(others.map(([key, value]) => [key, metric(value)]))]
        : []),
      ...lead,
    );
  };
}

function pairs(entries: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'pairs' },
    ...entries.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}

/** A sentence about the pruned trial that came nearest, once none can be complete any more. */
function nearest({ study }: Model): HTMLElement[] {
  const { metric: name = '', direction } = study.study?.objective ?? {};
  const sign = direction === 'maximize' ? -1 : 1;
  const [first] = [...study.trials.values()]
    .filter(({ state, value }) => state === 'pruned' && value !== undefined)
    .sort((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)));
  if (first === undefined) return [];
  return [element('p', { class: 'quiet' }, `The nearest is #${first.number}, with ${name} ${metric(first.value)}.`)];
}

/** The running trial that is ahead of the best complete one. */
function aheadOf({ study }: Model): TrialRecord | undefined {
  const sign = study.study?.objective.direction === 'maximize' ? -1 : 1;
  let best = study.best === undefined ? Number.POSITIVE_INFINITY : sign * study.best.value;
  let ahead: TrialRecord | undefined;
  for (const number of study.running) {
    const trial = study.trials.get(number);
    if (trial?.value === undefined || sign * trial.value >= best) continue;
    [ahead, best] = [trial, sign * trial.value];
  }
  return ahead;
}
