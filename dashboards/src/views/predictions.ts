import { rgbOf } from '../chart/norm-scale.js';
import { element, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { noEpochWords } from './absence-words.js';
import { confusionMatrix } from './predictions-matrix.js';
import { residualPlot } from './predictions-residuals.js';
import { predictionsUpTo } from './predictions-words.js';
import { segments } from './segments.js';
import { epochCursor } from './trial-epoch.js';
import { absent, type LookedAt, lookedAt, novelty } from './trial-looked-at.js';

const none =
  'The reports of this trial say nothing of what the validation rows were taken for: a search file’s trials tell it where data.split or data.folds hold rows back, and in code train() with summarize does.';

/** What the network says of the validation rows beside the truth: a confusion matrix or a residual plot, at the epoch that is looked at. */
export function predictionsView({ body: container, tools, note }: Panel, page: Page): View {
  const { link } = page;
  const cursor = epochCursor(page);
  const isNew = novelty();
  let at: LookedAt | undefined;
  let caughtUp = false;
  let shown: unknown[] = [];

  const matrixBy = segments('predictions-by', 'Numbers', { share: 'Share', rows: 'Rows' }, value => {
    link.set('predictions.by', value === 'rows' ? 'rows' : undefined);
    draw(true);
  });
  const plotBy = segments('predictions-plot', 'Plot', { predicted: 'Predicted', residual: 'Residual' }, value => {
    link.set('predictions.plot', value === 'residual' ? 'residual' : undefined);
    draw(true);
  });
  const plot = residualPlot(page.theme);
  tools.append(matrixBy.element, plotBy.element);

  const draw = (anew: boolean) => {
    const detail = at?.detail;
    const found = detail && predictionsUpTo(detail.reports, cursor.chosen);
    matrixBy.element.hidden = found?.predictions.kind !== 'confusion';
    plotBy.element.hidden = found?.predictions.kind !== 'residuals';
    const key = [
      found?.predictions,
      found?.epoch,
      detail === undefined,
      at?.lost,
      detail?.reports.length === 0,
      at?.trial.stop === undefined,
      at?.trial.bestEpoch,
    ];
    if (!anew && key.every((part, i) => part === shown[i])) return;
    shown = key;
    if (found === undefined) {
      setText(note, '');
      const late = detail !== undefined && predictionsUpTo(detail.reports) !== undefined;
      const empty =
        detail?.reports.length === 0 && at !== undefined
          ? noEpochWords(at.trial)
          : late
            ? `There are none up to epoch ${cursor.chosen}.`
            : none;
      const waits = detail === undefined && !(at === undefined && caughtUp);
      container.replaceChildren(
        waits ? absent(at, 6) : element('p', { class: 'empty' }, detail === undefined ? '' : empty),
      );
      return;
    }
    const { epoch, predictions } = found;
    const best = epoch === at?.trial.bestEpoch ? ', its best epoch' : '';
    const asked =
      cursor.chosen !== undefined && cursor.chosen > epoch && cursor.chosen <= (at?.trial.epochs ?? 0)
        ? `, the last before epoch ${cursor.chosen} that was told`
        : '';
    setText(note, `Of the validation rows at epoch ${epoch}${best}${asked}.`);
    if (predictions.kind === 'confusion') {
      const by = link.get('predictions.by') === 'rows' ? 'rows' : 'share';
      matrixBy.set(by);
      const { surface, best: right, failed } = page.theme();
      const colors = { surface: rgbOf(surface), right: rgbOf(right), wrong: rgbOf(failed) };
      container.replaceChildren(confusionMatrix(predictions, by, colors));
    } else {
      const by = link.get('predictions.plot') === 'residual' ? 'residual' : 'predicted';
      plotBy.set(by);
      if (plot.element.parentElement !== container) container.replaceChildren(plot.element);
      plot.show(predictions, by);
    }
  };
  cursor.onChange(() => draw(false));

  return (model, changed) => {
    at = lookedAt(model, page);
    caughtUp = model.caughtUp;
    if (isNew(at, changed)) draw(changed === 'all');
  };
}
