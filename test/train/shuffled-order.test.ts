import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../src/random.js';
import { shuffledOrder } from '../../src/train/shuffled-order.js';

const drawn = (seed: number, epoch: number, rows: number) => random(seed, 'shuffle', epoch).permutation(rows);
const bytes = ({ buffer }: Uint32Array) => Buffer.from(buffer);

test('an order is the one that its seed draws, however often and between what others it is asked for', () => {
  const asked = fc.record({
    seed: fc.oneof(fc.constantFrom(0, 1, -0, 0.5), fc.double({ noNaN: true })),
    epoch: fc.integer({ min: 1, max: 5 }),
    rows: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 7000, max: 9000 })),
  });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 12 }), list => {
      for (const { seed, epoch, rows } of [...list, ...list]) {
        expect(bytes(shuffledOrder(seed, epoch, rows)).equals(bytes(drawn(seed, epoch, rows)))).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

test('the orders of small data are kept from one training to the next, those of large data are not', () => {
  const epochs = [1, 2, 3];
  const training = () => epochs.map(epoch => shuffledOrder(7, epoch, 1437));
  // What others left may be dropped in its midst.
  training();
  const first = training();
  expect(training().every((order, i) => order === first[i])).toBe(true);
  const large = shuffledOrder(7, 1, 1_000_000);
  expect(shuffledOrder(7, 1, 1_000_000) === large).toBe(false);
  expect(shuffledOrder(7, 1, 1437)).toBe(first[0]);
});
