import { element } from '../element.js';

const stays = 7000;

let line: HTMLElement | undefined;
let timer: number | undefined;

/** Says in one line at the page's foot what came of something; it goes by itself, an error only when it is put away. */
export function say(text: string, kind: 'done' | 'wrong' = 'done'): void {
  if (line === undefined) {
    line = element('div', { id: 'status', class: 'status', role: 'status' });
    document.body.append(line);
  }
  clearTimeout(timer);
  const close = element('button', { type: 'button', class: 'status-close', 'aria-label': 'Put away' }, '×');
  const shown = element('p', { class: `status-line status-${kind}` }, element('span', {}, text), close);
  const gone = () => shown.remove();
  close.addEventListener('click', gone);
  line.replaceChildren(shown);
  if (kind === 'done') timer = window.setTimeout(gone, stays);
}
