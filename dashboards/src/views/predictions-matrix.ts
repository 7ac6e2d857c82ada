import { count } from '../../../src/cli/number.js';
import type { PredictionSummary } from '../../../src/train/report.js';
import { cssOf, mix, type Rgb } from '../chart/norm-scale.js';
import { element } from '../element.js';
import { confusionWords, tallyOf } from './predictions-words.js';

type Confusion = Extract<PredictionSummary, { readonly kind: 'confusion' }>;

/** More classes than this are shown without numbers in the cells. */
const numbered = 16;

/** Colours of a matrix: the surface, right ones, mistakes. */
export interface MatrixColors {
  readonly surface: Rgb;
  readonly right: Rgb;
  readonly wrong: Rgb;
}

/** A confusion matrix as a table, true classes down, what they were taken for across; shares of a true class, or rows. */
export function confusionMatrix(confusion: Confusion, by: 'share' | 'rows', colors: MatrixColors): HTMLElement {
  const { classes, counts } = confusion;
  const { rows, right, byClass } = tallyOf(confusion);
  const small = classes.length > numbered;
  const most = Math.max(1, ...counts.flat());
  const cell = (n: number, truth: number, taken: number) => {
    const share = n / Math.max(1, byClass[truth] ?? 0);
    const weight = by === 'share' ? share : n / most;
    const text = by === 'rows' ? count(n) : `${Math.round(100 * share)} %`;
    const shown = n === 0 ? '' : small ? '' : text.replace(' %', '');
    const td = element(
      'td',
      {
        title: `${classes[truth]} taken for ${classes[taken]}: ${n} of ${byClass[truth]}, ${Math.round(100 * share)} %`,
      },
      shown,
    );
    // Never so dark that the number on it could not be read.
    const color = truth === taken ? colors.right : colors.wrong;
    if (n > 0) td.style.background = cssOf(mix(colors.surface, color, 0.06 + 0.39 * Math.sqrt(weight)));
    return td;
  };
  const table = element(
    'table',
    { class: `plain-table matrix${small ? ' matrix-small' : ''}` },
    element(
      'caption',
      { class: 'visually-hidden' },
      `Confusion matrix, ${by === 'share' ? 'per cent of each true class' : 'rows'}: ${right} of ${rows} rows are right`,
    ),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'True'),
        ...classes.map(name => element('th', { scope: 'col', title: name }, name)),
        element('th', { scope: 'col' }, 'Right'),
      ),
    ),
    element(
      'tbody',
      {},
      ...counts.map((row, truth) => {
        const all = byClass[truth] ?? 0;
        const recall = all === 0 ? '–' : `${Math.round((100 * (row[truth] ?? 0)) / all)} %`;
        const name = classes[truth] ?? '';
        return element(
          'tr',
          {},
          element('th', { scope: 'row', title: name }, name),
          ...row.map((n, taken) => cell(n, truth, taken)),
          element('td', { class: 'matrix-right' }, recall),
        );
      }),
    ),
  );
  const worst = confusionWords(confusion);
  return element(
    'div',
    { class: 'confusion' },
    element('div', { class: 'wide-table', role: 'region', tabindex: '0', 'aria-label': 'Confusion matrix' }, table),
    element(
      'div',
      { class: 'confusion-words' },
      element(
        'p',
        {},
        element('b', {}, `${((100 * right) / Math.max(1, rows)).toFixed(1)} %`),
        ` right, ${count(right)} of ${count(rows)} rows`,
      ),
      element('h3', {}, worst.length === 0 ? 'No mistakes' : 'Most frequent mistakes'),
      element('ol', {}, ...worst.map(text => element('li', {}, text))),
    ),
  );
}
