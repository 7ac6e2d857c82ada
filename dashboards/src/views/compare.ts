import type { TrialRecord } from '../../../src/tune/study-state.js';
import { drawCurve, drawEnd } from '../chart/draw-trial.js';
import { type Pen, type Plot, plot } from '../chart/plot.js';
import { robustRange } from '../chart/range.js';
import { element, setAttribute, setText } from '../element.js';
import type { Model, Page, Panel, View } from '../page.js';
import { type CompareRow, compareLabel, compareRows } from './compare-rows.js';

const most = 12;
const groups = { outcome: 'How it went', metric: 'Metrics at the best epoch', hparam: 'Hyperparameters' } as const;

/** The selected trials side by side: their curves on one chart, and what they differ in. */
export function compareView({ section, body, tools, note }: Panel, page: Page): View {
  const { lens, link } = page;
  let model: Model | undefined;
  let chart: Plot | undefined;
  let shown: readonly TrialRecord[] = [];
  let version = -1;

  const chartBox = element('div', { class: 'plot compare-plot', role: 'img' });
  const metricSelect = element('select', { 'aria-label': 'Metric of the curves' });
  const only = element('input', { type: 'checkbox', checked: link.get('compare.only') === '1' });
  tools.append(element('label', { class: 'check' }, only, element('span', {}, 'Only what differs')), metricSelect);
  const table = element('table', { class: 'compare-table' });
  const scroll = element(
    'div',
    { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Selected trials side by side' },
    table,
  );
  body.append(chartBox, scroll);
  only.addEventListener('change', () => {
    link.set('compare.only', only.checked ? '1' : undefined);
    showTable();
  });
  metricSelect.addEventListener('change', () => {
    link.set('compare.metric', metricSelect.selectedIndex === 0 ? undefined : metricSelect.value);
    version = -1;
    showCurves();
  });
  link.onChange(() => {
    only.checked = link.get('compare.only') === '1';
    version = -1;
  });

  const selected = (): readonly TrialRecord[] =>
    [...lens.selected].slice(0, most).flatMap(number => model?.study.trials.get(number) ?? []);
  const metricName = () => {
    const wanted = link.get('compare.metric');
    return wanted !== undefined && model?.metrics.includes(wanted) ? wanted : (model?.metrics[0] ?? '');
  };
  const hue = (i: number) => page.theme().hues[i % page.theme().hues.length] as string;

  const drawAll = (pen: Pen) => {
    const curves = page.curves.get(metricName(), 'epoch');
    for (const [i, trial] of shown.entries()) {
      const { number } = trial;
      const curve = curves.get(number);
      if (curve === undefined) continue;
      const dimmed = lens.trial !== undefined && lens.trial !== number && shown.some(t => t.number === lens.trial);
      pen.ctx.globalAlpha = dimmed ? 0.25 : 1;
      drawCurve(pen, curve, hue(i), dimmed ? 1.5 : 2);
      drawEnd(pen, trial, curve, hue(i), page.theme().surface, 3.5);
      pen.ctx.globalAlpha = 1;
    }
  };
  const showCurves = () => {
    const name = metricName();
    const curves = page.curves.get(name, 'epoch');
    const found = shown.map(({ number }) => curves.get(number));
    const now = curves.version + shown.length * 1e-3;
    if (now === version) return;
    version = now;
    chart ??= plot(chartBox, {
      xLabel: 'epoch',
      theme: page.theme,
      draw: drawAll,
      drawOver() {},
      point() {},
      click() {},
    });
    const values = found.flatMap(curve => (curve === undefined ? [] : Array.from(curve.ys).filter(Number.isFinite)));
    const last = found.reduce((end, curve) => Math.max(end, curve?.xs.at(-1) ?? 0), 1);
    chart.show({ low: Math.min(1, last - 1), high: last }, { ...robustRange(values, false), log: false });
    setAttribute(chartBox, 'aria-label', compareLabel(shown, name));
  };

  const headOf = ({ number }: TrialRecord, i: number) => {
    const open = element('button', { type: 'button', class: 'link' }, `#${number}`);
    open.addEventListener('click', () => lens.pin(number));
    const drop = element(
      'button',
      { type: 'button', class: 'chip-drop', 'aria-label': `Do not compare #${number}` },
      '×',
    );
    drop.addEventListener('click', () => lens.toggle(number));
    const swatch = element('i', { class: `swatch swatch-${i % 8}`, 'aria-hidden': 'true' });
    const cell = element('th', { scope: 'col' }, element('span', { class: 'compare-head' }, swatch, open, drop));
    cell.addEventListener('pointerenter', event => event.pointerType === 'mouse' && lens.hover(number));
    cell.addEventListener('pointerleave', () => lens.hover(undefined));
    return cell;
  };
  const rowOf = ({ key, title, cells, differs, best }: CompareRow) =>
    element(
      'tr',
      { 'data-row': key, 'data-differs': differs && shown.length > 1 },
      element(
        'th',
        { scope: 'row' },
        title,
        ...(differs && shown.length > 1 ? [element('span', { class: 'visually-hidden' }, ' (differs)')] : []),
      ),
      ...cells.map((text, i) => element('td', { 'data-best': i === best }, text === '' ? '–' : text)),
    );
  let tableKey: unknown[] = [];
  const showTable = () => {
    if (model === undefined) return;
    const key = [only.checked, model.fields, ...shown];
    if (key.length === tableKey.length && key.every((each, i) => each === tableKey[i])) return;
    tableKey = key;
    const rows = compareRows(shown, model.fields, model.study.study?.objective.direction === 'maximize').filter(
      ({ differs, cells }) => cells.some(text => text !== '') && (!only.checked || differs || shown.length < 2),
    );
    const held = document.activeElement;
    const at = [...table.querySelectorAll('button')].indexOf(held as HTMLButtonElement);
    table.replaceChildren(
      element('thead', {}, element('tr', {}, element('td', {}), ...shown.map(headOf))),
      ...(Object.keys(groups) as (keyof typeof groups)[]).flatMap(group => {
        const own = rows.filter(each => each.group === group);
        if (own.length === 0) return [];
        const title = element(
          'th',
          { scope: 'rowgroup', class: 'group-title', colspan: String(shown.length + 1) },
          groups[group],
        );
        return [
          element('tbody', { class: `group-${group}` }, element('tr', { class: 'group' }, title), ...own.map(rowOf)),
        ];
      }),
    );
    const buttons = table.querySelectorAll('button');
    if (at >= 0) buttons[Math.min(at, buttons.length - 1)]?.focus();
  };

  const show = () => {
    if (model === undefined) return;
    section.hidden = lens.selected.size === 0;
    if (section.hidden) return;
    const next = selected();
    const same = next.length === shown.length && next.every(({ number }, i) => number === shown[i]?.number);
    shown = next;
    if (!same) version = -1;
    const names = model.metrics.join('\n');
    if (metricSelect.dataset.names !== names) {
      metricSelect.dataset.names = names;
      metricSelect.replaceChildren(...model.metrics.map(name => element('option', { value: name }, name)));
    }
    metricSelect.value = metricName();
    const left = lens.selected.size - shown.length;
    setText(
      note,
      shown.length === 1
        ? 'Select another trial to compare it with.'
        : left > 0
          ? `${left} more are selected; the first ${shown.length} are shown.`
          : '',
    );
    showTable();
    showCurves();
  };
  lens.onChange(change => {
    if (change === 'selection') show();
    if (change === 'hover' && !section.hidden && shown.length > 0) {
      version = -1;
      showCurves();
    }
  });

  return (next, changed) => {
    model = next;
    if (changed === 'all') version = -1;
    show();
  };
}
