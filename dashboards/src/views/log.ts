import { duration } from '../../../src/cli/duration.js';
import { count } from '../../../src/cli/number.js';
import { element, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { dayAndSecond, timeOfDay } from '../time-words.js';
import { type LogLine, logOf } from './log-words.js';
import { absent, lookedAt, novelty } from './trial-looked-at.js';

const names: Readonly<Record<LogLine['kind'], string>> = {
  begin: 'begins',
  report: 'epoch',
  better: 'better',
  finding: 'finding',
  pause: 'pause',
  resume: 'goes on',
  end: 'end',
};

/** What happened to the trial, line by line: who began it, what was found, who paused and who ended it, why, against what. */
export function logView({ body: container, tools, note }: Panel, page: Page): View {
  const { link } = page;
  const isNew = novelty();
  let lines: readonly LogLine[] = [];
  let shownFor = '';
  const list = element('ol', { class: 'log' });
  const region = element(
    'div',
    { class: 'log-scroll', role: 'region', tabindex: '0', 'aria-label': 'Lines of the log' },
    list,
  );
  const box = element('input', { type: 'checkbox' });
  box.addEventListener('change', () => {
    link.set('log.all', box.checked ? '1' : undefined);
    draw(true);
  });
  tools.append(element('label', { class: 'check' }, box, ' Every epoch'));
  container.append(region);

  const draw = (anew: boolean) => {
    const every = link.get('log.all') === '1';
    box.checked = every;
    const shown = every ? lines : lines.filter(({ kind }) => kind !== 'report' && kind !== 'better');
    const hidden = lines.length - shown.length;
    setText(
      note,
      hidden === 0 ? '' : hidden === 1 ? 'One epoch is left out.' : `${count(hidden)} epochs are left out.`,
    );
    list.toggleAttribute('data-long', shown.length > 300);
    // Lines are only ever added.
    if (anew) list.replaceChildren();
    const begun = lines[0]?.time ?? 0;
    list.append(...shown.slice(list.childElementCount).map(line => item(line, begun)));
  };

  return (model, changed) => {
    const at = lookedAt(model, page);
    if (!isNew(at, changed)) return;
    const info = model.study.study;
    const detail = at?.detail;
    if (detail === undefined || info === undefined) {
      lines = [];
      shownFor = '';
      list.replaceChildren();
      if (at !== undefined || !model.caughtUp) list.append(element('li', {}, absent(at, 4)));
      return;
    }
    const key = `${at?.trial.number}`;
    lines = logOf(detail.events, info, model.study.trials);
    draw(changed === 'all' || key !== shownFor);
    shownFor = key;
    if (lines.length === 0) setText(note, 'Nothing is known of what happened to it.');
  };
}

function item({ time, kind, text }: LogLine, begun: number): HTMLElement {
  const after = time === begun ? '' : `+${duration((time - begun) / 1000)}`;
  return element(
    'li',
    { class: `log-${kind}` },
    element('time', { datetime: new Date(time).toISOString(), title: dayAndSecond(time) }, timeOfDay(time)),
    element('span', { class: 'quiet' }, after),
    element('span', { class: 'log-kind' }, names[kind]),
    element('span', { class: 'log-text' }, text),
  );
}
