import { isLost } from '../connection.js';
import { byId, element, setAttribute, setText } from '../element.js';
import type { Model, Page, View } from '../page.js';

/** What is said instead of a study, or of how it is. */
interface Notice {
  readonly text: string;
  /** How much of the study was read, while it is, from 0 to 1. */
  readonly share?: number | undefined;
}

/** How the page stands with the server, in two words, and what there is to say instead of a study. */
export function connectionView({ link }: Page): View {
  const sentence = element('span', {});
  const bar = element('progress', { class: 'notice-progress', 'aria-label': 'Read of the study', max: '1' });
  let shown = '';
  const wayTo = (text: string, changes: Parameters<typeof link.go>[0]) => {
    const way = element('a', { href: link.href(changes), class: 'link' }, text);
    way.addEventListener('click', event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      link.go(changes);
    });
    return way;
  };
  /** The ways on to studies that there are. */
  const ways = ({ connection, studies }: Model, reading: boolean): HTMLElement[] => {
    const elsewhere = { study: undefined, trial: undefined, selected: undefined, where: undefined };
    const isMissing = connection.kind === 'missing';
    const all = studies.length > 1 && (isMissing || (reading && link.get('at') !== 'studies'));
    return [
      ...(all ? [wayTo('Show the list of studies', { ...(isMissing && elsewhere), at: 'studies' })] : []),
      ...(isMissing && studies.length > 0 ? [wayTo('Open the first study', { ...elsewhere, at: undefined })] : []),
    ];
  };
  const say = (banner: HTMLElement, { text, share }: Notice, model: Model) => {
    setText(sentence, text);
    if (share !== undefined) setAttribute(bar, 'value', String(share));
    const on = ways(model, share !== undefined);
    const shape = `${share !== undefined} ${on.map(way => `${way.textContent} ${way.getAttribute('href')}`)}`;
    if (shape === shown) return;
    shown = shape;
    banner.replaceChildren(
      sentence,
      ...(share === undefined ? [] : [bar]),
      ...(on.length === 0 ? [] : [element('p', { class: 'notice-ways' }, ...on)]),
    );
  };

  return model => {
    const { kind, text } = pill(model);
    const box = byId('connection');
    setText(box, text);
    setAttribute(box, 'data-kind', kind);
    const said = notice(model);
    const page = byId('page');
    const hasStudy = model.study.study !== undefined;
    byId('replay-opener').hidden = !hasStudy;
    // The list of studies needs none of them.
    const canList = model.connection.kind === 'missing' || said?.share !== undefined;
    const hasList = canList && model.studies.length > 1 && link.get('at') === 'studies';
    page.hidden = !hasStudy && !hasList;
    byId('overview').hidden = !hasStudy;
    const banner = byId('notice');
    banner.hidden = said === undefined;
    say(banner, said ?? { text: '' }, model);
    const isReport = model.connection.kind === 'report';
    setAttribute(banner, 'data-small', page.hidden || isReport ? undefined : '');
    setAttribute(banner, 'data-report', isReport ? '' : undefined);
  };
}

function pill({ connection, reading, study, ended, stopped, replay }: Model): {
  readonly kind: string;
  readonly text: string;
} {
  if (replay !== undefined) return { kind: 'replay', text: 'As it was' };
  if (connection.kind === 'refused') return { kind: 'refused', text: 'Not allowed' };
  if (stopped?.state === 'unreadable') return { kind: 'refused', text: 'Unreadable' };
  if (connection.kind === 'missing') return { kind: 'refused', text: 'Not here' };
  if (study.finishReason === 'interrupted') {
    return { kind: 'finished', text: study.stopped === undefined ? 'Interrupted' : 'Stopped' };
  }
  if (study.finishReason !== undefined) return { kind: 'finished', text: 'Finished' };
  if (reading !== undefined) return { kind: 'reconnecting', text: 'Reading' };
  if (connection.kind === 'report') return { kind: 'finished', text: 'Report' };
  if (connection.kind === 'reconnecting') return { kind: 'reconnecting', text: 'Reconnecting' };
  if (connection.kind === 'connecting') return { kind: 'reconnecting', text: 'Connecting' };
  if (ended !== undefined) return { kind: 'refused', text: ended.error === undefined ? 'Ended' : 'Failed' };
  if (stopped !== undefined) return { kind: 'finished', text: 'Interrupted' };
  return { kind: 'live', text: 'Live' };
}

function notice(model: Model): Notice | undefined {
  const text = problem(model);
  if (text !== undefined) return { text };
  const { connection, reading, study } = model;
  if (connection.kind === 'report') return connection.note === undefined ? undefined : { text: connection.note };
  if (reading !== undefined) return { text: `Reading the study: ${Math.round(reading * 100)} %.`, share: reading };
  if (study.study !== undefined) {
    if (!isLost(connection)) return undefined;
    const over =
      'The command that served this page has ended. `rxnn view` serves the study again; what is loaded stays here.';
    const lost =
      'The server does not answer: what you see is the last that was heard. This page comes back by itself when the server does.';
    return { text: connection.over ? over : lost };
  }
  if (connection.kind === 'live') return { text: 'Connected. Waiting for the study to begin.' };
  if (connection.kind === 'reconnecting')
    return { text: `Nobody answers at ${location.host}. This page tries again by itself.` };
  return { text: 'Connecting to the server.' };
}

/** Why the study is not to be had, or not to be had to its end. */
function problem({ connection, study, ended, stopped }: Model): string | undefined {
  if (connection.kind === 'refused') {
    return study.finishReason !== undefined
      ? undefined
      : 'This page has no right to read here: open the address that the command printed, with all that follows its #.';
  }
  if (stopped?.state === 'unreadable')
    return `The study cannot be read: ${stopped.problem ?? 'its journal is damaged'}`;
  if (connection.kind === 'missing') return `There is no study ${connection.study} on this server.`;
  return ended?.error === undefined ? undefined : `The study failed: ${ended.error}`;
}
