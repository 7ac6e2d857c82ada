import { tap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { type Network, network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { batches } from '../../src/train/batches.js';
import { clipNorm } from '../../src/train/clip-norm.js';
import { epochs } from '../../src/train/epochs.js';
import { forward } from '../../src/train/forward.js';
import { gradientHealth } from '../../src/train/gradient-health.js';
import { gradients } from '../../src/train/gradients.js';
import { holdMap } from '../../src/train/hold-map.js';
import { loss } from '../../src/train/loss.js';
import { update } from '../../src/train/update.js';
import { clouds } from './datasets.js';
import { countedYield, turns } from './pacing.js';
import { type Call, referenceDevice } from './reference-device.js';

// Anomaly sweeps (after SQLite's tests): let every single thing go wrong once, then look whether anything is left open.

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeEach(() => {
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

interface Run {
  readonly synchronous: boolean;
  /** Called at every event of the stream, in order: batch, forward, loss, gradients, step, report. */
  readonly event?: (stop: () => void) => void;
  /** Stops it after so many turns of the event loop and so many more microtasks. */
  readonly after?: readonly [turns: number, microtasks: number];
  /** Called before every call of the device. */
  readonly call?: (call: Call) => void;
  /** Called when queued work of an asynchronous device is done. */
  readonly work?: () => void;
}

interface Outcome {
  readonly events: number;
  readonly afterEnd: number;
  readonly result: 'complete' | 'stopped' | string;
}

/** A short training with everything in it: dropout, clipping, health, norms, validation, a short last batch. */
async function run({ synchronous, event = () => {}, call = () => {}, work = () => {}, after }: Run): Promise<Outcome> {
  let armed = false;
  const device = referenceDevice({
    synchronous,
    before: which => armed && call(which),
    work: () => armed && work(),
  });
  const net: Network = network([dense(4, { activation: 'tanh' }), dropout(0.5), dense(3)], { inputs: 2, device });
  const own = net.tensors().length;
  const { yieldTo, pending } = countedYield();
  const pace = { yieldTo, clock: () => 0 };
  let events = 0;
  let ended = false;
  let afterEnd = 0;
  const result = await new Promise<string>(resolve => {
    const end = (how: string) => {
      ended = true;
      resolve(how);
    };
    const stop = () => {
      subscription.unsubscribe();
      end('stopped');
    };
    const seen = () => {
      events++;
      if (ended) afterEnd++;
      event(stop);
    };
    const subscription = batches(clouds(7, 1), { size: 3, epochs: 2, ...pace })
      .pipe(
        tap(seen),
        forward(net),
        tap(seen),
        loss(crossEntropy()),
        tap(seen),
        gradients(),
        tap(seen),
        clipNorm(1),
        update(adam(), { norms: true }),
        holdMap(async step => {
          await step.updateNorms();
          return step;
        }),
        gradientHealth({ every: 2 }),
        tap(seen),
        epochs({ net, validation: clouds(5, 2), metrics: ['accuracy'], chunk: 4, ...pace }),
        tap(seen),
      )
      .subscribe({ error: error => end(String(error.message)), complete: () => end('complete') });
    armed = true;
    if (after === undefined) return;
    const [wait, microtasks] = after;
    void turns(wait).then(async () => {
      for (let i = 0; i < microtasks; i++) await undefined;
      if (!ended) stop();
    });
  });
  armed = false;
  expect(pending()).toBe(0);
  expect(device.usage()).toMatchObject({ tensors: own, programs: 0 });
  await turns(5);
  while (device.queued() > 0) await turns(1);
  expect(device.usage()).toMatchObject({ tensors: own, programs: 0 });
  net.dispose();
  expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
  expect(unhandled).toEqual([]);
  return { events, afterEnd, result };
}

/** Calls the returned function n − 1 times in vain; the n-th time it acts. */
function nth(n: number, act: () => void): () => void {
  let count = 0;
  return () => {
    if (++count === n) act();
  };
}

const fail = () => {
  throw new Error('the n-th');
};

describe.each([
  ['synchronous', true],
  ['asynchronous', false],
] as const)('on a %s device', (_, synchronous) => {
  it('a run that is left alone completes and leaves nothing open', async () => {
    expect(await run({ synchronous })).toEqual({ events: 32, afterEnd: 0, result: 'complete' });
  });

  it('unsubscribing at the n-th event, for every n, ends it there and leaves nothing open', async () => {
    for (let n = 1; n <= 32; n++) {
      let stopping = () => {};
      const act = nth(n, () => stopping());
      const event = (stop: () => void) => {
        stopping = stop;
        act();
      };
      expect(await run({ synchronous, event })).toEqual({ events: n, afterEnd: 0, result: 'stopped' });
    }
  });

  it('unsubscribing between events, at any moment, leaves nothing open', async () => {
    for (let wait = 0; wait < (synchronous ? 5 : 60); wait++) {
      for (let microtasks = 0; microtasks < 12; microtasks += synchronous ? 1 : 5) {
        const outcome = await run({ synchronous, after: [wait, microtasks] });
        expect(outcome.afterEnd).toBe(0);
      }
    }
  });

  it("throwing in the user's tap at the n-th event, for every n, is the stream's error and leaves nothing open", async () => {
    for (let n = 1; n <= 32; n++) {
      expect(await run({ synchronous, event: nth(n, fail) })).toEqual({ events: n, afterEnd: 0, result: 'the n-th' });
    }
  });

  it.each(['tensor', 'compile', 'run', 'read'] as const)(
    "throwing at the n-th %s of the device, for every n, is the stream's error and leaves nothing open",
    async wanted => {
      for (let n = 1; ; n++) {
        const act = nth(n, fail);
        let reached = false;
        const outcome = await run({
          synchronous,
          call: call => {
            if (call !== wanted) return;
            try {
              act();
            } catch (error) {
              reached = true;
              throw error;
            }
          },
        });
        expect(outcome.afterEnd).toBe(0);
        expect(outcome.result).toBe(reached ? 'the n-th' : 'complete');
        if (reached) continue;
        expect(n).toBeGreaterThan(4);
        break;
      }
    },
  );
});

describe('on an asynchronous device', () => {
  it("work that fails there is the stream's error, whichever it is", async () => {
    for (let n = 1; n <= 40; n++) {
      const outcome = await run({ synchronous: false, work: nth(n, fail) });
      expect(outcome.result).toBe('the n-th');
    }
  });
});
