import { metric } from '../../../src/cli/number.js';
import { normWord } from '../chart/norm-scale.js';
import { element } from '../element.js';
import type { NormStrip } from './norms-draw.js';

const shownEpochs = 24;

/** The numbers of a strip as a table; of many epochs some, evenly chosen, and all at which something was found. */
export function normsTable({ of, layers, epochs, norms, findings }: NormStrip): HTMLElement {
  const every = Math.max(1, Math.ceil(epochs.length / shownEpochs));
  const found = new Set(findings.map(({ column }) => column));
  const columns = [...epochs.keys()].filter(i => i % every === 0 || i === epochs.length - 1 || found.has(i));
  const text = (norm: number | null | undefined) => {
    if (norm === undefined) return '';
    const word = normWord(norm);
    return norm === null ? word : `${metric(norm)}${word === 'well' ? '' : ` ${word}`}`;
  };
  return element(
    'div',
    { class: 'wide-table', role: 'region', tabindex: '0', 'aria-label': `Root mean squares of ${of}s` },
    element(
      'table',
      { class: 'plain-table' },
      element('caption', {}, `Root mean squares of ${of}s by layer and epoch`),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'Layer'),
          ...columns.map(i => element('th', { scope: 'col' }, `Epoch ${epochs[i]}`)),
        ),
      ),
      element(
        'tbody',
        {},
        ...layers.map((name, row) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name),
            ...columns.map(i => element('td', {}, text(norms[row]?.[i]))),
          ),
        ),
      ),
    ),
  );
}
