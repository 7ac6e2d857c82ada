import { byId, element, setAttribute } from '../element.js';
import type { Model, Page, View } from '../page.js';
import { pageToken, setPageToken } from '../token.js';
import { cloneDialog } from './clone.js';
import { labelled, openDialog } from './controls-dialog.js';
import { deafness, modelOf, steers, tellModel, whyId } from './controls-model.js';
import { send, sendFromForm } from './controls-send.js';

/** What the study can be told by this page, in the row of the places; without the right to control only how to get it. */
export function controlsView(box: HTMLElement, page: Page): View {
  const group = element('div', { class: 'controls', role: 'group', 'aria-label': 'Control the study' });
  box.append(group);
  // Somebody opens the address with the token in a tab that shows the page already: the right is asked for when it connects.
  addEventListener('hashchange', () => {
    if (!new URLSearchParams(location.hash.slice(1)).has('control')) return;
    pageToken('control');
    location.reload();
  });
  let shown = '';
  return model => {
    tellModel(page, model);
    const kind = kindOf(page, model);
    setAttribute(byId('connection'), 'title', titleOf(page, model));
    const key = `${kind} ${model.study.paused} ${deafness(model)}`;
    if (key === shown) return;
    shown = key;
    const held = group.contains(document.activeElement);
    group.replaceChildren(...(kind === 'steers' ? steering(page, model) : kind === 'could' ? [tokenButton(page)] : []));
    group.hidden = group.childElementCount === 0;
    if (held) group.querySelector('button')?.focus();
  };
}

function kindOf(page: Page, model: Model): 'steers' | 'could' | 'reads' {
  if (steers(page, model)) return 'steers';
  const { study, connection, ended, replay } = model;
  const begun = study.study !== undefined && study.finishReason === undefined && ended === undefined;
  const runs = begun && deafness(model) === undefined;
  return runs && connection.kind === 'live' && replay === undefined && !page.steering.allowed ? 'could' : 'reads';
}

function titleOf(page: Page, { connection, study }: Model): string | undefined {
  if (connection.kind === 'refused' || study.study === undefined) return undefined;
  if (page.steering.allowed) return 'This page may control the study';
  return pageToken('control') === undefined
    ? 'Read only: this page has no control token'
    : 'Read only: the control token that this tab has is not the one of this study';
}

function steering(page: Page, model: Model): HTMLElement[] {
  const { study } = model;
  const why = deafness(model);
  const button = (label: string, act: () => void, kind = '') => {
    const made = element(
      'button',
      { type: 'button', class: `tool ${kind}`.trim(), disabled: why !== undefined },
      label,
    );
    if (why !== undefined) made.setAttribute('aria-describedby', whyId);
    made.addEventListener('click', act);
    return made;
  };
  return [
    ...(why === undefined ? [] : [element('p', { id: whyId, class: 'quiet' }, why)]),
    study.paused
      ? button('Resume', () => void send(page, { type: 'resume' }), 'primary')
      : button('Pause', () => void send(page, { type: 'pause' })),
    button('New trial…', () => cloneDialog(page)),
    button('Change…', () => changeDialog(page)),
    button('Stop…', () => stopStudy(page), 'danger'),
  ];
}

function stopStudy(page: Page): void {
  const { running = [], study } = modelOf(page)?.study ?? {};
  const reason = element('input', { type: 'text', maxlength: '500', autocomplete: 'off' });
  openDialog({
    title: 'Stop the study?',
    text: `${study?.name ?? 'It'} ends for everybody who watches. ${
      running.length === 0 ? 'No trial is running.' : `${running.length} running trials are ended with it.`
    } What was learned stays in the record.`,
    content: [labelled('Reason', reason, 'for the record; may be left out')],
    action: 'Stop the study',
    danger: true,
    async submit() {
      const why = reason.value.trim();
      return sendFromForm(page, { type: 'stop', ...(why !== '' && { reason: why }) });
    },
  });
}

function changeDialog(page: Page): void {
  const { study, trials: begun } = modelOf(page)?.study ?? {};
  const number = (value: number | undefined, least: number, most: number) =>
    element('input', {
      type: 'number',
      value: value === undefined ? '' : String(value),
      min: String(least),
      max: String(most),
      step: '1',
    });
  const parallel = number(study?.parallel, 1, 1024);
  const trials = number(study?.trials, begun?.size ?? 0, 1e9);
  const before = { parallel: parallel.value, trials: trials.value };
  openDialog({
    title: 'Change how the study runs',
    content: [
      labelled('Trials at a time', parallel, 'from 1 to 1024'),
      labelled('Trials in all', trials, `at least ${begun?.size ?? 0}, which have begun or wait`),
    ],
    action: 'Change',
    async submit() {
      const change = {
        ...(parallel.value !== before.parallel && { parallel: Number(parallel.value) }),
        ...(trials.value !== before.trials && trials.value !== '' && { trials: Number(trials.value) }),
      };
      if (Object.keys(change).length === 0) return 'Nothing was changed.';
      for (const [input, value] of [[parallel, change.parallel] as const, [trials, change.trials] as const]) {
        if (value === undefined || (Number.isInteger(value) && value >= Number(input.min))) continue;
        input.focus();
        return `Expected a whole number from ${input.min} to ${input.max}.`;
      }
      return sendFromForm(page, { type: 'set', ...change });
    },
  });
}

function tokenButton(page: Page): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'plain-button', title: 'Read only: give the control token to steer this study' },
    'Control…',
  );
  button.addEventListener('click', () => tokenDialog(page));
  return button;
}

function tokenDialog(page: Page): void {
  const token = element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' });
  openDialog({
    title: 'Control this study',
    text: 'Only who has the control token may pause, stop and add. The command that runs the study printed it; this tab keeps it until it is closed.',
    content: [labelled('Control token', token, '32 to 128 hexadecimal digits')],
    action: 'Take control',
    async submit() {
      const given = token.value.trim().replace(/^.*control=([0-9a-f]+).*$/i, '$1');
      if (!/^[0-9a-f]{32,128}$/.test(given)) return 'That is no token: it has 32 to 128 hexadecimal digits.';
      if (!setPageToken('control', given)) {
        return 'This browser keeps nothing for the tab: open the address with #control= and the token instead.';
      }
      // The right is asked for when the page connects.
      page.link.set('control', undefined);
      location.reload();
      return new Promise(() => {});
    },
  });
}
