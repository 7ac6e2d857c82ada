import { count } from '../../../../src/cli/number.js';
import type { StudyInfo } from '../../../../src/tune/events.js';
import type { TrialRecord } from '../../../../src/tune/study-state.js';
import { axisScale } from '../../chart/axis-scale.js';
import { type ObjectiveView, objectiveView } from '../../chart/objective.js';
import { objectiveTools } from '../../chart/objective-tools.js';
import { type Places, placesOn } from '../../chart/places.js';
import { rangeEditor } from '../../chart/range-editor.js';
import { spread } from '../../chart/spread.js';
import { element, setText } from '../../element.js';
import { filterText } from '../../filter.js';
import type { Model, Page, Panel, View } from '../../page.js';
import { noValueWords } from '../absence-words.js';
import { type Slice, type SliceFrame, slice } from './slice.js';

/** Every hyperparameter against the objective, side by side. */
export function slicesView({ body, tools, note }: Panel, page: Page): View {
  const { lens, link, theme } = page;
  let model: Model | undefined;
  let info: StudyInfo | undefined;
  let slices: readonly Slice[] = [];
  let chosen: Slice | undefined;
  let objective: ObjectiveView | undefined;
  let y: Places | undefined;
  let shown: TrialRecord[] = [];
  let finished: TrialRecord[] = [];
  /** Those that changed since all was last looked at, or may change. */
  const live = new Set<number>();
  let stale = false;
  let settledAt = Number.NEGATIVE_INFINITY;
  let drop = () => {};
  const settings = objectiveTools(tools, 'slices', page);
  const grid = element('div', { class: 'slices' });
  const name = element('strong', {});
  const editor = rangeEditor(lens);
  const range = element(
    'div',
    { class: 'axis-editor' },
    element('div', { class: 'axis-editor-controls' }, name, editor.element),
  );
  range.hidden = true;
  body.append(grid, range);

  const choose = (one: Slice | undefined) => {
    chosen = one === chosen ? undefined : one;
    for (const each of slices) each.title.setAttribute('aria-expanded', String(each === chosen));
    range.hidden = chosen === undefined;
    if (chosen === undefined) return;
    // Beneath its own slice, so that the keyboard comes to it next.
    chosen.element.after(range);
    setText(name, chosen.scale.field.title);
    editor.show(chosen.scale);
  };

  /** One slice for each hyperparameter of the space. */
  const build = (next: StudyInfo) => {
    info = next;
    choose(undefined);
    slices = next.space.flatMap(one => {
      const field = model?.fields.find(({ key }) => key === `hparam ${one.name}`);
      if (field === undefined) return [];
      const made: Slice = slice(axisScale(field, { info: one }), page, () => choose(made));
      return [made];
    });
    grid.replaceChildren(...slices.map(one => one.element));
    for (const one of slices) one.title.setAttribute('aria-expanded', 'false');
  };

  const settle = () => {
    const study = model?.study.study;
    if (model === undefined || study === undefined) return;
    settledAt = performance.now();
    stale = false;
    if (study.space !== info?.space) build(study);
    objective = objectiveView(model, link);
    if (objective === undefined) return;
    const { trials, best } = model.study;
    const { field, scale } = objective;
    const axis = axisScale(field, { range: scale.range, log: scale.log });
    if (y?.scale.key !== axis.key || y.scale.field !== field) y = placesOn(axis);
    settings.show(model, scale.log);
    shown = [];
    finished = [];
    live.clear();
    const { passes } = lens;
    for (const trial of trials.values()) {
      if (trial.stop === undefined) live.add(trial.number);
      else {
        finished.push(trial);
        if (passes(trial)) shown.push(trial);
      }
    }
    const othersKey = [model.identity, y.scale.key, theme().surface].join(' ');
    const key = `${othersKey} ${filterText(lens.filter)}`;
    // The study's best is of its first objective.
    const leader = field.key === 'value' ? best?.trial : undefined;
    const frame: SliceFrame = {
      ...{ objective, y, shown, key, othersKey },
      others: lens.dims ? finished : [],
      live: liveTrials,
      trial: number => model?.study.trials.get(number),
      best: leader,
    };
    // One after the other: of thousands of trials each takes milliseconds.
    const left = [...slices];
    drop();
    drop = spread(() => {
      left.shift()?.show(frame);
      return left.length > 0 ? 0 : undefined;
    });
    const { low, high } = scale.range;
    let beyond = 0;
    for (const trial of shown) {
      const value = field.of(trial);
      beyond += Number(typeof value === 'number' && (value < low || value > high));
    }
    const isDrawn = (trial: TrialRecord) => lens.draws(trial) && field.of(trial) !== undefined;
    const empty = ![...trials.values()].some(isDrawn);
    grid.hidden = empty;
    const outside = beyond > 0 ? `${count(beyond)} values beyond the shown range are drawn at its edge.` : '';
    setText(note, empty ? noValueWords(model, { passes: lens.draws }) : outside);
  };
  const liveTrials = () =>
    [...live].flatMap(number => {
      const trial = model?.study.trials.get(number);
      return trial !== undefined && lens.draws(trial) ? [trial] : [];
    });

  lens.onChange(change => {
    if (change !== 'filter' && !body.closest('[hidden]')) for (const one of slices) one.over();
  });

  return (next, changed) => {
    model = next;
    if (changed === 'all' || next.study.study?.space !== info?.space) return settle();
    for (const number of changed) live.add(number);
    stale ||= changed.size > 0;
    if (stale && performance.now() - settledAt > 1000) return settle();
    if (changed.size > 0) for (const one of slices) one.over();
  };
}
