import type { Model, Page } from '../page.js';

interface Now {
  model: Model | undefined;
  readonly listeners: Set<(model: Model) => void>;
}

const pages = new WeakMap<Page, Now>();

function nowOf(page: Page): Now {
  let now = pages.get(page);
  if (now === undefined) {
    now = { model: undefined, listeners: new Set() };
    pages.set(page, now);
  }
  return now;
}

/** The model that was drawn last: for dialogs and buttons, which are not drawn by the shell. */
export function modelOf(page: Page): Model | undefined {
  return nowOf(page).model;
}

/** Tells the model to whoever follows it; once a drawing. */
export function tellModel(page: Page, model: Model): void {
  const now = nowOf(page);
  now.model = model;
  for (const listener of now.listeners) listener(model);
}

/** Calls the listener with each model, at first with the one there is, for as long as the node is in the document. */
export function follow(page: Page, node: Node, listener: (model: Model) => void): void {
  const now = nowOf(page);
  let seen = false;
  const hear = (model: Model) => {
    seen ||= node.isConnected;
    if (seen && !node.isConnected) now.listeners.delete(hear);
    else listener(model);
  };
  now.listeners.add(hear);
  if (now.model !== undefined) listener(now.model);
}

/** Whether this page has the right to tell the study what to do, which has not come to its end. */
export function steers(page: Page, model: Model | undefined): boolean {
  return (
    page.steering.allowed &&
    model?.study.study !== undefined &&
    model.study.finishReason === undefined &&
    model.ended === undefined &&
    model.replay === undefined
  );
}

/** The id of the element that says why the study cannot be steered. */
export const whyId = 'steer-why';

/** Why the study would hear nothing of what it is told, in few words; undefined if it would. */
export function deafness(model: Model | undefined): string | undefined {
  const stopped = model?.stopped;
  if (stopped === undefined) return undefined;
  return stopped.state === 'unreadable' ? 'It cannot be read now' : 'Nothing runs it now';
}
