import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { StudyEvent } from '../../src/tune/events.js';
import { rxnn } from '../cli/rxnn.js';

// Every search file in examples/, whole, through the command line.
const root = fileURLToPath(new URL('../..', import.meta.url));

type Finished = Extract<StudyEvent, { type: 'study-finished' }>;

async function study(name: string): Promise<{ events: StudyEvent[]; finished: Finished }> {
  const { code, stdout, stderr } = await rxnn(['tune', `examples/${name}/search.json`, '--json'], { cwd: root });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as StudyEvent);
  return { events, finished: events.at(-1) as Finished };
}

const stopsOf = (events: readonly StudyEvent[]) =>
  events.flatMap(event => (event.type === 'trial-finished' ? [event.stop] : []));

describe('examples', () => {
  test('digits: the best of 40 trials classifies at least 97 % of the validation rows, and rules stopped the poor ones', async () => {
    const { events, finished } = await study('digits');
    expect(finished.best!.value).toBeGreaterThanOrEqual(0.97);
    expect(finished.counts).toMatchObject({ failed: 0, running: 0 });
    expect(finished.counts.complete + finished.counts.pruned).toBe(40);
    const halved = stopsOf(events).filter(stop => stop.by === 'successiveHalving');
    expect(halved.length).toBeGreaterThan(10);
    for (const { outcome, reason, value, threshold } of halved) {
      expect(outcome).toBe('pruned');
      expect(value!).toBeLessThan(threshold!);
      expect(reason).toContain('rung of epoch');
    }
  }, 180_000);

  test('iris: the grid of 27, each over 5 folds', async () => {
    const { events, finished } = await study('iris');
    expect(finished.reason).toBe('exhausted');
    expect(finished.counts).toMatchObject({ complete: 27, pruned: 0, failed: 0 });
    expect(finished.best!.value).toBeLessThan(0.12);
    for (const event of events) if (event.type === 'trial-reported') expect(event.report.folds).toHaveLength(5);
    expect(
      new Set(events.flatMap(event => (event.type === 'trial-started' ? [JSON.stringify(event.hparams)] : []))).size,
    ).toBe(27);
  }, 120_000);

  test('diabetes: a regression that explains more than 45 % of the variance', async () => {
    const { finished } = await study('diabetes');
    expect(finished.counts).toMatchObject({ complete: 12, failed: 0 });
    expect(finished.best!.value).toBeGreaterThan(0.45);
  }, 120_000);

  test("custom-operator: a user's stopper ends trials under its name, a user's activation is trained, and it repeats to the bit", async () => {
    const [first, second] = [await study('custom-operator'), await study('custom-operator')];
    expect(first.finished.counts).toMatchObject({ failed: 0 });
    expect(stopsOf(first.events).map(stop => stop.by)).toContain('plateau');
    expect(
      first.events.some(event => event.type === 'trial-started' && event.hparams.activation === './mish.mjs'),
    ).toBe(true);
    const metrics = (events: readonly StudyEvent[]) =>
      events
        .flatMap(event =>
          event.type === 'trial-reported'
            ? [{ trial: event.trial, epoch: event.report.epoch, ...event.report.metrics }]
            : [],
        )
        .sort((a, b) => a.trial - b.trial || a.epoch - b.epoch);
    expect(metrics(second.events)).toEqual(metrics(first.events));
  }, 120_000);
});
