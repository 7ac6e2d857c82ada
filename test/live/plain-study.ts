import type { StudyEvent, UnstampedEvent } from '../../src/tune/events.js';

/** A study without fates: every trial runs all epochs, eight at a time; made quickly, for tests with many events. */
export function* plainStudy(trials: number, epochs: number, name = 'plain'): Generator<StudyEvent> {
  let seq = 0;
  const stamped = (event: UnstampedEvent) => ({ seq: seq++, time: 1.76e12 + 7 * seq, ...event }) as StudyEvent;
  const objective = { metric: 'valLoss', direction: 'minimize' } as const;
  yield stamped({
    type: 'study-started',
    study: { name, objective, space: [], sampler: 'random', rules: [], trials, parallel: 8, epochs },
  });
  const counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };
  for (let first = 0; first < trials; first += 8) {
    const numbers = Array.from({ length: Math.min(8, trials - first) }, (_, i) => first + i);
    for (const trial of numbers) {
      yield stamped({
        type: 'trial-started',
        trial,
        hparams: { units: trial % 64, activation: 'relu' },
        slot: trial % 8,
      });
    }
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const trial of numbers) {
        const noise = ((trial * 7919 + epoch * 104_729) % 997) / 997;
        const [loss, valLoss] = [1 / epoch + noise / 2, 1 / epoch + noise];
        const metrics = { loss, valLoss, valAccuracy: 1 - valLoss / 2 };
        yield stamped({
          type: 'trial-reported',
          trial,
          report: { epoch, step: 45 * epoch, samples: 1437 * epoch, seconds: 0.21 * epoch + loss / 100, metrics },
        });
      }
    }
    for (const trial of numbers) {
      counts.complete++;
      const stop = { by: 'epochs', reason: `ran all ${epochs} epochs`, outcome: 'complete', epoch: epochs } as const;
      yield stamped({
        type: 'trial-finished',
        trial,
        state: 'complete',
        value: 0.5,
        bestEpoch: 1,
        epochs,
        seconds: 20,
        stop,
      });
    }
  }
  yield stamped({ type: 'study-finished', reason: 'trials', counts, seconds: 1, samples: 1 });
}
