import { count, counted } from '../../../src/cli/number.js';
import type { RungsInfo } from '../../../src/tune/events.js';
import { board, type Place } from '../chart/board.js';
import { colorOf } from '../chart/draw-trial.js';
import { robustRange } from '../chart/range.js';
import { type BracketGroup, type RungGroup, rungGroups, savingsOf } from '../chart/rung-groups.js';
import { element, setAttribute, setText } from '../element.js';
import { filterText } from '../filter.js';
import type { Model, Page, Panel, View } from '../page.js';
import { drawLitRungs, drawRungs, type RungDot, type RungPicture, rungDots } from './rungs-draw.js';
import { rungsTable } from './rungs-table.js';
import { rungWords, savingsWords } from './rungs-words.js';
import { segments } from './segments.js';

/** Milliseconds between two groupings of so many trials while reports come in. */
const pauseFor = (trials: number) => (trials > 3000 ? 2000 : 400);

/** The rungs of successive halving or hyperband: who was kept at each, who fell, against what, by what margin. */
export function rungsView({ body: container, tools, note }: Panel, page: Page): View {
  const { lens, theme, tooltip, link } = page;
  let model: Model | undefined;
  let info: RungsInfo | undefined;
  let brackets: readonly BracketGroup[] = [];
  let picture: RungPicture | undefined;
  let dots: RungDot[] = [];
  let others: RungDot[] = [];
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let cursor: RungDot | undefined;
  let grownTo: number | undefined;

  const select = element('select', { 'aria-label': 'Bracket' });
  select.addEventListener('change', () => {
    const [rule, bracket] = select.value.split('.');
    link.set('rungs.rule', rule === '0' ? undefined : rule);
    link.set('rungs.bracket', bracket === '0' ? undefined : bracket);
    show();
  });
  const scale = segments('rungs-scale', 'Scale', { linear: 'Linear', log: 'Log' }, value => {
    link.set('rungs.log', value === 'log' ? '1' : undefined);
    show();
  });
  tools.append(select, scale.element);

  const seen = (number: number) => {
    const trial = model?.study.trials.get(number);
    return trial !== undefined && lens.passes(trial);
  };
  const colors = () => ({
    theme: theme(),
    colorOf(number: number) {
      const trial = model?.study.trials.get(number);
      if (trial === undefined) return theme().muted;
      // Here a trial that was kept counts as that, whatever became of it later.
      const kept = trial.state === 'pruned' ? { ...trial, state: 'complete' as const } : trial;
      return colorOf(kept, number === model?.study.best?.trial, theme());
    },
  });
  const chart = board(container, {
    height: width => (width < 520 ? 300 : 360),
    draw(ctx, width, height) {
      if (picture === undefined) return;
      picture = { ...picture, width, height };
      dots = rungDots(picture, 'trials', seen);
      others = lens.dims ? rungDots(picture, 'others', number => !seen(number)) : [];
      drawRungs(ctx, picture, dots, others, colors());
      container.dataset.dots = String(dots.length);
    },
    drawOver(ctx) {
      if (picture === undefined || (lens.trial === undefined && lens.selected.size === 0)) return;
      const lit = (number: number) => (number === lens.trial ? 2 : lens.selected.has(number) ? 1 : 0);
      drawLitRungs(ctx, picture, [...others, ...dots], colors(), lit);
    },
    point(at) {
      const dot = at && dotAt(at);
      lens.hover(dot?.at.trial);
      if (dot === undefined) tooltip.hide();
      else showTip(dot);
    },
    click(at, shift) {
      const dot = dotAt(at);
      if (dot === undefined) return;
      if (shift) lens.toggle(dot.at.trial);
      else lens.pin(dot.at.trial);
    },
    key,
    focus(on) {
      if (on) return;
      cursor = undefined;
      lens.hover(undefined);
      tooltip.hide();
    },
  });
  const table = element('div', {
    class: 'rungs-figures',
    role: 'region',
    tabindex: '0',
    'aria-label': 'Trials by rung',
  });
  const said = element('p', { class: 'visually-hidden', role: 'status' });
  container.append(table, said);
  lens.onChange(chart.redrawOver);

  const dotAt = ({ x, y }: Place): RungDot | undefined => {
    let found: RungDot | undefined;
    let distance = 16;
    for (const dot of dots) {
      const away = Math.hypot(dot.x - x, dot.y - y);
      if (away < distance) [found, distance] = [dot, away];
    }
    return found;
  };
  const wordsOf = ({ rung, at }: RungDot): string => {
    const group = picture?.bracket.rungs[rung];
    const trial = model?.study.trials.get(at.trial);
    return info === undefined || group === undefined || trial === undefined ? '' : rungWords(info, group, at, trial);
  };
  const showTip = (dot: RungDot) => {
    const trial = model?.study.trials.get(dot.at.trial);
    const { x, y } = chart.rect();
    if (trial !== undefined) tooltip.show(trial, wordsOf(dot), { x: x + dot.x, y: y + dot.y });
  };

  function key({ key: name }: KeyboardEvent): boolean {
    const along = name === 'ArrowRight' ? 1 : name === 'ArrowLeft' ? -1 : 0;
    const up = name === 'ArrowUp' ? -1 : name === 'ArrowDown' ? 1 : 0;
    if (name === 'Enter' && cursor !== undefined) lens.pin(cursor.at.trial);
    else if (name === ' ' && cursor !== undefined) lens.toggle(cursor.at.trial);
    else if (along !== 0) {
      // The same trial at the next rung, else the trial there that is nearest.
      const rung = cursor === undefined ? 0 : cursor.rung + along;
      const there = dots.filter(dot => dot.rung === rung);
      const same = there.find(({ at }) => at.trial === cursor?.at.trial);
      goTo(same ?? there.sort((a, b) => Math.abs(a.y - (cursor?.y ?? 0)) - Math.abs(b.y - (cursor?.y ?? 0)))[0]);
    } else if (up !== 0) {
      const there = dots.filter(({ rung }) => rung === (cursor?.rung ?? 0)).sort((a, b) => a.y - b.y || a.x - b.x);
      const at = there.findIndex(dot => dot.at.trial === cursor?.at.trial);
      goTo(there[Math.max(0, Math.min(there.length - 1, at + up))]);
    } else return false;
    return true;
  }
  const goTo = (dot: RungDot | undefined) => {
    if (dot === undefined) return;
    cursor = dot;
    lens.hover(dot.at.trial);
    setText(said, `Trial ${dot.at.trial}, ${wordsOf(dot)}`);
    showTip(dot);
  };

  const show = () => {
    if (model === undefined) return;
    const { study } = model;
    const rules = study.study?.rungs ?? [];
    const rule = rules[Number(link.get('rungs.rule') ?? 0)] ?? rules[0];
    info = rule;
    if (rule === undefined) return;
    const curves = page.curves.get(rule.metric, 'epoch');
    brackets = rungGroups(rule, study.trials.values(), number => curves.get(number), lens.passes);
    const asked = Number(link.get('rungs.bracket') ?? 0);
    const index = asked in brackets ? asked : 0;
    const bracket = brackets[index] as BracketGroup;
    offer(rules, rules.indexOf(rule), index);
    const log = link.get('rungs.log') === '1';
    scale.set(log ? 'log' : 'linear');
    const drawn = ({ trials, others }: RungGroup) => (lens.dims ? [...trials, ...(others ?? [])] : trials);
    // What diverged is at the edge, or all others would be one line.
    const values = bracket.rungs.flatMap(rung =>
      drawn(rung).flatMap(({ trial, value }) => (study.trials.get(trial)?.state === 'failed' ? [] : [value])),
    );
    const range = robustRange(values, log);
    picture = { bracket, ...range, log, width: 0, height: 0 };
    table.replaceChildren(rungsTable(rule, bracket));
    const savings = savingsOf(rule, [...study.trials.values()].filter(lens.passes), study.study?.epochs);
    const rungless = bracket.rungs.length === 0 ? 'This bracket has no rung: its trials run to their end. ' : '';
    const filtered =
      filterText(lens.filter) === '' ? '' : 'Counts are of the trials that the filter lets through, cuts are of all.';
    const isBeyond = ({ value }: { readonly value: number }) => value > range.high || value < range.low;
    const beyond = bracket.rungs.some(rung => drawn(rung).some(isBeyond))
      ? 'Some values lie beyond the shown range: their marks are at its edge.'
      : '';
    const saved = savings === undefined ? '' : savingsWords(savings, rule.rule);
    setText(note, rungless + [saved, filtered, beyond].filter(Boolean).join(' '));
    chart.box.hidden = !bracket.rungs.some(rung => drawn(rung).length > 0);
    setAttribute(chart.box, 'aria-label', summary(rule, bracket));
    chart.redraw();
  };

  let offered = '';
  const offer = (rules: readonly RungsInfo[], rule: number, bracket: number) => {
    const options = rules.flatMap((each, i) =>
      each.brackets.map((epochs, j) => {
        const started = i === rule ? ` (${counted(brackets[j]?.started ?? 0, 'trial')})` : '';
        const where = epochs.length === 0 ? 'no rung' : `epochs ${epochs.join(', ')}`;
        const name = each.brackets.length > 1 ? `bracket ${j}, ${where}` : where;
        return { value: `${i}.${j}`, text: `${rules.length > 1 ? `${each.rule}: ` : ''}${name}${started}` };
      }),
    );
    select.hidden = options.length < 2;
    const key = JSON.stringify(options);
    if (key !== offered) {
      offered = key;
      select.replaceChildren(...options.map(({ value, text }) => element('option', { value }, text)));
    }
    select.value = `${rule}.${bracket}`;
  };

  return (next, changed) => {
    model = next;
    // Asked for with every drawing, for what nobody asks for is let go.
    const version = info && page.curves.get(info.metric, 'epoch').version;
    const grown = version !== grownTo;
    grownTo = version;
    if (changed === 'all') {
      clearTimeout(waiting);
      waiting = undefined;
      show();
    } else if ((changed.size > 0 || grown) && waiting === undefined) {
      waiting = setTimeout(() => {
        waiting = undefined;
        show();
      }, pauseFor(next.study.trials.size));
    }
  };
}

function summary({ rule, metric }: RungsInfo, { rungs, started }: BracketGroup): string {
  const parts = rungs.map(
    ({ epoch, trials, kept, fell }) =>
      `at epoch ${epoch} ${count(trials.length)} reached, ${count(kept)} kept, ${count(fell)} fell`,
  );
  return `Rungs of ${rule} by ${metric}, ${counted(started, 'trial')} started: ${parts.join('; ')}`;
}
