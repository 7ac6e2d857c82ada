import type { Page } from '../page.js';

/** At most so many are compared: each is a connection, and a line in a colour of its own. */
export const mostChosen = 8;

/** The keys of the studies that are compared, as they stand in the address. */
export function chosenStudies({ link }: Page): readonly string[] {
  return (link.get('studies.with') ?? '')
    .split(',')
    .filter(text => text !== '')
    .map(decode)
    .slice(0, mostChosen);
}

/** Compares a study, or no longer. */
export function toggleStudy(page: Page, key: string): void {
  const before = chosenStudies(page);
  const next = before.includes(key) ? before.filter(each => each !== key) : [...before, key].slice(-mostChosen);
  page.link.set('studies.with', next.length === 0 ? undefined : next.map(encodeURIComponent).join(','));
  page.redraw();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
