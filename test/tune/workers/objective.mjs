// What trials in workers run in the tests: a real training, and all that may go wrong with one.

import { isMainThread, threadId } from 'node:worker_threads';
import { finalize, Observable } from 'rxjs';
import { adam, crossEntropy, dense, fromArrays, network, openDevice, train } from '../../../dist/index.js';

/** Three classes in the plane, by numbers. */
export const points = () => {
  const x = Array.from({ length: 90 }, (_, i) => [Math.sin(i * 7.3), Math.cos(i * 3.1)]);
  const y = x.map(([a, b]) => (a > b ? 'a' : a + b > 0.5 ? 'b' : 'c'));
  return fromArrays({ x, y });
};

const report = epoch => ({ epoch, step: epoch, samples: epoch, seconds: epoch, metrics: { loss: 1 / epoch } });

/** Of a network without weights. */
const model = { snapshot: () => ({ dispose() {} }), restore() {}, hold: () => () => {} };

const device = await openDevice('simd');

export default function objective(hparams, { trial, shared }) {
  const { kind = 'train', units = 4, epochs = 3, learningRate = 0.01, batchSize = 16 } = hparams;
  switch (kind) {
    case 'train': {
      const data = shared?.data ?? points();
      const net = network([dense(units, { activation: 'tanh' }), dense(3)], { inputs: 2, seed: trial, device });
      return train({
        net,
        data,
        validation: data,
        loss: crossEntropy(),
        optimizer: adam({ learningRate }),
        batchSize,
        epochs,
        metrics: ['accuracy'],
      }).pipe(
        finalize(() => {
          net.dispose();
          if (shared?.words) Atomics.store(shared.words, 0, device.usage().tensors + 1);
        }),
      );
    }
    case 'where':
      return [
        {
          ...report(1),
          metrics: {
            loss: 1,
            thread: threadId,
            main: Number(isMainThread),
            buffer: Number(shared.data.x.buffer instanceof SharedArrayBuffer),
          },
        },
      ];
    case 'throws':
      throw new TypeError('no such thing');
    case 'rejects':
      return Promise.reject(new RangeError('too far'));
    case 'function in a report':
      return [{ ...report(1), more: () => 1 }];
    case 'generator':
      return (async function* () {
        for (let epoch = 1; epoch <= epochs; epoch++) yield report(epoch);
      })();
    case 'crashes':
      setTimeout(() => {
        throw new TypeError('later');
      });
      return new Promise(() => {});
    case 'exits':
      process.exit(7);
      break;
    case 'hangs':
      for (;;);
    case 'hangs when freed':
      return new Observable(subscriber => {
        subscriber.next(report(1));
        return () => {
          for (;;);
        };
      });
    case 'fails when freed':
      return new Observable(subscriber => {
        subscriber.next(report(1));
        subscriber.complete();
        return () => {
          throw new Error('still in use');
        };
      });
    case 'fills the memory': {
      const all = [];
      for (;;) all.push(Array.from({ length: 1000 }, () => ({ all })));
    }
    case 'fills the memory with numbers': {
      const all = [];
      for (;;) all.push(new Array(1000).fill(Math.random()));
    }
    case 'counts reports':
      return new Observable(subscriber => {
        for (let epoch = 1; epoch <= epochs && !subscriber.closed; epoch++) {
          Atomics.store(shared.words, 0, epoch);
          Atomics.notify(shared.words, 0);
          subscriber.next({ ...report(epoch), model });
        }
        subscriber.complete();
      });
    case 'counts batches':
      return new Observable(subscriber => {
        subscriber.next(report(1));
        const timer = setInterval(() => Atomics.add(shared.words, 1, 1), 1);
        return () => clearInterval(timer);
      });
  }
  throw new Error(`no ${kind}`);
}
