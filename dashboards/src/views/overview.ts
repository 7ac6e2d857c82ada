import { duration } from '../../../src/cli/duration.js';
import { count } from '../../../src/cli/number.js';
import { finished, secondsLeft, shareDone } from '../../../src/cli/progress.js';
import type { StudyState } from '../../../src/tune/study-state.js';
import { byId, element, setAttribute, setText } from '../element.js';
import type { Model, View } from '../page.js';

const reasons = {
  trials: 'all trials are done',
  exhausted: 'the search space is exhausted',
  time: 'its time is up',
  interrupted: 'interrupted',
} as const;

/** What the study is, how far it is, how fast. */
export function overviewView(container: HTMLElement): View {
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
  const stats = new Map<string, HTMLElement>();
  const list = element('dl', { class: 'stats' });
  for (const label of ['Trials', 'Running', 'Epochs/s', 'Elapsed', 'Time left']) {
    const value = element('dd', {}, '–');
    stats.set(label, value);
    list.append(element('div', {}, element('dt', {}, label), value));
  }
  container.append(element('div', { class: 'overview-head' }, sentence, facts), list, bar);
  let shownFacts = '';

  return model => {
    const { study: info, counts, running, startedAt } = model.study;
    if (info === undefined) {
      document.title = 'rxnn';
      setText(byId('study-name'), 'Live study');
      return;
    }
    setText(byId('study-name'), info.name);
    setText(sentence, stateSentence(model));
    const about = [
      `${info.objective.direction} ${info.objective.metric}`,
      `sampler ${info.sampler}`,
      info.rules.length > 0 ? `stopped early by ${info.rules.join(', ')}` : 'never stopped early',
      `${info.parallel} at a time`,
      ...(info.device === undefined ? [] : [`on ${info.device}`]),
      ...(info.data === undefined ? [] : [info.data]),
    ];
    if (about.join('\n') !== shownFacts) {
      shownFacts = about.join('\n');
      facts.replaceChildren(...about.map(fact => element('li', {}, fact)));
    }

    const done = finished(model.study);
    const total = info.trials;
    const elapsed = startedAt === undefined ? 0 : Math.max(0, (model.now - startedAt) / 1000);
    const over = model.study.finishReason !== undefined;
    const left = over ? undefined : secondsLeft(model.study, elapsed);
    const pace = over ? model.study.epochs / Math.max(elapsed, 1e-3) : model.epochsPerSecond;
    const say = (label: string, text: string) => setText(stats.get(label) as HTMLElement, text);
    say('Trials', total === undefined ? count(done) : `${count(done)} of ${count(total)}`);
    say('Running', count(running.length));
    say('Epochs/s', pace === undefined ? '–' : pace >= 100 ? count(Math.round(pace)) : pace.toFixed(1));
    say('Elapsed', duration(Math.floor(elapsed)).replace('.0', ''));
    say(
      'Time left',
      over ? 'done' : left === undefined ? '–' : `≈ ${duration(Math.max(1, Math.round(left))).replace('.0', '')}`,
    );

    const whole = Math.max(total ?? done + running.length, done, 1);
    for (const { state, part } of parts) {
      part.hidden = counts[state] === 0;
      part.style.flexGrow = String(counts[state] / whole);
    }
    setAttribute(bar, 'aria-valuemin', '0');
    setAttribute(bar, 'aria-valuemax', String(whole));
    setAttribute(bar, 'aria-valuenow', String(done));
    setAttribute(bar, 'aria-valuetext', `${done} of ${whole} trials done, ${running.length} running`);
    document.title = `${title(model.study)} · ${info.name} · rxnn`;
  };
}

function stateSentence({ study, ended }: Model): string {
  const { counts, finishReason } = study;
  const tally = (['complete', 'pruned', 'failed'] as const)
    .filter(state => state === 'complete' || counts[state] > 0)
    .map(state => `${count(counts[state])} ${state}`)
    .join(', ');
  if (finishReason !== undefined) return `Finished (${reasons[finishReason]}): ${tally}`;
  return `${ended === undefined ? 'Running' : 'Ended'}: ${tally}`;
}

function title(study: StudyState): string {
  if (study.finishReason !== undefined) return 'Finished';
  const share = shareDone(study);
  return share === undefined ? `${finished(study)} done` : `${Math.floor(share * 100)} %`;
}
