import { metric } from '../../../src/cli/number.js';
import type { PlainReport } from '../../../src/tune/events.js';
import { element, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { epochCursor } from './trial-epoch.js';
import { type LookedAt, lookedAt, novelty } from './trial-looked-at.js';

/** The report with the folds of an epoch; of the newest one that has any without an epoch. */
export function foldsAt(reports: readonly PlainReport[], epoch?: number): PlainReport | undefined {
  const at = epoch === undefined ? undefined : reports.find(report => report.epoch === epoch);
  return at?.folds === undefined ? reports.findLast(({ folds }) => folds !== undefined) : at;
}

/** Every fold of a cross-validation with its metrics, and their mean with its standard error. */
export function trialFoldsView({ body: container, note }: Panel, page: Page): View {
  const cursor = epochCursor(page);
  const isNew = novelty();
  let at: LookedAt | undefined;
  const draw = () => {
    const report = at?.detail && foldsAt(at.detail.reports, cursor.chosen ?? at.trial.bestEpoch);
    if (report?.folds === undefined) {
      setText(note, '');
      container.replaceChildren(element('p', { class: 'empty' }, 'This trial has no folds.'));
      return;
    }
    const names = Object.keys(report.metrics);
    const errors = report.standardErrors;
    const error = (name: string) => (errors && Object.hasOwn(errors, name) ? ` ± ${metric(errors[name])}` : '');
    const row = (title: string, cells: readonly string[], kind?: string) =>
      element(
        'tr',
        { class: kind },
        element('th', { scope: 'row' }, title),
        ...cells.map(text => element('td', { class: 'num' }, text)),
      );
    const inTurn = report.fold !== undefined;
    setText(
      note,
      `${inTurn ? `After ${report.folds.length} folds` : `At epoch ${report.epoch}`}; ± is the standard error of the mean.`,
    );
    container.replaceChildren(
      element(
        'div',
        { class: 'wide-table', role: 'region', tabindex: '0', 'aria-label': 'Table of folds' },
        element(
          'table',
          { class: 'plain-table folds' },
          element('caption', { class: 'visually-hidden' }, 'Metrics of every fold'),
          element(
            'thead',
            {},
            element('tr', {}, ...['Fold', ...names].map(name => element('th', { scope: 'col' }, name))),
          ),
          element(
            'tbody',
            {},
            ...report.folds.map((fold, i) =>
              row(
                `Fold ${i}`,
                names.map(name => metric(fold[name] ?? Number.NaN)),
              ),
            ),
            row(
              'Mean',
              names.map(name => `${metric(report.metrics[name] ?? Number.NaN)}${error(name)}`),
              'mean',
            ),
          ),
        ),
      ),
    );
  };
  cursor.onChange(draw);
  return (model, changed) => {
    at = lookedAt(model, page);
    if (isNew(at, changed)) draw();
  };
}
