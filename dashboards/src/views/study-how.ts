import { count, counted, hyperparameter } from '../../../src/cli/number.js';
import type { StudyInfo } from '../../../src/tune/events.js';
import { element } from '../element.js';
import type { Panel, View } from '../page.js';

/** How the study goes about it: what it optimizes, the sampler, the rules, the constraints. */
export function howView({ body }: Panel): View {
  let shown: StudyInfo | undefined;
  return model => {
    const { study: info } = model.study;
    if (info === undefined || info === shown) return;
    shown = info;
    body.replaceChildren(element('dl', { class: 'facts-list' }, ...factsOf(info).flatMap(pair)));
  };
}

type Fact = readonly [title: string, ...content: (Node | string)[]];

const pair = ([title, ...content]: Fact): Node[] => [element('dt', {}, title), element('dd', {}, ...content)];

function factsOf(info: StudyInfo): Fact[] {
  const goals = info.objectives ?? [info.objective];
  const note = info.samplerNote === undefined ? [] : [element('p', { class: 'quiet' }, info.samplerNote)];
  const list = (items: readonly string[], code = false) =>
    element(
      'ul',
      { class: 'plain-list' },
      ...items.map(text => element('li', {}, code ? element('code', {}, text) : text)),
    );
  const { constraints = [], rungs = [] } = info;
  return [
    [
      goals.length > 1 ? 'Objectives' : 'Objective',
      list(goals.map(({ metric, direction }) => `${direction} ${metric}`)),
    ],
    ['Sampler', info.sampler, ...note],
    ['Stopped early by', info.rules.length === 0 ? 'nothing: every trial runs to its end' : list(info.rules)],
    ...rungs.map(
      ({ rule, metric, reductionFactor, brackets }): Fact => [
        `Rungs of ${rule}`,
        list(
          brackets.map(
            (epochs, i) =>
              `${brackets.length > 1 ? `bracket ${i + 1}: ` : ''}at ${epochs.length === 1 ? 'epoch' : 'epochs'} ${epochs.join(', ')}`,
          ),
        ),
        element('p', { class: 'quiet' }, `one in ${hyperparameter(reductionFactor)} is kept, by ${metric}`),
      ],
    ),
    ...(constraints.length === 0 ? [] : [['It must hold that', list(constraints, true)] as const]),
    [
      'Trials',
      `${info.trials === undefined ? 'as many as there is time for' : counted(info.trials, 'trial')}, ${count(info.parallel)} at a time`,
    ],
    ...(info.epochs === undefined ? [] : [['Epochs of a trial', `at most ${count(info.epochs)}`] as const]),
    ...(info.device === undefined ? [] : [['Device', info.device] as const]),
  ];
}
