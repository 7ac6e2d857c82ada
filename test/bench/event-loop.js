// How long an event waits on the main thread while a study runs in two worker threads: digits, with the rules that compare trials.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, tap } from 'rxjs';
import { loadSearchFile, tune } from '../../dist/index.js';

const DIGITS = fileURLToPath(new URL('../../examples/digits/search.json', import.meta.url));

/** Of the timer that is watched; a delay is what comes on top of it. */
const RESOLUTION_MS = 1;

/** Delays of the main thread's event loop in ms, from the study's first report to its end. */
export async function eventLoopDelay({ quick = false, workers = 2, trials = quick ? 20 : 80 } = {}) {
  const search = await loadSearchFile(DIGITS, { parallel: workers, trials });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let reports = 0;
  let seconds = 0;
  try {
    await lastValueFrom(
      tune(search.options).pipe(
        tap(event => {
          if (event.type === 'trial-reported' && reports++ === 0) delay.enable();
          if (event.type === 'study-finished') ({ seconds } = event);
        }),
      ),
    );
  } finally {
    delay.disable();
    await search.close();
  }
  const ms = nanoseconds => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    device: search.study.device,
    workers,
    trials,
    reports,
    seconds,
    p50Milliseconds: ms(delay.percentile(50)),
    p99Milliseconds: ms(delay.percentile(99)),
    mostMilliseconds: ms(delay.max),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await eventLoopDelay());
