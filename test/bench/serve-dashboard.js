// The process that serves a study to the browser that is measured.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectable, lastValueFrom, map, Subject, take, timer } from 'rxjs';
import { float, openJournal, serveLive, serveStudies, storedStudies, tune } from '../../dist/index.js';
import { serve } from './child.js';
import { madeUpEvents } from './made-up-events.js';

serve(async () => {
  /** @type {import('rxjs').Subject<any>} */
  let events$ = new Subject();
  /** @type {Awaited<ReturnType<typeof serveLive>> | undefined} */
  let live;
  /** Where a study is stored. */
  let folder = '';
  process.once('exit', () => folder && rmSync(folder, { recursive: true, force: true }));
  /** @type {Iterator<any> | undefined} */
  let coming;
  let last = -1;
  const next = () => {
    const { value, done } = /** @type {Iterator<any>} */ (coming).next();
    if (done) return false;
    last = value.seq;
    events$.next(value);
    return true;
  };
  const open = async () => {
    await live?.close();
    events$ = new Subject();
    live = await serveLive(events$);
    return live.url;
  };
  return {
    /** A study whose events come when they are asked for; the first `told` of them are there already. */
    async madeUp(study, told = Infinity) {
      coming = madeUpEvents(study);
      const url = await open();
      for (let i = 0; i < told && next(); i++);
      return url;
    },
    /** Stores a study. */
    async store(study) {
      folder ||= mkdtempSync(join(tmpdir(), 'rxnn-dashboard-'));
      const journal = await openJournal(join(folder, 'large'), { study: { name: 'large', identity: 'x' }, seeds: {} });
      for (const event of madeUpEvents(study)) {
        journal.write(event);
        if (event.seq % 10_000 === 0) await journal.flush();
      }
      await journal.close();
    },
    /** Serves what is stored, as `rxnn view` does. */
    async view() {
      await live?.close();
      live = await serveStudies(await storedStudies(folder));
      return live.url;
    },
    /** Resolves when a cache of it is there. */
    async cached() {
      while (!existsSync(join(folder, 'large/journal.cache'))) await new Promise(resolve => setTimeout(resolve, 50));
    },
    /** The next events, so many every ten milliseconds; resolves with the last one's number and the seconds that it took. */
    async tell(count, every) {
      const begin = performance.now();
      let told = 0;
      while (told < count) {
        const due = Math.min(count, Math.ceil(((performance.now() - begin) / 10) * every));
        for (; told < due; told++) if (!next()) return { last, seconds: (performance.now() - begin) / 1000 };
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      return { last, seconds: (performance.now() - begin) / 1000 };
    },
    /** A study that runs: eight trials at a time, each with a report every `every` milliseconds; its page's address. */
    open,
    /** Runs it, and resolves with when each report was made, by its number. */
    async run(trials, epochs, every) {
      const study$ = connectable(
        tune({
          name: 'eight at a time',
          space: { learningRate: float(1e-4, 1, { log: true }) },
          objective: ({ learningRate }) =>
            timer(Number(learningRate) * every, every).pipe(
              take(epochs),
              map(i => ({
                epoch: i + 1,
                step: i + 1,
                samples: 100 * (i + 1),
                seconds: (i * every) / 1000,
                metrics: { loss: Math.exp(-i / 9) + Number(learningRate), valLoss: Math.exp(-i / 10) },
              })),
            ),
          minimize: 'valLoss',
          trials,
          parallel: 8,
          info: { epochs },
        }),
      );
      const times = [];
      // The clock of the page has fractions, the events' stamps do not.
      study$.subscribe(event => {
        if (event.type === 'trial-reported') times.push([event.seq, performance.timeOrigin + performance.now()]);
        events$.next(event);
      });
      const done = lastValueFrom(study$);
      study$.connect();
      await done;
      return times;
    },
  };
});
