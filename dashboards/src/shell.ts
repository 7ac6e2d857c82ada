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
  /** What changed since it drew last; undefined if it needs not draw. */
  missed: Changed | undefined;
  /** Up to which event it shows the study. */
  seq: number;
}

interface Place {
  readonly element: HTMLElement;
  readonly views: readonly Mounted[];
  /** What changed while it was closed. */
  missed: Set<number> | 'all' | undefined;
}

/** Milliseconds of a frame after which no further view begins to draw. */
const enough = 10;
/** Of more trials than this it is not kept which they are. */
const many = 500;
/** Keys of the address that no view has to be drawn anew for: the lens tells of its own. */
const light = new Set(['at', 'trial', 'selected', 'where', 'others']);

/**
 * The places of the page and the way between them: only the open one is drawn, and each is made when it is first opened. Views
 * that a frame has no time for come with the next ones.
 */
export function shell(nav: HTMLElement, main: HTMLElement, specs: readonly ViewSpec[], page: Page): View {
  const links = new Map<PlaceName, HTMLAnchorElement>();
  const places = new Map<PlaceName, Place>();
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
  page.link.onChange(keys => ([...keys].every(key => light.has(key)) ? page.touch() : page.redraw()));

  const open = (place: PlaceName): Place => {
    const box = element('div', { class: `place place-${place}` });
    // In the document before its views are made, and visible, so that they can measure themselves.
    main.append(box);
    const panels = specs
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
        return { spec, panel: { section, body, tools, note } };
      });
    const views = panels.map(({ spec, panel }): Mounted => {
      const view = spec.mount(panel, page);
      return { spec, section: panel.section, view, missed: 'all', seq: -1 };
    });
    return { element: box, views, missed: undefined };
  };

  let shown: PlaceName | undefined;
  let last: Model | undefined;
  let asked: number | undefined;
  /** Where the next frame begins, so that every view has its turn. */
  let turn = 0;
  const drawOpen = (model: Model) => {
    if (asked !== undefined) cancelAnimationFrame(asked);
    asked = undefined;
    const place = shown === undefined ? undefined : places.get(shown);
    if (place === undefined) return;
    const { element: box, views } = place;
    for (const { spec, section } of views) section.hidden = spec.when !== undefined && !spec.when(model, page);
    const until = performance.now() + enough;
    let drawn = 0;
    for (let i = 0; i < views.length; i++) {
      const one = views[(turn + i) % views.length] as Mounted;
      const { missed } = one;
      if (missed === undefined || one.section.hidden) continue;
      if (drawn++ > 0 && performance.now() > until) {
        turn = (turn + i) % views.length;
        asked = requestAnimationFrame(() => last !== undefined && drawOpen(last));
        break;
      }
      one.missed = undefined;
      one.view(model, missed);
      one.seq = model.study.lastSeq;
    }
    if (asked === undefined) turn = 0;
    box.toggleAttribute('data-drawn', asked === undefined);
    // What all that is in sight shows.
    const seen = views.filter(({ section }) => !section.hidden).map(({ seq }) => seq);
    main.dataset.seq = String(Math.min(model.study.lastSeq, ...seen));
  };
  const view: View = (model, changed) => {
    last = model;
    const offered = order.filter(place => isOffered(place, specs, model, page));
    const wanted = page.link.get('at') as PlaceName | undefined;
    const name = wanted !== undefined && offered.includes(wanted) ? wanted : 'overview';
    for (const [each, link] of links) {
      (link.parentElement as HTMLElement).hidden = !offered.includes(each);
      setAttribute(link, 'aria-current', each === name ? 'page' : undefined);
      setAttribute(link, 'href', page.link.href({ at: each === 'overview' ? undefined : each }));
      if (each === 'trial') setText(link, page.lens.pinned === undefined ? 'Trial' : `Trial #${page.lens.pinned}`);
    }
    if (shown !== name) {
      for (const [other, { element: box }] of places) box.hidden = other !== name;
      shown = name;
      turn = 0;
      document.documentElement.dataset.place = name;
    }
    let place = places.get(name);
    if (place === undefined) {
      place = open(name);
      places.set(name, place);
    }
    for (const other of places.values()) if (other !== place) other.missed = grown(other.missed, changed);
    for (const one of place.views) one.missed = both(both(one.missed, place.missed), changed);
    place.missed = undefined;
    drawOpen(model);
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

/** The first set with what changed in it, too. */
function grown(missed: Set<number> | 'all' | undefined, changed: Changed): Set<number> | 'all' {
  if (missed === 'all' || changed === 'all' || (missed?.size ?? 0) + changed.size > many) return 'all';
  const all = missed ?? new Set<number>();
  for (const trial of changed) all.add(trial);
  return all;
}

/** What changed by either account, both of which stay as they are. */
function both(a: Changed | undefined, b: Changed | undefined): Changed | undefined {
  if (a === undefined || b === 'all') return b ?? a;
  if (b === undefined || a === 'all' || b.size === 0) return a;
  return a.size === 0 ? b : new Set([...a, ...b]);
}
