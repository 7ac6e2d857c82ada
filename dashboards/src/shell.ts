import { element, setAttribute, setText } from './element.js';
import type { Changed, Model, Page, PlaceName, View, ViewSpec } from './page.js';

const titles: Readonly<Record<PlaceName, string>> = {
  studies: 'Studies',
  overview: 'Overview',
  parameters: 'Hyperparameters',
  runs: 'Timeline',
  front: 'Objectives',
  trials: 'Trials',
  trial: 'Trial',
  study: 'Study',
};
const order = Object.keys(titles) as PlaceName[];

interface Mounted {
  readonly spec: ViewSpec;
  readonly section: HTMLElement;
  readonly view: View;
}

/** The places of the page and the way between them: only the open one is drawn, and each is made when it is first opened. */
export function shell(nav: HTMLElement, main: HTMLElement, specs: readonly ViewSpec[], page: Page): View {
  const links = new Map<PlaceName, HTMLAnchorElement>();
  const places = new Map<PlaceName, { readonly element: HTMLElement; readonly views: readonly Mounted[] }>();
  const missed = new Map<PlaceName, Set<number> | 'all'>();
  const list = element('ul', {});
  for (const place of order) {
    const link = element('a', { href: page.link.href({ at: place }) }, titles[place]);
    link.addEventListener('click', event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      page.link.go({ at: place === 'overview' ? undefined : place });
    });
    links.set(place, link);
    list.append(element('li', {}, link));
  }
  nav.append(list);
  page.link.onChange(page.redraw);

  const open = (place: PlaceName) => {
    const found = places.get(place);
    if (found !== undefined) return found;
    const box = element('div', { class: `place place-${place}` });
    const views = specs
      .filter(spec => spec.place === place)
      .map(spec => {
        const title = element('h2', { id: `${spec.id}-title` }, spec.title);
        const tools = element('div', { id: `${spec.id}-tools`, class: 'tools' });
        const body = element('div', { id: spec.id, class: 'panel-body' });
        const note = element('p', { id: `${spec.id}-note`, class: 'note' });
        const head = element('div', { class: 'panel-head' }, title, tools);
        const section = element('section', { class: `panel panel-${spec.id}`, 'aria-labelledby': `${spec.id}-title` });
        section.append(head, body, note);
        box.append(section);
        return { spec, section, view: spec.mount({ section, body, tools, note }, page) };
      });
    main.append(box);
    const made = { element: box, views };
    places.set(place, made);
    return made;
  };

  let shown: PlaceName | undefined;
  let last: Model | undefined;
  const view: View = (model, changed) => {
    last = model;
    const offered = order.filter(place => isOffered(place, specs, model, page));
    const asked = page.link.get('at') as PlaceName | undefined;
    const place = asked !== undefined && offered.includes(asked) ? asked : 'overview';
    for (const [name, link] of links) {
      (link.parentElement as HTMLElement).hidden = !offered.includes(name);
      setAttribute(link, 'aria-current', name === place ? 'page' : undefined);
      setAttribute(link, 'href', page.link.href({ at: name === 'overview' ? undefined : name }));
      if (name === 'trial') setText(link, page.lens.pinned === undefined ? 'Trial' : `Trial #${page.lens.pinned}`);
    }
    for (const other of places.keys()) if (other !== place) missed.set(other, merge(missed.get(other), changed));
    // In the document before its views are made, and visible, so that they can measure themselves.
    const { element: box, views } = open(place);
    if (shown !== place) {
      for (const [other, { element: hidden }] of places) hidden.hidden = other !== place;
      shown = place;
      document.documentElement.dataset.place = place;
    }
    const since = box.dataset.drawn === undefined ? 'all' : merge(missed.get(place), changed);
    missed.delete(place);
    box.dataset.drawn = '';
    for (const { spec, section, view } of views) {
      section.hidden = spec.when !== undefined && !spec.when(model, page);
      if (!section.hidden) view(model, since);
    }
  };
  page.lens.onChange(change => {
    if (change !== 'pin' || last === undefined) return;
    // Nobody is to be taken to the next trial that is pinned, having left the page of the last one.
    if (page.lens.pinned === undefined && page.link.get('at') === 'trial') page.link.set('at', undefined);
    view(last, new Set());
  });
  return view;
}

function isOffered(place: PlaceName, specs: readonly ViewSpec[], model: Model, page: Page): boolean {
  return specs.some(spec => spec.place === place && (spec.when === undefined || spec.when(model, page)));
}

function merge(missed: Set<number> | 'all' | undefined, changed: Changed): Set<number> | 'all' {
  if (missed === 'all' || changed === 'all') return 'all';
  const all = missed ?? new Set<number>();
  for (const trial of changed) all.add(trial);
  return all;
}
