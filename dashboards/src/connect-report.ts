import type { ClientMessage, ServerMessage } from '../../src/live/protocol.js';
import { studyModel } from '../../src/live/study-model.js';
import { type StudySession, studySession } from '../../src/live/study-session.js';
import type { StudyEvent } from '../../src/tune/events.js';
import type { Connect } from './connection.js';

/** Milliseconds of work before the page may draw and answer. */
const slice = 8;

/** Talks to the study that lies in the page itself, in a report: what a server does, done here. */
export const connect: Connect = ({ resume, message, frame, state }) => {
  const model = studyModel({ identify: (_, restarts) => `report ${restarts}` });
  let session: StudySession | undefined;
  let pumping = false;
  let last = 0;

  const pump = async () => {
    if (pumping || session === undefined) return;
    pumping = true;
    do await turn();
    while (works(session.step));
    pumping = false;
  };
  const say = (what: ClientMessage): boolean => {
    if (session === undefined) return false;
    // There are no other studies, and nobody who takes commands.
    if (what.type === 'list' || what.type === 'command' || !session.say(what)) return false;
    void pump();
    return true;
  };
  const sayResume = () => {
    say({ type: 'resume', ...resume(), as: 'state' });
  };

  const read = async () => {
    for await (const event of embedded(share => state({ kind: 'reading', share }))) {
      model.append(event);
      last = event.time;
    }
    session = studySession({
      model,
      send(what) {
        if (typeof what === 'string') message(JSON.parse(what) as ServerMessage);
        else frame(what);
      },
      ended: () => ({ type: 'ended' }),
      clock: () => last,
    });
    state({ kind: 'report', note: noteOf() });
    sayResume();
  };
  state({ kind: 'reading', share: 0 });
  read().catch(error => message({ type: 'ended', error: `this report cannot be read (${String(error)})` }));
  return { resume: sayResume, say, retry() {}, reopen() {} };
};

/** Works for a slice; false when there was nothing left to do. */
function works(step: () => boolean): boolean {
  const until = performance.now() + slice;
  while (performance.now() < until) if (!step()) return false;
  return true;
}

/** Lets the page draw and answer. */
function turn(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** What a report says of itself. */
function noteOf(): string | undefined {
  const text = document.getElementById('study-note')?.textContent ?? '';
  return text === '' ? undefined : (JSON.parse(text) as string);
}

/** The events in the page: lines of JSON, compressed, in base64. */
async function* embedded(told: (share: number) => void): AsyncGenerator<StudyEvent> {
  const block = document.getElementById('study');
  const base64 = (block?.textContent ?? '').trim();
  block?.remove();
  let at = 0;
  let until = performance.now() + slice;
  const breathe = async () => {
    if (performance.now() < until) return;
    told(at / Math.max(1, base64.length));
    await turn();
    until = performance.now() + slice;
  };
  const bytes = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (at >= base64.length) return controller.close();
      const text = atob(base64.slice(at, at + 256 * 1024));
      at += 256 * 1024;
      const chunk = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) chunk[i] = text.charCodeAt(i);
      controller.enqueue(chunk);
    },
  });
  const reader = bytes.pipeThrough(new DecompressionStream('gzip')).pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    for (const line of lines) {
      if (line === '') continue;
      yield JSON.parse(line) as StudyEvent;
      await breathe();
    }
    if (done) return;
  }
}
