import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element } from '../element.js';
import type { Page } from '../page.js';
import { cloneDialog } from './clone.js';
import { labelled, openDialog } from './controls-dialog.js';
import { deafness, follow, modelOf, steers, whyId } from './controls-model.js';
import { send, sendAll, sendFromForm } from './controls-send.js';

/** Something that can be done. */
export interface Action {
  readonly label: string;
  /** Why it cannot be done now. */
  readonly disabled?: string | undefined;
  do(): void;
}

/** The same, but disabled while the study would hear nothing of it. */
function ifHeard(page: Page, actions: readonly Action[]): readonly Action[] {
  const disabled = deafness(modelOf(page));
  return disabled === undefined ? actions : actions.map(action => ({ ...action, disabled }));
}

/** What can be done with a trial, without and with the right to control. */
export function trialMenu(trial: TrialRecord, page: Page): readonly Action[] {
  const { lens } = page;
  const { number } = trial;
  return [
    { label: 'Open', do: () => page.link.go({ at: 'trial', trial: String(number) }) },
    { label: lens.pinned === number ? 'Let go' : 'Highlight', do: () => lens.pin(number) },
    { label: lens.selected.has(number) ? 'Do not compare' : 'Select to compare', do: () => lens.toggle(number) },
    ...(steers(page, modelOf(page)) ? trialActions(trial, page) : []),
  ];
}

/** What the right to control lets one do with a trial in the state that it is in. */
export function trialActions({ number: trial, state, epochs }: TrialRecord, page: Page): readonly Action[] {
  const over = state === 'complete' || state === 'pruned' || state === 'failed';
  const tell = (type: 'pause-trial' | 'resume-trial' | 'retry-trial') => () => void send(page, { type, trial });
  return ifHeard(page, [
    ...(state === 'running' ? [{ label: 'Pause', do: tell('pause-trial') }] : []),
    ...(state === 'paused' ? [{ label: 'Resume', do: tell('resume-trial') }] : []),
    ...(over ? [] : [{ label: 'Stop…', do: () => stopDialog([trial], page, epochs) }]),
    ...(over ? [{ label: 'Retry', do: tell('retry-trial') }] : []),
    { label: 'Clone and edit…', do: () => cloneDialog(page, trial) },
  ]);
}

/** What can be done with several trials together, as far as it fits what they are. */
export function actionsTogether(trials: readonly TrialRecord[], page: Page): readonly Action[] {
  const numbers = (...states: readonly TrialRecord['state'][]) =>
    trials.filter(({ state }) => states.includes(state)).map(({ number }) => number);
  const all = (
    label: string,
    did: string,
    type: 'pause-trial' | 'resume-trial' | 'retry-trial',
    of: readonly number[],
  ): readonly Action[] =>
    of.length === 0
      ? []
      : [{ label: `${label} ${of.length}`, do: () => void sendAll(page, of, trial => ({ type, trial }), did) }];
  const open = numbers('running', 'waiting', 'paused');
  return ifHeard(page, [
    ...all('Pause', 'told to pause', 'pause-trial', numbers('running')),
    ...all('Resume', 'told to go on', 'resume-trial', numbers('paused')),
    ...(open.length === 0 ? [] : [{ label: `Stop ${open.length}…`, do: () => stopDialog(open, page) }]),
    ...all('Retry', 'tried again', 'retry-trial', numbers('complete', 'pruned', 'failed')),
  ]);
}

/** Asks why, and what becomes of the trials, and stops them. */
export function stopDialog(trials: readonly number[], page: Page, epochs?: number): void {
  const reason = element('input', { type: 'text', maxlength: '500', autocomplete: 'off' });
  const outcome = element(
    'select',
    {},
    element('option', { value: 'pruned' }, 'pruned: worse than others'),
    element('option', { value: 'complete' }, 'complete: it counts, with its best value so far'),
    element('option', { value: 'failed' }, 'failed'),
  );
  const one = trials.length === 1;
  const who = one ? `trial #${trials[0]}` : `${trials.length} trials`;
  openDialog({
    title: `Stop ${who}?`,
    text:
      epochs === undefined
        ? 'What was learned so far stays in the record.'
        : `${epochs === 1 ? 'One epoch' : `${epochs} epochs`} of it are done; they stay in the record.`,
    content: [labelled('Reason', reason, 'for the record; may be left out'), labelled('It counts as', outcome)],
    action: one ? 'Stop the trial' : 'Stop them',
    danger: true,
    async submit() {
      const chosen = outcome.value as 'pruned' | 'complete' | 'failed';
      const why = reason.value.trim();
      const command = (trial: number) =>
        ({ type: 'stop-trial', trial, outcome: chosen, ...(why !== '' && { reason: why }) }) as const;
      if (!one) {
        await sendAll(page, trials, command, 'stopped');
        return undefined;
      }
      return sendFromForm(page, command(trials[0] as number));
    },
  });
}

/**
 * The buttons that steer one trial, which follow its state as long as they are in the document; nothing is in it without the right
 * to control.
 */
export function trialControls(trial: number, page: Page): HTMLElement {
  const box = element('div', {
    class: 'controls trial-controls',
    role: 'group',
    'aria-label': `Control trial #${trial}`,
  });
  box.hidden = true;
  let shown = '';
  follow(page, box, model => {
    const record = model.study.trials.get(trial);
    const state = record !== undefined && steers(page, model) ? record.state : '';
    const key = `${state} ${deafness(model)}`;
    if (key === shown) return;
    shown = key;
    box.hidden = state === '';
    const current = () => modelOf(page)?.study.trials.get(trial) ?? record;
    const actions = record === undefined || state === '' ? [] : trialActions(record, page);
    box.replaceChildren(
      ...actions.map(({ label, disabled }) => {
        const button = element('button', {
          type: 'button',
          class: 'tool',
          disabled: disabled !== undefined,
          title: disabled,
          'aria-describedby': disabled && whyId,
        });
        button.append(label);
        button.addEventListener('click', () => {
          const now = current();
          if (now !== undefined)
            trialActions(now, page)
              .find(each => each.label === label)
              ?.do();
        });
        return button;
      }),
    );
  });
  return box;
}
