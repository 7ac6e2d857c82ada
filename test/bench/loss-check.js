// Whether what was timed was training: every system's loss must fall, and those that do the same must agree.
import { mean, median } from './numbers.js';

/** Steps whose losses are looked at, from the starting weights. */
export const CHECKED_STEPS = 100;

/** How far the mean loss of a part may lie from the median of the systems, relative to it. */
export const TOLERANCE = 1e-3;

/** How much of the first part's mean loss may be left in the last part. */
const MOST_LEFT = 0.9;

/** The mean losses of the first and the last tenth. */
export function lossSummary(losses) {
  const part = Math.max(1, Math.floor(losses.length / 10));
  return { firstLoss: mean(losses.slice(0, part)), lastLoss: mean(losses.slice(-part)) };
}

/**
 * What is wrong with each entry's losses; undefined where nothing is.
 *
 * @param {readonly { losses: readonly number[], alike: boolean, exactly?: string }[]} entries `alike`: same weights, batches, loss and optimizer
 * as all others that are; `exactly`: those with the same word must agree to the bit
 * @returns {(string | undefined)[]}
 */
export function checkLosses(entries) {
  const parts = entries.map(({ losses }) => lossSummary(losses));
  const same = parts.filter((_, i) => entries[i].alike);
  const expected = {
    firstLoss: median(same.map(({ firstLoss }) => firstLoss)),
    lastLoss: median(same.map(({ lastLoss }) => lastLoss)),
  };
  return entries.map(({ losses, alike, exactly }, i) => {
    const { firstLoss, lastLoss } = parts[i];
    if (losses.length === 0 || !losses.every(Number.isFinite)) return 'its loss is not a number';
    if (!(lastLoss < MOST_LEFT * firstLoss)) return `its loss does not fall: from ${firstLoss} to ${lastLoss}`;
    for (const part of alike ? ['firstLoss', 'lastLoss'] : []) {
      const off = Math.abs(parts[i][part] - expected[part]) / expected[part];
      if (off > TOLERANCE) return `its ${part} ${parts[i][part]} is not the others' ${expected[part]}`;
    }
    const twin = exactly === undefined ? undefined : entries.find(entry => entry.exactly === exactly);
    const differs = twin?.losses.findIndex((value, step) => value !== losses[step]) ?? -1;
    return differs < 0 ? undefined : `its losses differ with the number of threads, from step ${differs + 1} on`;
  });
}
