import { describe, expect, test } from 'vitest';
import { decodeChanges, decodeCurves, frameKind } from '../../src/live/frames.js';
import { nodeLog } from '../../src/live/node-log.js';
import type { Ended, Resume } from '../../src/live/protocol.js';
import { studyModel } from '../../src/live/study-model.js';
import { studySession } from '../../src/live/study-session.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';
import { plainStudy } from './plain-study.js';

/** A client without a socket: what it was sent, in a word each. */
function opened(events: Iterable<StudyEvent>) {
  const model = studyModel(nodeLog);
  for (const event of events) model.append(event);
  const sent: string[] = [];
  let end: Ended | undefined;
  const session = studySession({
    model,
    clock: () => 17,
    ended: () => end,
    send(message) {
      if (typeof message === 'string') return sent.push((JSON.parse(message) as { type: string }).type);
      if (frameKind(message) === 'curves') return sent.push(`curves ${decodeCurves(message).id}`);
      const { from, to, id } = decodeChanges(message);
      sent.push(`${id === undefined ? 'changes' : `history ${id}`} ${from}-${to}`);
    },
  });
  const resume = (position: Omit<Resume, 'type' | 'as'>) => session.say({ type: 'resume', as: 'state', ...position });
  /** Works until there is nothing to do, and returns what was sent meanwhile. */
  const rest = () => {
    let steps = 0;
    while (session.step()) if (++steps > 10_000) throw new Error('it never rests');
    return sent.splice(0);
  };
  return { model, session, resume, rest, end: (message: Ended) => (end = message) };
}

const study = [...madeUpStudy({ trials: 10, epochs: 10 })];

describe('a session', () => {
  test('says nothing before it is spoken to', () => {
    const { session, rest } = opened(study);
    session.reach();
    session.say({ type: 'history', id: 1 });
    session.say({ type: 'inspect', trial: 1 });
    expect([rest(), session.caughtUp(), session.form()]).toEqual([[], true, undefined]);
  });

  test('tells what is new only when it may', () => {
    const { model, session, resume, rest } = opened(study.slice(0, 20));
    resume({ study: null, lastSeq: -1 });
    expect(rest()).toEqual(['hello', 'snapshot', 'trials']);
    for (const event of study.slice(20, 30)) model.append(event);
    expect([rest(), session.caughtUp()]).toEqual([[], false]);
    session.reach();
    expect([rest(), session.caughtUp()]).toEqual([['changes 20-29'], true]);
  });

  test('of a client that missed very much tells the study as it is now', () => {
    const events = [...plainStudy(8, 2500)];
    const { model, session, resume, rest } = opened(events.slice(0, 100));
    resume({ study: null, lastSeq: -1 });
    rest();
    for (const event of events.slice(100)) model.append(event);
    session.reach();
    expect(rest()).toEqual(['snapshot', 'trials']);
    expect(session.caughtUp()).toBe(true);
    resume({ study: model.study, lastSeq: 99 });
    expect(rest()).toEqual(['hello', 'snapshot', 'trials']);
    resume({ study: model.study, lastSeq: model.lastSeq - 5 });
    expect(rest()).toEqual(['hello', `changes ${model.lastSeq - 4}-${model.lastSeq}`]);
  });

  test('tells what is new before curves and the past, however much of those there is', () => {
    const events = [...plainStudy(64, 200)];
    const { model, session, resume, rest } = opened(events.slice(0, -10));
    resume({ study: null, lastSeq: -1 });
    rest();
    session.say({ type: 'see', id: 3, metric: 'loss', by: 'epoch', points: 4 });
    session.say({ type: 'history', id: 4 });
    session.step();
    for (const event of events.slice(-10)) model.append(event);
    session.reach();
    const [first, ...others] = rest();
    expect(first).toMatch(/^changes /);
    expect(others.at(-1)).toMatch(new RegExp(`^history 4 .*-${model.lastSeq}$`));
    expect(others).toContain('curves 3');
  });

  test('forgets what was asked about a study that gave way to another', () => {
    const { model, session, resume, rest } = opened(study);
    resume({ study: null, lastSeq: -1 });
    rest();
    session.say({ type: 'see', id: 1, metric: 'loss', by: 'epoch', points: 4 });
    session.say({ type: 'inspect', trial: 1 });
    session.say({ type: 'history', id: 1 });
    const other = [...madeUpStudy({ trials: 2, epochs: 2, name: 'other' })];
    for (const event of other) model.append(event);
    session.reach();
    expect(rest()).toEqual(['hello', 'snapshot', 'trials']);
    model.restart();
    session.reach();
    expect(rest()).toEqual(['hello']);
    for (const event of other) model.append(event);
    session.reach();
    expect(rest()).toEqual(['hello', 'snapshot', 'trials']);
  });

  test('says the end once, after everything', () => {
    const { session, resume, rest, end } = opened(study);
    resume({ study: null, lastSeq: -1 });
    end({ type: 'ended' });
    expect(rest()).toEqual(['hello', 'snapshot', 'trials', 'ended']);
    session.reach();
    expect(rest()).toEqual([]);
  });
});
