// The process of one system that trains one workload: `losses(steps)` from the start, then `round(milliseconds)` as often as asked.
import { serve } from '../child.js';
import { WORKLOADS } from '../workloads.js';

serve(async ({ system, workload: name, ...settings }) => {
  const workload = WORKLOADS.find(({ name: each }) => each === name);
  const [file, praxis] = system.split('-');
  const { open } = await import(`./${file}.js`);
  const side = await open({ ...settings, workload, praxis });
  const { version, device, threads } = side;
  return { ...side, about: { version, device, threads } };
});
