// How fast a study's journal is written and reopened; as a module, or `node test/bench/journal-speed.js` for the figures as JSON.
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { openJournal, readJournal } from '../../dist/index.js';

const init = { study: { name: 'speed', identity: 'speed' }, seeds: { study: 0 } };

/** The events of trials with five hyperparameters and three metrics a report, as a search file's are. */
export function* studyEvents(trials, reports) {
  let seq = 0;
  const stamped = body => ({ seq, time: 1_700_000_000_000 + seq++, ...body });
  const study = {
    name: 'speed',
    objective: { metric: 'valLoss', direction: 'minimize' },
    space: [],
    sampler: 'random',
  };
  yield stamped({ type: 'study-started', study: { ...study, rules: [], parallel: 1 } });
  for (let trial = 0; trial < trials; trial++) {
    const x = Math.abs(Math.sin(trial + 1));
    const hparams = { units: trial % 256, optimizer: 'adam', learningRate: x, beta1: 1 - x, activation: 'relu' };
    yield stamped({ type: 'trial-started', trial, hparams });
    for (let epoch = 1; epoch <= reports; epoch++) {
      const metrics = { loss: x / epoch, valLoss: x / epoch + 0.1, valAccuracy: 1 - x / epoch };
      const report = { epoch, step: epoch * 40, samples: epoch * 1280, seconds: epoch * 0.0123, metrics };
      yield stamped({ type: 'trial-reported', trial, report });
    }
    const stop = { by: 'epochs', reason: `all ${reports} epochs done`, outcome: 'complete', epoch: reports };
    const value = x / reports + 0.1;
    yield stamped({
      type: 'trial-finished',
      trial,
      state: 'complete',
      value,
      bestEpoch: reports,
      epochs: reports,
      seconds: 1,
      stop,
    });
  }
}

/**
 * Writes a study as fast as it can be, a turn of the event loop for every hundred events, as others have work to do too: reports a
 * second until the last one is on the disk, the longest time that the event loop stood still (ms), and the batches' plain write
 * speed for comparison.
 */
export async function journalWriting({ trials = 500, reports = 100 } = {}) {
  return inFolder(async folder => {
    const journal = await openJournal(folder, init);
    const events = [...studyEvents(trials, reports)];
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    for (const [i, event] of events.entries()) {
      journal.write(event);
      if (i % 100 === 99) await new Promise(resolve => setImmediate(resolve));
    }
    const handed = performance.now() - start;
    await journal.flush();
    const seconds = (performance.now() - start) / 1000;
    delay.disable();
    await journal.close();
    return {
      reports: trials * reports,
      reportsPerSecond: (trials * reports) / seconds,
      /** Microseconds of this thread for one event. */
      perEvent: (1000 * handed) / events.length,
      longestStandstill: delay.max / 1e6,
    };
  });
}

/** Seconds for reading and folding a study of so many trials, and for only reading the file's bytes. */
export async function journalReopening({ trials = 28_000, reports = 1 } = {}) {
  return inFolder(async folder => {
    const journal = await openJournal(folder, init);
    for (const event of studyEvents(trials, reports)) journal.write(event);
    await journal.close();
    const file = join(folder, 'journal.jsonl');
    const timed = async run => {
      const start = performance.now();
      await run();
      return (performance.now() - start) / 1000;
    };
    const rounds = [];
    for (let i = 0; i < 3; i++) {
      rounds.push(
        await timed(async () => {
          const { state } = await readJournal(folder);
          if (state.trials.size !== trials) throw new Error(`expected ${trials} trials, got ${state.trials.size}`);
        }),
      );
    }
    return {
      trials,
      events: trials * (reports + 2) + 1,
      megabytes: (await stat(file)).size / 1e6,
      seconds: Math.min(...rounds),
      first: rounds[0],
      bytesOnly: await timed(() => readFile(file)),
    };
  });
}

/** Syncs a second of a small file: what the disk allows. */
export async function diskSyncs(count = 50) {
  return inFolder(async folder => {
    const handle = await open(join(folder, 'file'), 'a');
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      await handle.appendFile('x'.repeat(300));
      await handle.datasync();
    }
    await handle.close();
    return (1000 * count) / (performance.now() - start);
  });
}

async function inFolder(run) {
  const folder = await mkdtemp(join(tmpdir(), 'rxnn-journal-speed-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const figures = {
    writing: await journalWriting(),
    reopening: await journalReopening(),
    reopeningLongCurves: await journalReopening({ reports: 10 }),
    diskSyncs: await diskSyncs(),
  };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}
