import { duration } from '../../../src/cli/duration.js';
import { count, counted, hyperparameter, metric } from '../../../src/cli/number.js';
import type { StudyInfo } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element, setAttribute, setText } from '../element.js';
import { endingOf } from '../ending.js';
import type { Field } from '../fields.js';
import type { Model, Page, Panel, TrialDetail, View } from '../page.js';
import { timeOfDay } from '../time-words.js';
import { trialControls } from './controls-trial.js';
import { lookedAt, novelty, skeleton } from './trial-looked-at.js';
import { type Neighbours, neighboursOf, rangeWords, standingsOf } from './trial-standing.js';

/** The head of a trial's page: its state, its value and rank, its hyperparameters and how they compare, the way to others. */
export function trialView({ section, body: container, tools }: Panel, page: Page): View {
  const { lens } = page;
  const title = section.querySelector('h2') as HTMLElement;
  const badge = element('span', { class: 'state' });
  const name = element('span', {});
  title.replaceChildren(name, ' ', badge);
  const isNew = novelty();
  let neighbours: Neighbours | undefined;
  let shownFor = '';

  const way = (label: string, pick: (of: Neighbours) => number | undefined) => {
    const button = element('button', { type: 'button', class: 'way' }, label);
    button.addEventListener('click', () => {
      const to = neighbours && pick(neighbours);
      if (to !== undefined) lens.pin(to);
    });
    return {
      button,
      update(of: Neighbours) {
        const to = pick(of);
        button.disabled = to === undefined;
        setAttribute(button, 'aria-label', to === undefined ? `${label}: there is none` : `${label}: trial ${to}`);
      },
    };
  };
  const ways = [
    way('← Previous', of => of.previous),
    way('Next →', of => of.next),
    way('↑ Better', of => of.better),
    way('↓ Worse', of => of.worse),
  ];
  tools.append(...ways.map(({ button }) => button));

  const facts = element('dl', { class: 'pairs trial-facts' });
  const ending = element('p', { class: 'trial-ending' });
  const hparams = element('div', { class: 'trial-hparams' });
  const missing = element('div', {});
  const columns = element('div', { class: 'trial-columns' }, element('div', {}, ending, facts), hparams);
  container.append(missing, columns);

  let controlled: number | undefined;
  const steer = element('div', { class: 'trial-steer' });
  tools.append(steer);

  return (model, changed) => {
    if (controlled !== lens.pinned) {
      controlled = lens.pinned;
      steer.replaceChildren(...(controlled === undefined ? [] : [trialControls(controlled, page)]));
    }
    const at = lookedAt(model, page);
    const { study } = model;
    if (at === undefined || study.study === undefined) {
      columns.hidden = true;
      missing.hidden = false;
      setText(name, `Trial ${lens.pinned ?? ''}`);
      setText(badge, '');
      const text = `This study has no trial ${lens.pinned}.`;
      missing.replaceChildren(model.caughtUp ? element('p', { class: 'empty' }, text) : skeleton(4));
      for (const { button } of ways) button.disabled = true;
      return;
    }
    const { trial, detail } = at;
    const fresh = isNew(at, changed);
    // How it compares changes with the others, too, but not with each of their epochs.
    const { complete, pruned, failed } = study.counts;
    const key = [trial.number, trial.state, trial.value, complete + pruned + failed, study.trials.size].join(' ');
    if (!fresh && key === shownFor) return;
    columns.hidden = false;
    missing.hidden = true;
    setText(name, `Trial ${trial.number}`);
    setText(badge, study.best?.trial === trial.number ? `${trial.state}, the best so far` : trial.state);
    badge.className = `state state-${trial.state}`;
    if (key !== shownFor || changed === 'all') {
      const others = [...study.trials.values()].filter(each => each.number === trial.number || lens.passes(each));
      neighbours = neighboursOf(trial.number, others, study.study.objective.direction);
      for (const each of ways) each.update(neighbours);
      hparams.replaceChildren(hparamTable(trial, model.fields, others));
      shownFor = key;
    }
    const end = endingOf(trial);
    ending.replaceChildren(...(end === undefined ? [] : [element('b', {}, end.who), ` · ${end.why}`]));
    ending.hidden = end === undefined;
    facts.replaceChildren(
      ...factsOf(trial, detail, neighbours, study.study, model).flatMap(([term, text]) => [
        element('dt', {}, term),
        element('dd', {}, text),
      ]),
    );
  };
}

