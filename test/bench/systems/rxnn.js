// rxnn through its public operators, as a user writes them; batches are cut and copied to the device inside the clock.
import { readFileSync } from 'node:fs';
import { lastValueFrom, takeWhile, tap } from 'rxjs';
import {
  adam,
  batches,
  crossEntropy,
  dense,
  forward,
  fromArrays,
  gradients,
  loss,
  network,
  update,
} from '../../../dist/index.js';
import { openDevice } from '../open-device.js';
import { ADAM, startingWeights, workloadData } from '../workloads.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** Steps at the start of a subscription in which its programs are compiled; not timed. */
const WARM_STEPS = 5;

/**
 * A workload as a stream of steps on a device, which can be subscribed to again and again: its network goes on from where it is.
 *
 * @param {{ workload: import('../workloads.js').Workload, device: string, threads: number }} options
 */
export async function steps({ workload, device: name, threads }) {
  const device = await openDevice(name, threads);
  const { sizes, batch, activation } = workload;
  const { features, classes, x, y } = workloadData(workload);
  const names = Array.from({ length: classes }, (_, label) => `${label}`);
  const data = fromArrays({ x, features, y, task: 'classification', classes: names });
  const hidden = sizes.slice(1, -1).map(units => dense(units, { activation }));
  const net = network([...hidden, dense(classes)], { inputs: features, device });
  net.load(
    Object.fromEntries(
      startingWeights(workload).flatMap(({ weights, bias }, layer) => [
        [`${layer}.dense.weights`, weights],
        [`${layer}.dense.bias`, bias],
      ]),
    ),
  );
  // Without shuffling, because every system takes the same batches in the same order.
  const stream = () =>
    batches(data, { size: batch, epochs: Number.POSITIVE_INFINITY, shuffle: false }).pipe(
      forward(net),
      loss(crossEntropy()),
      gradients(),
      update(adam(ADAM)),
    );
  return { stream, device };
}

/** @param {{ workload: import('../workloads.js').Workload, device: string, threads: number }} options */
export async function open({ workload, device: name, threads }) {
  const { batch } = workload;
  const { stream, device } = await steps({ workload, device: name, threads });
  return {
    version,
    device: device.name,
    threads: device.threads ?? 1,
    async losses(count) {
      const values = [];
      const read = ({ loss: value }) => values.push(device.synchronous ? value.readSync()[0] : value.read());
      await lastValueFrom(
        stream().pipe(
          tap(read),
          takeWhile(({ steps: done }) => done < count),
        ),
      );
      return (await Promise.all(values)).map(value => (typeof value === 'number' ? value : value[0]));
    },
    async round(milliseconds) {
      let start = 0;
      let taken = 0;
      const going = ({ steps: done }) => {
        if (done === WARM_STEPS) start = performance.now();
        taken = done - WARM_STEPS;
        return done <= WARM_STEPS || performance.now() - start < milliseconds;
      };
      await lastValueFrom(stream().pipe(takeWhile(going)), { defaultValue: undefined });
      await device.settled();
      return { samples: taken * batch, seconds: (performance.now() - start) / 1000 };
    },
  };
}
