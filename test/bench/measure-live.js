// The process whose training is watched while others look on: networks for digits, in the thread that also serves.
import { fileURLToPath } from 'node:url';
import { connectable, finalize, lastValueFrom, tap } from 'rxjs';
import { adam, crossEntropy, dense, float, network, readCsv, serveLive, train, tune } from '../../dist/index.js';
import { serve } from './child.js';

const DIGITS = fileURLToPath(new URL('../../examples/digits/digits.csv', import.meta.url));

serve(async ({ trials, epochs }) => {
  const table = await readCsv(DIGITS, { target: 'digit', scale: 'standard' });
  const data = table.split({ validation: 0.2, stratify: true, seed: 0 });
  /** The same study every time. */
  const study = () =>
    tune({
      space: { learningRate: float(1e-4, 1e-2, { log: true }) },
      objective: ({ learningRate }) => {
        const net = network([dense(64, { activation: 'relu' }), dense(10)], { inputs: 64, seed: 1 });
        const options = { net, data: data.train, validation: data.validation, batchSize: 32, epochs };
        return train({ ...options, loss: crossEntropy(), optimizer: adam({ learningRate }) }).pipe(
          finalize(() => net.dispose()),
        );
      },
      minimize: 'valLoss',
      trials,
      parallel: 8,
      seed: 1,
    });
  let study$;
  let live;
  return {
    async open() {
      study$ = connectable(study());
      live = await serveLive(study$);
      return { port: live.port, token: live.token };
    },
    /** Runs the study: seconds of processor time, seconds, and reports. */
    async run() {
      let reports = 0;
      const done = lastValueFrom(
        study$.pipe(
          tap(({ type }) => {
            if (type === 'trial-reported') reports++;
          }),
        ),
      );
      const [start, before] = [performance.now(), process.cpuUsage()];
      study$.connect();
      await done;
      const { user, system } = process.cpuUsage(before);
      return { cpu: (user + system) / 1e6, seconds: (performance.now() - start) / 1000, reports };
    },
    close: () => live.close(),
  };
});
