import { random } from '../random.js';

/** Numbers that are kept at most, 256 kB: the orders of forty epochs of a small data set. */
const MOST = 1 << 16;

/** What an order takes beside its numbers, in numbers. */
const EACH = 64;

const orders = new Map<string, Uint32Array>();
let kept = 0;

/**
 * The order in which an epoch (from 1) takes so many rows; not to be written to. The trials of a study start from one seed, so they
 * ask for the same orders again and again, and drawing one takes as long as a step of a small network: those of small data are kept.
 */
export function shuffledOrder(seed: number, epoch: number, rows: number): Uint32Array {
  const key = `${epoch} ${rows} ${seed}`;
  const known = orders.get(key);
  if (known !== undefined) return known;
  const order = random(seed, 'shuffle', epoch).permutation(rows);
  if (rows > MOST / 8) return order;
  if (kept + rows + EACH > MOST) {
    orders.clear();
    kept = 0;
  }
  orders.set(key, order);
  kept += rows + EACH;
  return order;
}
