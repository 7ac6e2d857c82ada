import { element, setText } from '../element.js';

/** A form in a dialog. */
export interface DialogOptions {
  readonly title: string;
  /** What it is about, beneath the title. */
  readonly text?: string | undefined;
  readonly content: readonly Node[];
  /** What the button says that does it. */
  readonly action: string;
  /** It cannot be undone. */
  readonly danger?: boolean | undefined;
  /** Does it; resolves with why it was not done, which is shown, or with nothing, and then the dialog closes. */
  submit(): Promise<string | undefined>;
}

let count = 0;

/** Opens a dialog: Escape and "Cancel" close it, and the focus goes back to where it was. */
export function openDialog({ title, text, content, action, danger, submit }: DialogOptions): HTMLDialogElement {
  const id = `dialog-${count++}`;
  const came = document.activeElement;
  const heading = element('h2', { id }, title);
  const problem = element('p', { class: 'dialog-problem', role: 'alert' });
  const cancel = element('button', { type: 'button', class: 'tool' }, 'Cancel');
  const go = element('button', { type: 'submit', class: `tool ${danger ? 'danger' : 'primary'}` }, action);
  const form = element(
    'form',
    { method: 'dialog', novalidate: true },
    heading,
    ...(text === undefined ? [] : [element('p', { class: 'dialog-text' }, text)]),
    ...content,
    problem,
    element('div', { class: 'dialog-foot' }, cancel, go),
  );
  const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': id }, form);
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    setText(problem, '');
    const refused = await submit();
    go.disabled = false;
    if (refused === undefined) dialog.close();
    else setText(problem, refused);
  });
  dialog.addEventListener('keydown', event => {
    // Escape closes it and means nothing else.
    if (event.key === 'Escape') event.stopPropagation();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (came instanceof HTMLElement && came.isConnected) came.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  const first = form.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea');
  (first ?? cancel).focus();
  return dialog;
}

/** A labelled field, with room for what is wrong with it. */
export function labelled(label: string, input: HTMLInputElement | HTMLSelectElement, hint = ''): HTMLElement {
  const id = `field-${count++}`;
  input.id = id;
  const note = element('span', { id: `${id}-note`, class: 'field-note' }, hint);
  input.setAttribute('aria-describedby', note.id);
  return element('div', { class: 'field' }, element('label', { for: id }, label), input, note);
}
