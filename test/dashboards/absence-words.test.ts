import { expect, test } from 'vitest';
import {
  noCurveWords,
  noEpochWords,
  noTrialWords,
  noValueWords,
  railWords,
} from '../../dashboards/src/views/absence-words.js';
import { emptyStudy, type TrialRecord } from '../../src/tune/study-state.js';

const model = (trials: readonly Partial<TrialRecord>[], more: { over?: true; died?: true; coming?: true } = {}) => ({
  study: {
    ...emptyStudy,
    trials: new Map(
      trials.map((trial, number) => [number, { number, state: 'failed', epochs: 0, ...trial } as TrialRecord]),
    ),
    epochs: trials.reduce((sum, { epochs = 0 }) => sum + epochs, 0),
    finishReason: more.over && ('trials' as const),
  },
  stopped: more.died && ({ state: 'interrupted', at: 0 } as const),
  caughtUp: more.coming === undefined,
});
const all = { passes: (_: TrialRecord) => true };
const none = { passes: () => false };
const any = () => true;

test('a study without trials says whether there will be some', () => {
  expect(noTrialWords(model([]), all)).toBe('No trial has been started yet.');
  expect(noTrialWords(model([], { over: true }), all)).toBe('No trial was started.');
  expect(noTrialWords(model([], { coming: true }), all)).toBe('The trials are coming.');
  expect(noTrialWords(model([{}]), none)).toBe('No trial passes the filter.');
  expect(noTrialWords(model([{}]), all)).toBeUndefined();
});

test('without curves it is said why: no report, another state, no number', () => {
  const words = (of: ReturnType<typeof model>, lens = all, offered = any) => noCurveWords(of, lens, offered, 'loss');
  expect(words(model([{}]))).toBe('No epoch is finished yet.');
  expect(words(model([{}], { over: true }))).toBe('No trial reported an epoch.');
  expect(words(model([{}], { died: true }))).toBe('No trial reported an epoch.');
  expect(words(model([{ epochs: 3 }]), all, () => false)).toBe('No trial is in one of the states that are shown.');
  expect(words(model([{ epochs: 3 }]))).toBe('None of these trials has a number for loss.');
  expect(words(model([{ epochs: 3 }, {}]), { passes: ({ number }: TrialRecord) => number === 1 })).toBe(
    'None of these trials has reported an epoch.',
  );
});

test('without values it is said whether some may come', () => {
  expect(noValueWords(model([{}]), all)).toBe('No trial has a value yet.');
  expect(noValueWords(model([{}], { over: true }), all)).toBe('No trial has a value.');
  const second = { passes: ({ number }: TrialRecord) => number === 1 };
  expect(noValueWords(model([{}, {}], { over: true }), second)).toBe('No trial that passes the filter has a value.');
});

test('a trial that is over reported no epoch; another one has not yet', () => {
  expect(noEpochWords({})).toBe('No epoch is finished yet.');
  expect(noEpochWords({ stop: { by: 'error', reason: '', outcome: 'failed', epoch: 0 } })).toBe(
    'It reported no epoch.',
  );
});

test('the place of what trials do not have says what a click does', () => {
  expect(railWords('momentum', false)).toBe('Show only trials without momentum');
  expect(railWords('momentum', true)).toBe('Show the trials with momentum too');
});
