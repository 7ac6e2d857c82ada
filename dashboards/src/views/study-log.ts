import { counted } from '../../../src/cli/number.js';
import type { Deed } from '../../../src/tune/deeds.js';
import { element, setAttribute } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { dayAndSecond, timeOfDay } from '../time-words.js';

const who: Readonly<Record<string, string>> = {
  page: 'from a page',
  command: 'from the command line',
  code: 'by the program',
};

/** What people and programs asked of the study while it ran, the newest first, whoever it was. */
export function deedsView({ body }: Panel, page: Page): View {
  const list = element('ol', { class: 'deeds' });
  body.append(list);
  let shown: readonly Deed[] = [];
  return ({ study: { deeds } }) => {
    if (deeds === shown) return;
    shown = deeds;
    list.replaceChildren(...[...deeds].reverse().map(deed => rowOf(deed, page)));
  };
}

function rowOf(deed: Deed, page: Page): HTMLElement {
  const at = new Date(deed.time);
  const time = element('time', { datetime: at.toISOString(), title: dayAndSecond(deed.time) }, timeOfDay(deed.time));
  const row = element('li', {}, time, element('span', {}, ...deedText(deed).flatMap(part => partOf(part, page))));
  row.append(element('span', { class: 'quiet' }, who[deed.by] ?? `by ${deed.by}`));
  setAttribute(row, 'data-did', deed.did);
  return row;
}

function partOf(part: string | number, page: Page): Node[] {
  if (typeof part === 'string') return [document.createTextNode(part)];
  const link = element('button', { type: 'button', class: 'link' }, `#${part}`);
  link.addEventListener('click', () => page.link.go({ at: 'trial', trial: String(part) }));
  return [link];
}

/** What was done, as words and the numbers of trials. */
export function deedText({ did, trial = -1, of = -1, parallel, trials, reason }: Deed): (string | number)[] {
  switch (did) {
    case 'pause':
      return ['The study was paused'];
    case 'resume':
      return ['The study went on'];
    case 'set': {
      const parts = [
        ...(parallel === undefined ? [] : [`${parallel} at a time`]),
        ...(trials === undefined ? [] : [`${counted(trials, 'trial')} in all`]),
      ];
      return [`Changed: ${parts.join(', ')}`];
    }
    case 'enqueue':
      return ['Trial ', trial, ' was enqueued'];
    case 'clone':
      return ['Trial ', trial, ' was made from ', of];
    case 'retry':
      return ['Trial ', of, ' is tried again as ', trial];
    case 'pause-trial':
      return ['Trial ', trial, ' was paused'];
    case 'resume-trial':
      return ['Trial ', trial, ' was resumed'];
    case 'stop':
      return [`The study was stopped${reason === undefined ? '' : `: ${reason}`}`];
    case 'stop-trial':
      return ['Trial ', trial, ` was stopped${reason === undefined ? '' : `: ${reason}`}`];
  }
}
