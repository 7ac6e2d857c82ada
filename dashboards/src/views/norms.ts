import { metric } from '../../../src/cli/number.js';
import { type Board, board } from '../chart/board.js';
import { cssOf, normColor, normLimits, normWord, rgbOf } from '../chart/norm-scale.js';
import { element, setAttribute, setText } from '../element.js';
import type { Page, Panel, View } from '../page.js';
import { noEpochWords } from './absence-words.js';
import { cellAt, drawStrip, type NormColors, type NormStrip, normStrip, stripHeight } from './norms-draw.js';
import { normsTable } from './norms-table.js';
import { epochCursor } from './trial-epoch.js';
import { absent, type LookedAt, lookedAt, novelty } from './trial-looked-at.js';

const none =
  'The reports of this trial say nothing of the layers’ norms: they come with “health” in a search file, which is on unless it is false, and in code with gradientHealth() before epochs().';

interface Strip {
  readonly box: HTMLElement;
  readonly board: Board;
  readonly said: HTMLElement;
  strip: NormStrip | undefined;
  cell: { readonly row: number; readonly column: number } | undefined;
}

/** How large every layer's gradients and activations were, epoch by epoch: cold where they vanish, hot where they explode. */
export function normsView({ body: container, note }: Panel, page: Page): View {
  const cursor = epochCursor(page);
  const isNew = novelty();
  let at: LookedAt | undefined;
  let colors = colorsNow();

  const make = (title: string): Strip => {
    const said = element('p', { class: 'quiet readout', role: 'status' });
    const box = element('div', { class: 'norm-strip' }, element('h3', {}, title));
    const pick = (cell: Strip['cell']) => {
      made.cell = cell;
      setText(said, made.strip === undefined || cell === undefined ? '' : cellWords(made.strip, cell));
      cursor.hover(cell && made.strip?.epochs[cell.column]);
      made.board.redraw();
    };
    const made: Strip = {
      box,
      said,
      strip: undefined,
      cell: undefined,
      board: board(box, {
        height: () => stripHeight(made.strip?.layers.length ?? 1),
        draw(ctx, width) {
          const { strip, cell } = made;
          const shown = cursor.hovered ?? cursor.chosen ?? at?.trial.bestEpoch;
          if (strip !== undefined) drawStrip(ctx, strip, width, { colors, theme: page.theme(), shown, cell });
        },
        point: place => pick(place && made.strip && cellAt(made.strip, place, made.board.box.clientWidth)),
        click(place) {
          const cell = made.strip && cellAt(made.strip, place, made.board.box.clientWidth);
          if (cell !== undefined) cursor.choose(made.strip?.epochs[cell.column]);
        },
        key({ key }) {
          const { strip } = made;
          if (strip === undefined) return false;
          const { row, column } = made.cell ?? { row: 0, column: 0 };
          const across =
            { ArrowLeft: -1, ArrowRight: 1, Home: -strip.epochs.length, End: strip.epochs.length }[key] ?? 0;
          const down = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
          if (key === 'Enter' && made.cell !== undefined) cursor.choose(strip.epochs[column]);
          else if (across !== 0 || down !== 0) {
            const to = (n: number, most: number) => Math.max(0, Math.min(most - 1, n));
            const first = made.cell === undefined;
            pick({
              row: to(row + (first ? 0 : down), strip.layers.length),
              column: to(column + (first ? 0 : across), strip.epochs.length),
            });
          } else return false;
          return true;
        },
        focus(on) {
          if (!on) pick(undefined);
        },
      }),
    };
    box.append(said);
    return made;
  };
  const strips = { gradient: make('Gradients'), activation: make('Activations') };
  const legend = normLegend();
  const table = element('details', { class: 'norms-table' }, element('summary', {}, 'As a table'));
  table.addEventListener('toggle', () => fillTable());
  const message = element('div', {});
  const all = element('div', {}, legend.element, strips.gradient.box, strips.activation.box, table);
  container.append(message, all);
  const fillTable = () => {
    const [summary] = table.children;
    if (!table.open || summary === undefined) return;
    const tables = Object.values(strips).flatMap(({ strip }) => (strip === undefined ? [] : [normsTable(strip)]));
    table.replaceChildren(summary, ...tables);
  };
  cursor.onChange(() => {
    for (const { board: strip } of Object.values(strips)) strip.redraw();
  });

  return (model, changed) => {
    at = lookedAt(model, page);
    if (!isNew(at, changed)) return;
    if (changed === 'all') colors = colorsNow();
    const { detail } = at ?? {};
    for (const of of ['gradient', 'activation'] as const) {
      const each = strips[of];
      each.strip = detail && normStrip(detail.reports, of);
      if (each.strip !== undefined) setAttribute(each.board.box, 'aria-label', stripWords(each.strip));
      each.board.redraw();
    }
    const has = strips.gradient.strip !== undefined;
    all.hidden = !has;
    legend.draw(colors);
    if (has) message.replaceChildren();
    else if (detail === undefined)
      message.replaceChildren(...(at === undefined && model.caughtUp ? [] : [absent(at, 5)]));
    else {
      const text = detail.reports.length === 0 && at !== undefined ? noEpochWords(at.trial) : none;
      message.replaceChildren(element('p', { class: 'empty' }, text));
    }
    const found = Object.values(strips).reduce((sum, { strip }) => sum + (strip?.findings.length ?? 0), 0);
    setText(
      note,
      has && found > 0 ? 'A ring marks the epoch in which a layer was found unwell; the log has the advice.' : '',
    );
    fillTable();
  };
}

