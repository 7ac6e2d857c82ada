import { stat } from 'node:fs/promises';
import { connectable, filter, firstValueFrom, interval, type Observable, race, Subject, tap } from 'rxjs';
import { loadSearchFile, type Search } from '../config/search-file.js';
import { isModuleSearch } from '../config/search-kind.js';
import { journalFile, LARGE_JOURNAL } from '../journal/study-folder.js';
import type { DeviceName } from '../kernels/device.js';
import { serveLive } from '../live/serve-live.js';
import type { LiveServer } from '../live/server.js';
import { removeCheckpoints } from '../tune/checkpoint-files.js';
import type { StudyEvent } from '../tune/events.js';
import type { SearchSpace } from '../tune/space.js';
import { type StudyControl, studyControl } from '../tune/study-control.js';
import type { StudyState } from '../tune/study-state.js';
import { type TuneOptions, tune } from '../tune/tune.js';
import type { StartedThread } from '../tune/workers/start-thread.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import { interrupts } from './interrupts.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { optimizeLater } from './optimize-later.js';
import { noTrainingFile, requireWritable, writeJson } from './outcome-file.js';
import { printNotes } from './print-notes.js';
import { withDevice } from './refused-device.js';
import { openSteering } from './steering.js';
import { openStoredStudy } from './stored-study.js';
import { type StudyProgress, studyProgress } from './study-progress.js';
import { studySummary } from './study-summary.js';
import { style, wantsColor } from './style.js';
import { clean } from './text.js';
import { useWideVectors } from './use-wide-vectors.js';

/** What `rxnn tune` was asked. */
export interface TuneCommandOptions {
  readonly live?: true;
  readonly open?: true;
  readonly port?: number;
  readonly parallel?: number | 'auto';
  readonly trials?: number;
  /** Seconds. */
  readonly time?: number;
  readonly seed?: number;
  readonly device?: DeviceName | 'auto';
  readonly out?: string;
  readonly json?: true;
  readonly dryRun?: true;
  /** The folder of the study. */
  readonly study?: string;
  readonly resume?: true;
  readonly fresh?: true;
  /** `false`: nothing is stored. */
  readonly journal?: boolean;
}

/** `rxnn tune`: runs the study of a search file, in the threads that were `started` for it and more; progress on stderr, the summary or the events on stdout. */
export async function tuneCommand(
  file: string,
  options: TuneCommandOptions,
  io: Io,
  started: readonly StartedThread[] = [],
): Promise<ExitCode> {
  const { trials, parallel, seed, device, out } = options;
  const interruption = listenForInterruption(io);
  useWideVectors(io.env);
  const began = io.clock();
  const threads = options.dryRun !== true;
  const loading = loadSearchFile(file, { trials, parallel, seed, device, threads, started });
  const search = await withDevice(loading, device, file);
  // Not before: reading data is worth optimizing.
  optimizeLater();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= search.close();
    return closed;
  };
  try {
    if (options.dryRun === true) {
      const cost = await search.estimate(io.clock);
      io.stdout.write(`${[...search.describe(), ...cost.map(line => `  ${line}`)].join('\n')}\n`);
      return exitCode.done;
    }
    if (out !== undefined) {
      if (isModuleSearch(search.source.json)) throw noTrainingFile({ file, path: '--out' });
      await requireWritable(out, file);
    }
    const stored = await openStoredStudy(search, options, io.env);
    let code: ExitCode;
    try {
      code = await runStudy(search, stored, options, interruption, io);
    } finally {
      // Neither needs the other.
      await Promise.all([stored.journal?.close(), close()]);
    }
    if (stored.journal !== undefined && interruption.code === undefined)
      await keep(stored.folder, io.clock() - began, interruption);
    return code;
  } finally {
    interruption.forget();
    await close();
  }
}

/** Bytes of a journal for each millisecond of a study: reading them takes a fiftieth of its time. */
const BYTES = 2000;

/** Has a large study ready for `rxnn view`, if that takes little of the time, in milliseconds, that the study took; Ctrl-C does without. */
async function keep(folder: string, took: number, interruption: Interruption): Promise<void> {
  const file = journalFile(folder);
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size < LARGE_JOURNAL || size > BYTES * took) return;
  const over = new AbortController();
  interruption.finishWith(() => over.abort());
  const { keepStudy } = await import('../live/keep-study.js');
  await keepStudy(file, over.signal);
}

