// What a tuning job's matrix products are, counted from its study's events, and the shapes that a network in the middle of its space has.

/** Layers before the first and after the last hidden one of the digits. */
const INPUTS = 64;
const CLASSES = 10;

/** Validation rows to a training row, by the search file's split. */
const VALIDATION = 0.25;

/** Units of a network of the middle of the space, and rows of its batches. */
const MIDDLE = { units: [64, 64], batch: 45 };

const sizes = units => [INPUTS, ...units, CLASSES];

/** Multiplications and additions of one row: forward alone, and with both gradients, of which the first layer's inputs need none. */
function flopsOfRow(units) {
  const weights = sizes(units)
    .slice(1)
    .map((size, i) => size * sizes(units)[i]);
  const forward = 2 * weights.reduce((a, b) => a + b, 0);
  return { forward, training: 3 * forward - 2 * weights[0] };
}

/**
 * GFLOP of the products of all trials.
 *
 * @param {readonly any[]} events of a study of digits
 */
export function jobGflop(events) {
  const epochs = new Map();
  const units = new Map();
  for (const { type, trial, hparams, epochs: ran } of events) {
    if (type === 'trial-finished') epochs.set(trial, ran);
    if (type !== 'trial-started') continue;
    const names = Object.keys(hparams).filter(name => name.endsWith('dense.units'));
    units.set(
      trial,
      names.sort().map(name => hparams[name]),
    );
  }
  const all = [...epochs.values()].reduce((a, b) => a + b, 0);
  const rows = (events.at(-1)?.samples ?? 0) / all;
  let flop = 0;
  for (const [trial, ran] of epochs) {
    const { forward, training } = flopsOfRow(units.get(trial) ?? []);
    flop += ran * rows * (training + VALIDATION * forward);
  }
  return flop / 1e9;
}

/** The products of a step of such a job's middle: m, k, n and orientation. */
export function middleProducts() {
  const { units, batch } = MIDDLE;
  return sizes(units)
    .slice(1)
    .flatMap((outputs, i) => {
      const inputs = sizes(units)[i];
      return [
        { m: batch, k: inputs, n: outputs, orientation: 'A·B' },
        { m: inputs, k: batch, n: outputs, orientation: 'Aᵀ·B' },
        ...(i > 0 ? [{ m: batch, k: outputs, n: inputs, orientation: 'A·Bᵀ' }] : []),
      ];
    });
}
