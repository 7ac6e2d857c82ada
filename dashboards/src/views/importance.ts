import { count, counted } from '../../../src/cli/number.js';
import { type Importance, importanceSteps } from '../../../src/tune/importance.js';
import { chosenObjective } from '../chart/objective.js';
import { objectiveTools } from '../chart/objective-tools.js';
import { spread } from '../chart/spread.js';
import { element, setAttribute, setText } from '../element.js';
import { filterText } from '../filter.js';
import type { Page, Panel, View } from '../page.js';
import { isOver } from './absence-words.js';

/** Milliseconds between two computations while trials go on. */
const patience = 3000;
/** Fewer complete trials than this say little about what the best have in common. */
const enough = 50;
const none = 'It needs at least two complete trials.';

/** How much each hyperparameter matters for being among the best of the trials that the filter lets through. */
export function importanceView({ body, tools, note }: Panel, page: Page): View {
  const settings = objectiveTools(tools, 'importance', page, false);
  const list = element('ol', { class: 'importance' });
  const meaning = element('p', { class: 'quiet' });
  body.append(list, meaning);
  let shown = '';
  let computedAt = Number.NEGATIVE_INFINITY;
  let waiting = false;

  const show = (found: readonly Importance[], complete: number, metric: string) => {
    list.hidden = found.length === 0;
    list.replaceChildren(
      ...found.map(({ name, importance: share }) => {
        const bar = element('i', { class: 'importance-bar', 'aria-hidden': 'true' });
        bar.style.width = `${100 * share}%`;
        const button = element(
          'button',
          { type: 'button', title: `Show the slice of ${name}` },
          element('span', { class: 'importance-name' }, name),
          element('span', { class: 'importance-share' }, percent(share)),
          element('span', { class: 'importance-track' }, bar),
        );
        button.addEventListener('click', () => openSlice(name));
        return element('li', { 'data-importance': String(share) }, button);
      }),
    );
    const good = Math.ceil(complete / 10);
    setText(
      meaning,
      found.length === 0
        ? ''
        : `How far the values among the best tenth (${count(good)} of ${counted(complete, 'complete trial')}) are from those of all, as a share of all such differences (PED-ANOVA).`,
    );
    const little =
      complete < enough ? `${counted(complete, 'trial')} are few: at about ${enough} it begins to say something.` : '';
    setText(note, found.length === 0 ? none : little.replace(/^1 trial are/, '1 trial is'));
    setAttribute(list, 'aria-label', `Importance of ${counted(found.length, 'hyperparameter')} for ${metric}`);
  };

  return (model, changed) => {
    const { study: info, counts } = model.study;
    const objective = chosenObjective(model, page.link);
    settings.show(model, false);
    if (info === undefined || objective === undefined) {
      list.hidden = true;
      return setText(note, none);
    }
    const filter = filterText(page.lens.filter);
    const key = [model.identity, objective.metric, counts.complete, info.space.length, filter].join(' ');
    const over = isOver(model);
    const soon = changed !== 'all' && !over && performance.now() - computedAt < patience;
    // While a long history comes in, all of it is of interest, not its parts.
    if (key === shown || soon || waiting || !model.caughtUp) return;
    waiting = true;
    // A few hyperparameters at a time: for thousands of trials each takes milliseconds.
    const all = model.study.trials;
    const trials = filter === '' ? all : new Map([...all].filter(([, trial]) => page.lens.passes(trial)));
    const complete =
      filter === '' ? counts.complete : [...trials.values()].filter(({ state }) => state === 'complete').length;
    const steps = importanceSteps({ study: info, trials }, { metric: objective.metric });
    spread(() => {
      const step = steps.next();
      if (!step.done) return 0;
      [waiting, shown, computedAt] = [false, key, performance.now()];
      show(step.value, complete, objective.metric);
      // What was filtered in the meantime is computed anew.
      if (filterText(page.lens.filter) !== filter) page.redraw();
      return undefined;
    });
  };
}

function percent(share: number): string {
  const value = 100 * share;
  return value > 0 && value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}

/** Goes to the slice of a hyperparameter, with the keyboard's focus. */
function openSlice(name: string): void {
  for (const slice of document.querySelectorAll<HTMLElement>('[data-hparam]')) {
    if (slice.dataset.hparam !== name) continue;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    slice.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
    slice.querySelector<HTMLElement>('.slice-area')?.focus({ preventScroll: true });
    return;
  }
}
