import { isLost } from '../connection.js';
import { byId, element, setAttribute, setText } from '../element.js';
import type { Model, Page, View } from '../page.js';

/** How the page stands with the server, in two words, and what there is to say instead of a study. */
export function connectionView({ link }: Page): View {
  let ways = '';
  /** The sentence, and beneath it the ways on to studies that there are. */
  const say = (banner: HTMLElement, message: string, { connection, studies }: Model) => {
    const isMissing = connection.kind === 'missing';
    const offered = !isMissing || studies.length === 0 ? '' : studies.length === 1 ? 'one' : 'several';
    if (offered === '' && ways === '') return setText(banner, message);
    const key = `${offered} ${message}`;
    if (key === ways) return;
    ways = offered === '' ? '' : key;
    const wayTo = (text: string, at: string | undefined) => {
      const go = { study: undefined, at, trial: undefined, selected: undefined, where: undefined };
      const way = element('a', { href: link.href(go), class: 'link' }, text);
      way.addEventListener('click', event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        link.go(go);
      });
      return way;
    };
    const first = wayTo('Open the first study', undefined);
    const all = offered === 'several' ? [wayTo('Show the list of studies', 'studies')] : [];
    banner.replaceChildren(message, ...(offered === '' ? [] : [element('p', { class: 'notice-ways' }, ...all, first)]));
  };

  return model => {
    const { kind, text } = pill(model);
    const box = byId('connection');
    setText(box, text);
    setAttribute(box, 'data-kind', kind);
    const message = notice(model);
    const page = byId('page');
    const hasStudy = model.study.study !== undefined;
    byId('replay-opener').hidden = !hasStudy;
    // The list of studies needs none of them.
    const hasList = model.connection.kind === 'missing' && model.studies.length > 1 && link.get('at') === 'studies';
    page.hidden = !hasStudy && !hasList;
    byId('overview').hidden = !hasStudy;
    const banner = byId('notice');
    banner.hidden = message === undefined;
    say(banner, message ?? '', model);
    const isReport = model.connection.kind === 'report';
    setAttribute(banner, 'data-small', page.hidden || isReport ? undefined : '');
    setAttribute(banner, 'data-report', isReport ? '' : undefined);
  };
}

function pill({ connection, study, ended, stopped, replay }: Model): { readonly kind: string; readonly text: string } {
  if (replay !== undefined) return { kind: 'replay', text: 'As it was' };
  if (connection.kind === 'refused') return { kind: 'refused', text: 'Not allowed' };
  if (stopped?.state === 'unreadable') return { kind: 'refused', text: 'Unreadable' };
  if (connection.kind === 'missing') return { kind: 'refused', text: 'Not here' };
  if (study.finishReason === 'interrupted') {
    return { kind: 'finished', text: study.stopped === undefined ? 'Interrupted' : 'Stopped' };
  }
  if (study.finishReason !== undefined) return { kind: 'finished', text: 'Finished' };
  if (connection.kind === 'reading') return { kind: 'reconnecting', text: 'Reading' };
  if (connection.kind === 'report') return { kind: 'finished', text: 'Report' };
  if (connection.kind === 'reconnecting') return { kind: 'reconnecting', text: 'Reconnecting' };
  if (connection.kind === 'connecting') return { kind: 'reconnecting', text: 'Connecting' };
  if (ended !== undefined) return { kind: 'refused', text: ended.error === undefined ? 'Ended' : 'Failed' };
  if (stopped !== undefined) return { kind: 'finished', text: 'Interrupted' };
  return { kind: 'live', text: 'Live' };
}

function notice({ connection, study, ended, stopped }: Model): string | undefined {
  if (connection.kind === 'refused') {
    return study.finishReason !== undefined
      ? undefined
      : 'This page has no right to read here: open the address that the command printed, with all that follows its #.';
  }
  if (stopped?.state === 'unreadable')
    return `The study cannot be read: ${stopped.problem ?? 'its journal is damaged'}`;
  if (connection.kind === 'missing') return `There is no study ${connection.study} on this server.`;
  if (ended?.error !== undefined) return `The study failed: ${ended.error}`;
  if (connection.kind === 'report') return connection.note;
  if (connection.kind === 'reading') return `Reading the study: ${Math.round(connection.share * 100)} %.`;
  if (study.study !== undefined) {
    if (!isLost(connection)) return undefined;
    return connection.over
      ? 'The command that served this page has ended. `rxnn view` serves the study again; what is loaded stays here.'
      : 'The server does not answer: what you see is the last that was heard. This page comes back by itself when the server does.';
  }
  if (connection.kind === 'live') return 'Connected. Waiting for the study to begin.';
  if (connection.kind === 'reconnecting') return `Nobody answers at ${location.host}. This page tries again by itself.`;
  return 'Connecting to the server.';
}
