import type { TrialRecord } from '../../src/tune/study-state.js';
import type { Field } from './fields.js';
import { type Filter, filterText, lackingIn, noFilter, parseFilter, passes, type Wanted } from './filter.js';
import type { Link } from './link.js';

/** What changed in how a person looks at the study. */
export type LensChange = 'hover' | 'pin' | 'selection' | 'filter';

/** How a person looks at the study, shared by all views: the trial under the pointer, the pinned one, the selected ones, the filter. */
export interface Lens {
  /** The hovered trial, else the pinned one. */
  readonly trial: number | undefined;
  readonly hovered: number | undefined;
  /** The trial that stays highlighted, and whose page is there to be opened. */
  readonly pinned: number | undefined;
  /** Trials chosen to be compared, in the order of choosing. */
  readonly selected: ReadonlySet<number>;
  readonly filter: Filter;
  /** Whether charts draw the trials that the filter leaves out, pale: there is a filter, and a person does not want them hidden. */
  readonly dims: boolean;
  /** Whether such trials are to be hidden altogether. */
  readonly hides: boolean;
  hover(trial: number | undefined): void;
  /** Pins a trial, or lets go of it if it is the pinned one; `undefined` lets go. */
  pin(trial: number | undefined): void;
  select(trials: Iterable<number>): void;
  /** Selects a trial, or no longer. */
  toggle(trial: number): void;
  setFilter(filter: Filter): void;
  /** Changes what is wanted of one field; `undefined`: anything. */
  want(key: string, wanted: Wanted | undefined): void;
  /** The same for the trials that have the field: those that lack it are kept beside them if they were. */
  wantPresent(key: string, wanted: Wanted | undefined): void;
  setHides(hides: boolean): void;
  /** Whether the filter lets a trial through. */
  passes(trial: TrialRecord): boolean;
  /** Whether charts draw the trial at all: it passes, or is dimmed. */
  draws(trial: TrialRecord): boolean;
  /** The fields of the study, for the filter. */
  setFields(fields: readonly Field[]): void;
  /** Calls the listener after a change, until the returned function is called. */
  onChange(listener: (change: LensChange) => void): () => void;
}

/** A lens whose pinned trial (`trial`), selection (`selected`), filter (`where`) and what becomes of the `others` stand in the address. */
export function lens(link: Link): Lens {
  let hovered: number | undefined;
  let pinned: number | undefined;
  let selected: ReadonlySet<number> = new Set();
  let filter: Filter = noFilter;
  let hides = false;
  let fields: readonly Field[] = [];
  /** Those of them that the filter names: thousands of trials are asked about at a time. */
  let named: readonly Field[] = [];
  const nameFields = () => {
    named = fields.filter(({ key }) => Object.hasOwn(filter, key));
  };
  const isWanted = (trial: TrialRecord) => named.length === 0 || passes(filter, named, trial);
  const listeners = new Set<(change: LensChange) => void>();
  const tell = (change: LensChange) => {
    for (const listener of listeners) listener(change);
  };

  const readLink = () => {
    const trial = link.get('trial');
    pinned = trial !== undefined && /^\d{1,9}$/.test(trial) ? Number(trial) : undefined;
    const numbers =
      link
        .get('selected')
        ?.split(',')
        .filter(text => /^\d{1,9}$/.test(text)) ?? [];
    selected = new Set(numbers.map(Number));
    const where = link.get('where');
    filter = where ? parseFilter(where) : noFilter;
    hides = link.get('others') === 'hidden';
    nameFields();
  };
  readLink();
  link.onChange(() => {
    const filterOf = () => `${filterText(filter)} ${hides}`;
    const before = [pinned, [...selected].join(','), filterOf()];
    readLink();
    if (before[0] !== pinned) tell('pin');
    if (before[1] !== [...selected].join(',')) tell('selection');
    if (before[2] !== filterOf()) tell('filter');
  });

  const select = (trials: Iterable<number>) => {
    selected = new Set(trials);
    link.set('selected', selected.size === 0 ? undefined : [...selected].join(','));
    tell('selection');
  };
  const want = (key: string, wanted: Wanted | undefined) => {
    const { [key]: _, ...others } = filter;
    setFilter(wanted === undefined ? others : { ...others, [key]: wanted });
  };
  const setFilter = (next: Filter) => {
    filter = Object.keys(next).length === 0 ? noFilter : next;
    nameFields();
    link.set('where', filterText(next) || undefined);
    tell('filter');
  };
  return {
    get trial() {
      return hovered ?? pinned;
    },
    get hovered() {
      return hovered;
    },
    get pinned() {
      return pinned;
    },
    get selected() {
      return selected;
    },
    get filter() {
      return filter;
    },
    get dims() {
      return filter !== noFilter && !hides;
    },
    get hides() {
      return hides;
    },
    setHides(next) {
      hides = next;
      link.set('others', next ? 'hidden' : undefined);
      tell('filter');
    },
    hover(trial) {
      if (trial === hovered) return;
      hovered = trial;
      tell('hover');
    },
    pin(trial) {
      pinned = trial === pinned ? undefined : trial;
      link.set('trial', pinned === undefined ? undefined : String(pinned));
      tell('pin');
    },
    select,
    toggle(trial) {
      const next = new Set(selected);
      if (!next.delete(trial)) next.add(trial);
      select(next);
    },
    setFilter,
    want,
    wantPresent(key, wanted) {
      const before = Object.hasOwn(filter, key) ? filter[key] : undefined;
      const keeps = before !== undefined && lackingIn(before) === 'kept';
      want(key, wanted && keeps ? { ...wanted, lacking: true } : wanted);
    },
    passes: isWanted,
    draws: trial => !hides || isWanted(trial),
    setFields(next) {
      if (next === fields) return;
      fields = next;
      nameFields();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
