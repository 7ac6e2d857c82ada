import { count, counted, metric } from '../../../src/cli/number.js';
import type { StudySummary } from '../../../src/live/protocol.js';
import { element, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { dayAndTime } from '../time-words.js';
import { findField } from './find-field.js';
import { chosenStudies, toggleStudy } from './studies-chosen.js';
import { type StudyName, studyNames } from './study-names.js';

/** The studies on this server: how each stands; one can be opened, and several chosen to be compared. */
export function studiesView({ body, tools, note }: Panel, page: Page): View {
  const { link } = page;
  const find = findField(link, 'studies.find', 'Find a study', () => show());
  tools.append(find.element);
  const rows = element('tbody', {});
  const titles = ['Study', 'State', 'Best', 'Trials', 'Changed', 'Folder'];
  const table = element(
    'table',
    { class: 'data-table studies-table' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, 'Compare')),
        ...titles.map(title => element('th', { scope: 'col', class: title === 'Best' ? 'num' : undefined }, title)),
      ),
    ),
    rows,
  );
  body.append(element('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Studies' }, table));
  let studies: readonly StudySummary[] = [];
  let shown = '';

  const show = () => {
    const found = studies.filter(({ name, folder = '' }) => `${name} ${folder}`.toLowerCase().includes(find.wanted));
    const chosen = chosenStudies(page);
    const open = link.get('study');
    // Among all of them: what is found does not change its name with what is looked for.
    const names = studyNames(studies);
    const key = JSON.stringify([found.map(study => [study, names.get(study.key)]), chosen, open]);
    if (key === shown) return;
    shown = key;
    const held = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.hold : undefined;
    rows.replaceChildren(
      ...found.map(study => {
        const named = names.get(study.key) as StudyName;
        return rowOf(study, named, chosen.includes(study.key), study.key === open, page);
      }),
    );
    if (held !== undefined) rows.querySelector<HTMLElement>(`[data-hold="${CSS.escape(held)}"]`)?.focus();
    setText(note, found.length === 0 ? 'No study has that in its name or folder.' : '');
  };
  return (model, changed) => {
    studies = model.studies;
    if (changed === 'all') find.follow();
    show();
  };
}

function rowOf(study: StudySummary, named: StudyName, chosen: boolean, open: boolean, page: Page): HTMLElement {
  const { label } = named;
  const { key, state, problem, best, objective, counts, trials, changedAt, folder } = study;
  const box = element('input', {
    type: 'checkbox',
    checked: chosen,
    disabled: state === 'unreadable' && !chosen,
    'aria-label': `Compare ${label}`,
    'data-hold': `compare ${key}`,
  });
  box.addEventListener('change', () => toggleStudy(page, key));
  // What is looked at in one study means nothing in another.
  const go = {
    study: key,
    at: undefined,
    trial: undefined,
    selected: undefined,
    where: undefined,
    'data.find': undefined,
  };
  const text = element(
    'span',
    { class: 'study-title', title: label },
    element('span', { class: 'two-lines' }, named.name),
    ...(named.part === undefined ? [] : [element('span', { class: 'quiet' }, ` · ${named.part}`)]),
  );
  const link = element('a', { href: page.link.href(go), class: 'study-link', 'data-hold': `open ${key}` }, text);
  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    page.link.go(go);
  });
  const done = counts.complete + counts.pruned + counts.failed;
  return element(
    'tr',
    { 'data-study': key, 'aria-current': open ? 'true' : undefined },
    element('td', {}, box),
    element('th', { scope: 'row' }, state === 'unreadable' ? text : link),
    element(
      'td',
      { class: `study-${state}` },
      state,
      ...(problem === undefined ? [] : [element('p', { class: 'quiet' }, problem)]),
    ),
    element(
      'td',
      { class: 'num' },
      best === undefined ? '' : metric(best.value),
      ...(best === undefined || objective === undefined ? [] : [element('p', { class: 'quiet' }, objective.metric)]),
    ),
    element('td', {}, trials === undefined ? counted(done, 'trial') : `${count(done)} of ${count(trials)}`),
    element('td', {}, changedAt === undefined ? '' : timeOf(changedAt)),
    element('td', { class: 'quiet' }, folder ?? ''),
  );
}

function timeOf(time: number): HTMLElement {
  return element('time', { datetime: new Date(time).toISOString() }, dayAndTime(time));
}