function colorsNow(): NormColors {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => rgbOf(style.getPropertyValue(`--${name}`).trim());
  return { cold: color('cold'), calm: color('norm-calm'), hot: color('hot') };
}

/** The number of a cell in words. */
function cellWords(
  { of, layers, epochs, norms, findings }: NormStrip,
  { row, column }: { row: number; column: number },
): string {
  const norm = norms[row]?.[column];
  const where = `${of}s of layer ${layers[row]} at epoch ${epochs[column]}`;
  if (norm === undefined) return `The ${where} were not looked at.`;
  const word = normWord(norm);
  const size = norm === null ? 'not finite' : `${metric(norm)}${word === 'well' ? '' : `, ${word}`}`;
  const found = findings.find(each => each.row === row && each.column === column);
  return `The ${where}: ${size}${found === undefined ? '' : ` (${found.finding.kind}: ${found.finding.advice})`}`;
}

function stripWords({ of, layers, epochs, norms, findings }: NormStrip): string {
  const all = norms.flat().filter(norm => typeof norm === 'number');
  const range = all.length === 0 ? 'none is finite' : `from ${metric(Math.min(...all))} to ${metric(Math.max(...all))}`;
  const bad = norms.flat().filter(norm => norm !== undefined && normWord(norm) !== 'well').length;
  const found = findings.length === 0 ? 'nothing was found' : `${findings.length} findings`;
  return `Root mean squares of ${of}s, ${layers.length} layers by ${epochs.length} epochs: ${range}, ${bad} beyond the limits, ${found}`;
}

/** The colours with the norms that they stand for. */
function normLegend(): { readonly element: HTMLElement; draw(colors: NormColors): void } {
  const ticks = [normLimits.vanishing, 1e-3, 0.1, 1, 10, 100, normLimits.exploding];
  const cells = ticks.map(tick => {
    const swatch = element('i', { 'aria-hidden': 'true' });
    const text =
      tick === normLimits.vanishing
        ? '≤ 1e-5 vanishing'
        : tick === normLimits.exploding
          ? '≥ 1e3 exploding'
          : String(tick);
    return { tick, swatch, box: element('span', {}, swatch, text) };
  });
  const odd = element('span', { class: 'norm-odd' }, element('i', { 'aria-hidden': 'true' }), 'not finite');
  return {
    element: element('p', { class: 'norm-legend' }, ...cells.map(({ box }) => box), odd),
    draw(colors) {
      for (const { tick, swatch } of cells) swatch.style.background = cssOf(normColor(tick, colors) ?? [0, 0, 0]);
    },
  };
}
