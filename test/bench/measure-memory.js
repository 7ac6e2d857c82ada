// The process whose memory is watched while it trains.
import { lastValueFrom, takeWhile } from 'rxjs';
import { serve } from './child.js';
import { steps } from './systems/rxnn.js';
import { WORKLOADS } from './workloads.js';

const MB = 2 ** 20;
const LOOKS = 100;

serve(async ({ device, threads, workload: name }) => {
  const workload = WORKLOADS.find(each => each.name === name);
  const stream = (await steps({ workload, device, threads })).stream();
  return {
    /** So many steps, or as many as a number of seconds allows: resident memory now and then, and its peak. */
    async train(count, most) {
      const start = performance.now();
      const samples = [];
      let taken = 0;
      const look = ({ steps: done }) => {
        taken = done;
        if (done % Math.ceil(count / LOOKS) === 0) samples.push(process.memoryUsage.rss() / MB);
        return done < count && performance.now() - start < most * 1000;
      };
      await lastValueFrom(stream.pipe(takeWhile(look)), { defaultValue: undefined });
      const peak = process.resourceUsage().maxRSS / 1024;
      return { samples, peak, taken, seconds: (performance.now() - start) / 1000 };
    },
  };
});