function factsOf(
  trial: TrialRecord,
  detail: TrialDetail | undefined,
  neighbours: Neighbours | undefined,
  info: StudyInfo,
  model: Model,
): (readonly [string, string])[] {
  const { value, values, bestEpoch, epochs, startedAt, finishedAt, slot, origin } = trial;
  const goals = info.objectives ?? [info.objective];
  const origins = {
    enqueued: 'given by somebody',
    clone: `a clone of trial ${origin?.of}`,
    retry: `trial ${origin?.of} once more`,
  };
  const rank =
    neighbours?.rank === undefined
      ? 'none, without a value'
      : `${count(neighbours.rank)} of ${count(neighbours.ranked)} with a value`;
  const waits = slot === undefined && epochs === 0 && trial.state === 'waiting';
  return [
    ...goals.map(({ metric: goal }, i): [string, string] => {
      const shown = values?.[i] ?? (i === 0 ? value : undefined);
      return [
        goal,
        shown === undefined ? '–' : `${metric(shown)}${bestEpoch === undefined ? '' : `, epoch ${bestEpoch}`}`,
      ];
    }),
    ['Rank', rank],
    ['Epochs', info.epochs === undefined ? count(epochs) : `${count(epochs)} of ${count(info.epochs)}`],
    ...(trial.samples === 0 && epochs > 0 ? [] : [['Samples', count(trial.samples)] as const]),
    [waits ? 'Enqueued' : 'Started', timeOfDay(startedAt)],
    ...(waits ? [] : [['Took', duration(((finishedAt ?? model.now) - startedAt) / 1000)] as const]),
    ...(slot === undefined ? [] : [['Place', String(slot + 1)] as const]),
    ['Hyperparameters', origin === undefined ? `drawn by ${info.sampler}` : origins[origin.kind]],
    ['Checkpoint', checkpointWords(detail)],
  ];
}

function checkpointWords(detail: TrialDetail | undefined): string {
  if (detail === undefined) return '…';
  const stored = detail.reports.findLast(({ checkpoint }) => checkpoint !== undefined);
  if (stored === undefined) return 'none stored';
  return `${stored.checkpoint}, epoch ${stored.epoch}`;
}

function hparamTable(trial: TrialRecord, fields: readonly Field[], others: readonly TrialRecord[]): HTMLElement {
  const standings = standingsOf(trial, fields, others);
  if (standings.length === 0) return element('p', { class: 'empty' }, 'It has no hyperparameters.');
  return element(
    'table',
    { class: 'plain-table' },
    element('caption', { class: 'visually-hidden' }, 'Hyperparameters'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['Hyperparameter', 'Value', 'In its range', `Among ${counted(others.length, 'trial')}`].map(text =>
          element('th', { scope: 'col' }, text),
        ),
      ),
    ),
    element(
      'tbody',
      {},
      ...standings.map(({ field, text, position, among }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, field.title),
          element('td', { class: 'hparam-value' }, text),
          element('td', {}, ...rangeOf(field, position)),
          element('td', { class: 'quiet' }, among),
        ),
      ),
    ),
  );
}

/** Where a number lies between its ends, or what else it might have been. */
function rangeOf(field: Field, position: number | undefined): (Node | string)[] {
  if (position === undefined) return [element('span', { class: 'quiet' }, rangeWords(field))];
  const dot = element('i', {});
  dot.style.left = `${(100 * position).toFixed(1)}%`;
  const ends = [field.low, field.high].map(end => hyperparameter(end ?? null));
  return [
    element(
      'span',
      { class: 'range', title: rangeWords(field) },
      element('span', { class: 'quiet' }, ends[0] ?? ''),
      element('span', { class: 'range-track', 'aria-hidden': 'true' }, dot),
      element('span', { class: 'quiet' }, ends[1] ?? ''),
    ),
  ];
}
