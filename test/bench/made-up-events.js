// A study for the dashboard, made up event by event: any number of trials, none of which is stopped early by much.

/**
 * @param {{ trials: number, epochs: number, parallel: number, time?: number, epochTime?: number }} study
 */
export function* madeUpEvents({ trials, epochs, parallel, time: begin = 1.76e12, epochTime = 50 }) {
  let seq = 0;
  let time = begin;
  const stamp = () => ({ seq: seq++, time: Math.round(time) });
  const learningRate = trial => 10 ** (-4 + 4 * ((trial * 0.618034) % 1));
  const info = {
    name: `${trials} trials of ${epochs} epochs`,
    objective: { metric: 'valLoss', direction: 'minimize' },
    space: [
      { name: 'learningRate', kind: 'float', low: 1e-4, high: 1, log: true },
      { name: 'units', kind: 'int', low: 16, high: 256, log: true },
      { name: 'activation', kind: 'choice', options: ['relu', 'tanh', 'sigmoid'] },
    ],
    sampler: 'random',
    rules: ['median'],
    trials,
    parallel,
    epochs,
    device: 'webasm',
  };
  yield { ...stamp(), type: 'study-started', study: info };
  const running = [];
  const counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };
  let best;
  let next = 0;
  while (next < trials || running.length > 0) {
    while (next < trials && running.length < parallel) {
      const hparams = { learningRate: learningRate(next), units: 16 + ((next * 37) % 241), activation: 'relu' };
      yield { ...stamp(), type: 'trial-started', trial: next, hparams, slot: running.length };
      // A fifth is stopped in its first half.
      const end = next % 5 === 4 ? Math.max(1, Math.floor((epochs * ((next * 7) % 50)) / 100)) : epochs;
      running.push({ number: next, hparams, end, epoch: 0, value: Infinity, bestEpoch: 0, began: time });
      next++;
    }
    for (const trial of [...running]) {
      time += epochTime / running.length;
      const epoch = ++trial.epoch;
      const off = Math.abs(Math.log10(trial.hparams.learningRate) + 2);
      const ripple = Math.sin(trial.number * 12.9898 + epoch * 78.233) * 0.02;
      const valLoss = 0.1 + 0.2 * off + 2 * Math.exp(-0.2 * epoch) + ripple;
      if (valLoss < trial.value) [trial.value, trial.bestEpoch] = [valLoss, epoch];
      const metrics = { loss: 0.9 * valLoss, valLoss, valAccuracy: 1 / (1 + valLoss) };
      const report = { epoch, step: 45 * epoch, samples: 1437 * epoch, seconds: (time - trial.began) / 1000, metrics };
      yield { ...stamp(), type: 'trial-reported', trial: trial.number, report };
      if (epoch < trial.end) continue;
      running.splice(running.indexOf(trial), 1);
      const state = trial.end < epochs ? 'pruned' : 'complete';
      counts[state]++;
      if (state === 'complete' && !(best?.value <= trial.value)) {
        best = { trial: trial.number, value: trial.value, epoch: trial.bestEpoch, hparams: trial.hparams };
      }
      const stop = { by: state === 'pruned' ? 'median' : 'epochs', reason: 'made up', outcome: state, epoch };
      yield {
        ...stamp(),
        type: 'trial-finished',
        trial: trial.number,
        state,
        value: trial.value,
        bestEpoch: trial.bestEpoch,
        epochs: epoch,
        seconds: (time - trial.began) / 1000,
        stop,
      };
    }
  }
  yield {
    ...stamp(),
    type: 'study-finished',
    reason: 'trials',
    best,
    counts,
    seconds: (time - begin) / 1000,
    samples: 0,
  };
}