async function runStudy(
  search: Search,
  stored: Awaited<ReturnType<typeof openStoredStudy>>,
  options: TuneCommandOptions,
  interruption: Interruption,
  io: Io,
): Promise<ExitCode> {
  const stop$ = new Subject<void>();
  const control = studyControl();
  const study$ = connectable(studyOf(search, stored, { time: options.time, stop$, control }));
  const live = await openLive(study$, control, search, options, io);
  printNotes([...search.notes, ...stored.notes], io);
  const steering = stored.journal && openSteering(stored.folder, control, live, io);
  const progress = studyProgress(io, { timeLimit: options.time, known: stored.journal?.events.length });
  interruption.finishWith(() => {
    if (interruption.bySignal) progress.interrupt();
    stop$.next();
  });

  try {
    const write = options.json === true ? jsonLines(io.stdout) : undefined;
    const done = new Promise<void>((resolve, reject) => {
      study$.subscribe({
        next: event => {
          progress.observe(event);
          write?.(event);
        },
        error: reject,
        complete: resolve,
      });
    });
    study$.connect();
    await done;
    progress.close();
    const unsteered = await steering?.close();
    if (unsteered !== undefined) printNotes([`no command could reach this study: ${unsteered}`], io);
    const { state } = progress;
    printSummary(progress, options, io);
    if (options.out !== undefined) await writeBest(search, state, options.out, io);
    const { code } = interruption;
    if (code !== undefined) {
      const goesOn = stored.journal !== undefined && interruption.bySignal;
      if (goesOn) io.stderr.write('interrupted: the same command goes on from here\n');
      return code;
    }
    if (live !== undefined) {
      interruption.forget();
      await whileWatched(live, io);
    }
    return nothingWorked(state) ? exitCode.failed : exitCode.done;
  } finally {
    progress.close();
    await steering?.close();
    await live?.close();
  }
}

/** The events of the study, each in the journal, if there is one, before anybody hears it. */
function studyOf(
  search: Search,
  stored: Awaited<ReturnType<typeof openStoredStudy>>,
  more: Pick<TuneOptions<SearchSpace>, 'time' | 'stop$' | 'control'>,
): Observable<StudyEvent> {
  const { journal } = stored;
  if (journal === undefined) return tune({ ...search.options, ...more });
  const { checkpoint } = stored.options;
  return tune({ ...search.options, ...more, ...stored.options }).pipe(
    tap(event => {
      // Its state has served its turn.
      if (event.type === 'trial-finished' && checkpoint) removeCheckpoints(checkpoint.folder, event.trial);
    }),
    journal.record,
  );
}

/** Serves the live page if it was asked for, and says where, once. */
async function openLive(
  study$: Observable<StudyEvent>,
  control: StudyControl,
  { load: workers }: Search,
  { live, open, port }: TuneCommandOptions,
  io: Io,
): Promise<LiveServer | undefined> {
  if (live !== true && open !== true && port === undefined) return undefined;
  const { userToken } = await import('../live/token.js');
  const token = await userToken(io.env);
  const controlToken = await userToken(io.env, 'control');
  const server = await serveLive(study$, { port, token, control, controlToken, workers });
  const { tellAddress } = await import('./tell-address.js');
  await tellAddress(server, { open }, io);
  return server;
}

/** The summary for people: on stdout, unless that carries events; then on stderr if somebody sits there. */
function printSummary(progress: StudyProgress, { json }: TuneCommandOptions, { stdout, stderr, env }: Io): void {
  const stream = json === true ? stderr : stdout;
  if (json === true && stderr.isTTY !== true) return;
  const columns = lineWidth(stream, env);
  const lines = studySummary(progress.state, {
    columns,
    style: style(wantsColor(stream, env)),
    seconds: progress.elapsed(),
    health: progress.health,
  });
  stream.write(`${lines.join('\n')}\n`);
}

async function writeBest(search: Search, { best, study }: StudyState, path: string, { stderr }: Io): Promise<void> {
  if (best === undefined) return void stderr.write(`no trial was completed, so ${path} is not written\n`);
  await writeJson(path, search.trainingFile(best.hparams, path));
  const [first] = study?.objectives ?? [];
  const by = first === undefined ? '' : ` by ${clean(first.metric)}, the first objective,`;
  stderr.write(`the best trial${by} is in ${path}\n`);
}

/** A study in which trials failed and none came to anything. */
function nothingWorked({ counts }: StudyState): boolean {
  return counts.failed > 0 && counts.complete + counts.pruned === 0;
}

/** Keeps the live page up, at a terminal, as long as somebody has it open; Ctrl-C ends that too. */
async function whileWatched(live: LiveServer, { stdout, stderr, signals }: Io): Promise<void> {
  if (stdout.isTTY !== true || live.clients() === 0) return;
  stderr.write('the live page stays up while it is open; Ctrl-C to end\n');
  const closed$ = interval(500).pipe(filter(() => live.clients() === 0));
  await firstValueFrom(
    race(
      closed$,
      interrupts(signals, () => {}),
    ),
  );
}
