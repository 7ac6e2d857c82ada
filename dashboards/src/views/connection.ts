import { isLost } from '../connection.js';
import { byId, setAttribute, setText } from '../element.js';
import type { Model, View } from '../page.js';

/** How the page stands with the server, in two words, and what there is to say instead of a study. */
export const connectionView: View = model => {
  const { kind, text } = pill(model);
  const box = byId('connection');
  setText(box, text);
  setAttribute(box, 'data-kind', kind);
  const message = notice(model);
  const page = byId('page');
  byId('replay-opener').hidden = model.study.study === undefined;
  page.hidden = model.study.study === undefined;
  page.dataset.seq = String(model.study.lastSeq);
  const banner = byId('notice');
  banner.hidden = message === undefined;
  setText(banner, message ?? '');
  const isReport = model.connection.kind === 'report';
  setAttribute(banner, 'data-small', page.hidden || isReport ? undefined : '');
  setAttribute(banner, 'data-report', isReport ? '' : undefined);
};

function pill({ connection, study, ended, replay }: Model): { readonly kind: string; readonly text: string } {
  if (replay !== undefined) return { kind: 'replay', text: 'As it was' };
  if (connection.kind === 'refused') return { kind: 'refused', text: 'Not allowed' };
  if (study.finishReason !== undefined) return { kind: 'finished', text: 'Finished' };
  if (connection.kind === 'reading') return { kind: 'reconnecting', text: 'Reading' };
  if (connection.kind === 'report') return { kind: 'finished', text: 'Report' };
  if (connection.kind === 'reconnecting') return { kind: 'reconnecting', text: 'Reconnecting' };
  if (connection.kind === 'connecting') return { kind: 'reconnecting', text: 'Connecting' };
  if (ended !== undefined) return { kind: 'refused', text: ended.error === undefined ? 'Ended' : 'Failed' };
  return { kind: 'live', text: 'Live' };
}

function notice({ connection, study, ended }: Model): string | undefined {
  if (connection.kind === 'refused') {
    return study.finishReason !== undefined
      ? undefined
      : 'This page has no right to read here: open the address that the command printed, with all that follows its #.';
  }
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
