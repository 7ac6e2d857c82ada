import { count, metric } from '../../../src/cli/number.js';
import { finished, secondsLeft } from '../../../src/cli/progress.js';
import { byId, element, setAttribute, setText } from '../element.js';
import type { Model, Page, View } from '../page.js';
import { wholeDuration } from '../time-words.js';
import { workersView } from './header-load.js';
import { bytes, loadWords, openTrials, shortState, speedWords, stateSentence, unfinished } from './header-words.js';

interface Stat {
  readonly box: HTMLElement;
  readonly value: HTMLElement;
  readonly more: HTMLElement;
}

/** The header of a study, above every place: what it is, how far it is, its best, how fast, how long still, how busy the machine. */
export function overviewView(container: HTMLElement, page: Page): View {
  const sentence = element('p', { class: 'study-state' });
  const facts = element('ul', { class: 'facts' });
  const parts = (['complete', 'pruned', 'failed', 'running'] as const).map(state => {
    const part = element('span', { class: `bar-${state}` });
    return { state, part };
  });
  const bar = element(
    'div',
    { class: 'bar', role: 'progressbar', 'aria-label': 'Trials done' },
    ...parts.map(({ part }) => part),
  );
  const list = element('dl', { class: 'stats' });
  const stat = (name: string, label: string): Stat => {
    const value = element('dd', { class: 'stat-value' }, '–');
    const more = element('dd', { class: 'stat-more' });
    const box = element('div', { class: `stat stat-${name}` }, element('dt', {}, label), value, more);
    list.append(box);
    return { box, value, more };
  };
  const progress = stat('trials', 'Trials');
  const best = stat('best', 'Best so far');
  const pace = stat('pace', 'Epochs/s');
  const left = stat('left', 'Time left');
  const busy = stat('load', 'Load');
  const bestLink = element('a', { class: 'link' });
  bestLink.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    page.link.go({ at: 'trial', trial: bestLink.dataset.trial });
  });
  const bestWhere = element('span', {});
  container.append(element('div', { class: 'overview-head' }, sentence, facts), list, bar);
  const drawWorkers = workersView(container, page);
  let shownFacts = '';

  return model => {
    const { study: info, counts, running, startedAt } = model.study;
    if (info === undefined) {
      document.title = 'rxnn';
      setText(byId('study-name'), 'Live study');
      setAttribute(byId('study-name'), 'title', undefined);
      return;
    }
    setText(byId('study-name'), info.name);
    setAttribute(byId('study-name'), 'title', info.name);
    setText(sentence, stateSentence(model.study, model.ended, model.stopped));
    const about = factsOf(model);
    if (about.join('\n') !== shownFacts) {
      shownFacts = about.join('\n');
      facts.replaceChildren(...about.map(fact => element('li', {}, fact)));
    }

    const done = finished(model.study);
    const total = info.trials;
    const elapsed = startedAt === undefined ? 0 : Math.max(0, (model.now - startedAt) / 1000);
    const over = model.study.finishReason !== undefined;
    setText(progress.value, total === undefined ? count(done) : `${count(done)} of ${count(total)}`);
    setText(
      progress.more,
      (model.stopped ? unfinished : openTrials)(model.study) || (over ? 'all are over' : 'none is open'),
    );

    drawBest(model);

    const speed = over ? model.study.epochs / Math.max(elapsed, 1e-3) : model.epochsPerSecond;
    const words = speedWords(model.study, speed);
    setText(pace.value, words.epochs);
    setText(pace.more, words.samples);

    const seconds = over || model.stopped ? undefined : secondsLeft(model.study, elapsed);
    setText(left.value, over ? 'done' : seconds === undefined ? '–' : `≈ ${wholeDuration(seconds)}`);
    setText(left.more, `${over ? 'took' : 'elapsed'} ${wholeDuration(elapsed)}`);

    const { load } = model;
    busy.box.hidden = load === undefined || over;
    if (load !== undefined) {
      setText(busy.value, `${load.cpu.toFixed(1)} of ${count(load.cores)}`);
      setText(busy.more, `cores used by it, ${bytes(load.memory)}`);
      setAttribute(busy.box, 'title', loadWords(load.cpu, load.cores, load.workers?.length ?? 0));
    }
    drawWorkers(model);

    const all = Math.max(total ?? done + running.length, done, 1);
    for (const { state, part } of parts) {
      part.hidden = counts[state] === 0;
      part.style.flexGrow = String(counts[state] / all);
    }
    setAttribute(bar, 'aria-valuemin', '0');
    setAttribute(bar, 'aria-valuemax', String(all));
    setAttribute(bar, 'aria-valuenow', String(done));
    setAttribute(bar, 'aria-valuetext', `${done} of ${all} trials done, ${running.length} running`);
    document.title = `${shortState(model.study, model.stopped)} · ${info.name} · rxnn`;
  };

  function drawBest({ study: { best: leader, study: info } }: Model): void {
    if (leader === undefined || info === undefined) {
      setText(best.value, '–');
      setText(best.more, 'no trial is complete');
      return;
    }
    const { objective, objectives } = info;
    setText(best.value, metric(leader.value));
    setText(bestLink, `#${leader.trial}`);
    bestLink.dataset.trial = String(leader.trial);
    setAttribute(bestLink, 'aria-label', `Open trial ${leader.trial}, the best so far`);
    setAttribute(bestLink, 'href', page.link.href({ at: 'trial', trial: String(leader.trial) }));
    const first = objectives === undefined ? '' : ', the first objective';
    setText(bestWhere, `${objective.metric}${first}, epoch ${leader.epoch} of `);
    if (bestLink.parentElement !== best.more) best.more.replaceChildren(bestWhere, bestLink);
  }
}

function factsOf({ study: { study: info } }: Model): string[] {
  if (info === undefined) return [];
  const goals = info.objectives ?? [info.objective];
  return [
    goals.map(({ direction, metric: name }) => `${direction} ${name}`).join(' and '),
    `sampler ${info.sampler}`,
    info.rules.length > 0 ? `stopped early by ${info.rules.join(', ')}` : 'never stopped early',
    `${info.parallel} at a time`,
    ...(info.device === undefined ? [] : [`on ${info.device}`]),
    ...(info.data === undefined ? [] : [info.data]),
  ];
}
