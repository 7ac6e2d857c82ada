import { random } from '../../src/random.js';
import type { PlainReport, StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';

type Odd = (report: PlainReport, draw: ReturnType<typeof random>) => object;

const metrics = (report: PlainReport, more: object) => ({ ...report, metrics: { ...report.metrics, ...more } });
const numbers = [Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, 2 ** 53, -1.5e-7, 0.1 + 0.2];

/** What may be unlike other reports: what a file in another version, a user's objective or a hand may have put there. */
const odds: readonly Odd[] = [
  (report, draw) => metrics(report, { valLoss: numbers[draw.int(0, numbers.length - 1)] }),
  (report, draw) => metrics(report, { [`extra ${draw.int(0, 3)}`]: draw.uniform() }),
  report => ({ ...report, metrics: Object.fromEntries(Object.entries(report.metrics).reverse()) }),
  report => ({ ...report, metrics: {} }),
  report => metrics(report, { 'Größe "m²"': 1, '\u{1f600}\\': 2, 'a\nb': 3 }),
  report => metrics(report, { ['__proto__']: 1, 7: 0.5 }),
  report => ({ ...report, metrics: JSON.parse('{"__proto__":1,"loss":2}') }),
  report => metrics(report, { word: 'text', nothing: null, list: [1] }),
  report => ({ ...report, checkpoint: 'a "path" }]{[, \\' }),
  report => ({ ...report, checkpoint: '/x', norms: { layers: ['0 dense}', ']'], gradients: [null], activations: [] } }),
  report => ({ ...report, predictions: { kind: 'residuals', pairs: [[1, Number.NaN]], rows: 1 } }),
  report => ({ ...report, fold: 1, folds: [{ loss: 1 }] }),
  report => ({ ...report, unknown: { deep: ['}'] } }),
  report => ({ ...report, samples: 0.5, seconds: -1.25e-9 }),
  report => ({ ...report, step: 2 ** 33 }),
  report => ({ ...report, seconds: Number.NaN }),
  report => ({ ...report, epoch: -0 }),
  ({ epoch, metrics, ...rest }) => ({ metrics, epoch, ...rest }),
];

/** A study in which reports are now and then odd in one way or another. */
export function oddStudy(seed: number, { trials = 20, epochs = 12, share = 0.3 } = {}): StudyEvent[] {
  const draw = random(seed, 'odd');
  return [...madeUpStudy({ trials, epochs, seed, objectives: seed % 2 === 0, details: seed % 3 !== 0 })].map(event => {
    if (event.type !== 'trial-reported' || draw.uniform() > share) return event;
    const odd = odds[draw.int(0, odds.length - 1)] as Odd;
    const changed = { ...event, report: odd(event.report, draw) as PlainReport };
    const also = draw.uniform();
    if (also < 0.05) return { ...changed, note: 'more than an event has' };
    return also < 0.1 ? { ...changed, time: event.time + 0.25 } : changed;
  });
}
