import { expect, test } from 'vitest';
import { dayAndSecond, dayAndTime, timeOfDay, wholeDuration } from '../../dashboards/src/time-words.js';
import { knownUntil } from '../../dashboards/src/views/studies-best.js';
import { emptyStudy } from '../../src/tune/study-state.js';

test('times are of a clock of 24 hours, whatever the language of the browser', () => {
  const evening = new Date(2025, 9, 8, 22, 3, 7).getTime();
  expect(timeOfDay(evening)).toBe('22:03:07');
  expect(dayAndTime(evening)).toBe('8 Oct 2025, 22:03');
  expect(dayAndSecond(evening)).toBe('8 Oct 2025, 22:03:07');
});

test('the time that a study takes is said in whole seconds, at least one', () => {
  expect([0.2, 1.6, 48.4, 59.6, 185.5].map(wholeDuration)).toEqual(['1 s', '2 s', '48 s', '1:00', '3:06']);
});

test('a study beside another is known up to its own end, the end of its process, or its last event', () => {
  const counts = emptyStudy.counts;
  const list = (state: 'running' | 'interrupted', changedAt: number) => [
    { key: 'other', name: 'other', state, counts, changedAt },
  ];
  const running = { ...emptyStudy, startedAt: 0 };
  const over = { ...running, finishedAt: 500, finishReason: 'trials' as const };
  expect(knownUntil(over, 'other', { studies: list('running', 900), now: 1000 })).toBe(500);
  expect(knownUntil(running, 'other', { studies: list('interrupted', 700), now: 1000 })).toBe(700);
  expect(knownUntil(running, 'other', { studies: list('running', 700), now: 1000 })).toBe(1000);
  // The open study is over since long.
  expect(knownUntil(running, 'other', { studies: list('running', 900), now: 300 })).toBe(900);
});
