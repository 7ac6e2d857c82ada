import type { Page } from '../page.js';

/** The epoch that is looked at in a trial's page, shared by its panels; it stands in the address as `trial.epoch`. */
export interface EpochCursor {
  /** What a person chose; undefined for the best epoch. */
  readonly chosen: number | undefined;
  /** What the pointer is at. */
  readonly hovered: number | undefined;
  choose(epoch: number | undefined): void;
  hover(epoch: number | undefined): void;
  onChange(listener: () => void): void;
}

const cursors = new WeakMap<Page, EpochCursor>();

/** The cursor of a page: another trial is looked at in its best epoch again. */
export function epochCursor(page: Page): EpochCursor {
  const known = cursors.get(page);
  if (known !== undefined) return known;
  const { link, lens } = page;
  const read = () => {
    const text = link.get('trial.epoch') ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  let chosen = read();
  let hovered: number | undefined;
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const choose = (epoch: number | undefined) => {
    if (epoch === chosen) return;
    chosen = epoch;
    link.set('trial.epoch', epoch === undefined ? undefined : String(epoch));
    tell();
  };
  lens.onChange(change => {
    if (change !== 'pin') return;
    // The address has another one already if it was the browser's way back that led here.
    if (read() === chosen) choose(undefined);
    else chosen = read();
  });
  link.onChange(() => {
    chosen = read();
    tell();
  });
  const made: EpochCursor = {
    get chosen() {
      return chosen;
    },
    get hovered() {
      return hovered;
    },
    choose,
    hover(epoch) {
      if (epoch === hovered) return;
      hovered = epoch;
      tell();
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
  cursors.set(page, made);
  return made;
}
