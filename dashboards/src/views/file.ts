import { count } from '../../../src/cli/number.js';
import { element, setText } from '../element.js';
import type { Panel, View } from '../page.js';
import { say } from './controls-status.js';
import { piecesOf, readable } from './file-lines.js';
import { download, fileName } from './table-csv.js';

const most = 2000;

/** The search file with numbered lines, to be read, copied and downloaded. */
export function fileView({ body, tools, note }: Panel): View {
  const copy = element('button', { type: 'button', class: 'tool' }, 'Copy');
  const save = element('button', { type: 'button', class: 'tool' }, 'Download');
  const path = element('code', { class: 'quiet' });
  const code = element('ol', { class: 'code' });
  const box = element(
    'div',
    { class: 'code-box', tabindex: '0', role: 'region', 'aria-label': 'Lines of the search file' },
    code,
  );
  tools.append(path, copy, save);
  body.append(box);
  let shown: unknown;
  let text = '';
  let name = '';
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('The search file is on the clipboard.');
    } catch {
      // Without the right to write there: it is selected, to be copied by hand.
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      say('The browser does not let the page copy; it is selected, so copy it by hand.', 'wrong');
    }
  });
  save.addEventListener('click', () => download(name, 'application/json', text));
  return ({ study: { study } }) => {
    const search = study?.search;
    if (study === undefined || search === undefined || search === shown) return;
    shown = search;
    text = `${readable(search.json)}\n`;
    name =
      search.path
        ?.split(/[\\/]/)
        .at(-1)
        ?.replace(/\.ya?ml$/i, '.json') ?? fileName(study.name, 'search.json');
    setText(path, search.path ?? '');
    const lines = text.trimEnd().split('\n');
    code.replaceChildren(
      ...lines.slice(0, most).map(line => {
        const pieces = piecesOf(line).map(({ kind, text }) =>
          kind === 'plain' ? text : element('span', { class: `json-${kind}` }, text),
        );
        return element('li', {}, element('code', {}, ...pieces));
      }),
    );
    setText(
      note,
      lines.length > most ? `The first ${count(most)} of ${count(lines.length)} lines; download it for all.` : '',
    );
  };
}
