import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Subject, takeUntil } from 'rxjs';
import { InputError } from '../../errors.js';
import { adoptKernelCode } from '../../kernels/simd/kernels.js';
import type { Snapshot } from '../../nn/network.js';
import { listenBetweenBatches } from '../../train/between-batches.js';
import type { Report, ReportModel } from '../../train/report.js';
import type { ObjectiveResult } from '../objective-result.js';
import { watchedTraining } from '../watched-training.js';
import { toWire } from './error-on-wire.js';
import { type FromWorker, type ToWorker, Word } from './protocol.js';

/** How often a worker whose event loop runs gives a sign of life, in ms. */
const BEAT_MS = 50;

/** Makes the training of a task, with the kept values that it uses. Loading what it needs may take time. */
export type OpenTask = (task: unknown, uses: readonly unknown[]) => Promise<() => ObjectiveResult>;

/** The training that runs, as far as messages concern it. */
interface Run {
  /** Whether what it needs is still being loaded. */
  readonly opening: boolean;
  hear(message: ToWorker): void;
}

/**
 * What a worker's entry file calls: runs one trial after another as the tuner's thread asks, with the training in this thread and
 * its reports over there. `begin` is given the data that the thread is told at first.
 */
export function serveTrials<Data>(begin: (data: Data) => OpenTask): void {
  const port = parentPort!;
  const words = workerData as Int32Array;
  const post = (message: FromWorker) => port.postMessage(message);
  let openTask: OpenTask = () => Promise.reject(new Error('a worker thread was not told what it is for'));
  const kept = new Map<number, unknown>();
  let run: Run | undefined;

  const hear = (message: ToWorker) => {
    if (message.type === 'begin') {
      if (message.kernels !== undefined) adoptKernelCode(message.kernels);
      openTask = begin(message.data as Data);
      return post({ type: 'ready' });
    }
    if (message.type !== 'run') return run?.hear(message);
    for (const number of message.forget) kept.delete(number);
    for (const [number, value] of message.keep) kept.set(number, value);
    run = start(
      () =>
        openTask(
          message.task,
          message.uses.map(number => kept.get(number)),
        ),
      { post, tell, awaitAnswer },
      message.ahead,
    );
  };
  const listen = () => {
    if (Atomics.load(words, Word.mail) === 0) return;
    Atomics.store(words, Word.mail, 0);
    for (let heard = receiveMessageOnPort(port); heard !== undefined; heard = receiveMessageOnPort(port)) {
      hear(heard.message);
    }
  };
  const tell = (message: FromWorker) => {
    Atomics.store(words, Word.answered, 0);
    post(message);
  };
  const awaitAnswer = () => {
    const from = performance.now();
    while (Atomics.load(words, Word.answered) === 0) Atomics.wait(words, Word.answered, 0, 1000);
    Atomics.add(words, Word.waited, Math.round((performance.now() - from) * 1000));
    listen();
  };
  const beat = () => void Atomics.add(words, Word.beat, 1);

  listenBetweenBatches(() => {
    beat();
    listen();
  });
  // What is never loaded must not look alive.
  setInterval(() => run?.opening || beat(), BEAT_MS).unref();
  port.on('message', hear);
}

/** What a run says to the tuner. */
interface Wire {
  post(message: FromWorker): void;
  /** Posts what will be answered. */
  tell(message: FromWorker): void;
  /** Blocks this thread until that is answered; what came with the answer is heard before it returns. */
  awaitAnswer(): void;
}

/** Runs a trial, `ahead` of the answer to its last report if nobody asks for the weights behind it. */
function start(open: () => Promise<() => ObjectiveResult>, { post, tell, awaitAnswer }: Wire, ahead: boolean): Run {
  const cancelled$ = new Subject<void>();
  const snapshots = new Map<number, Snapshot>();
  let model: ReportModel | undefined;
  let release: (() => void) | undefined;
  let leak: { readonly error: unknown } | undefined;
  let over = false;
  let opening = true;
  let unanswered = false;

  /** Waits for the answer to the last report, if the training went on without. */
  const catchUp = () => {
    if (unanswered) awaitAnswer();
    unanswered = false;
  };
  const cancel = () => {
    over = true;
    cancelled$.next();
    if (opening) freeUnopened();
  };
  const freeUnopened = () => {
    opening = false;
    post({ type: 'freed' });
  };
  const fail = (error: unknown) => {
    if (over) return;
    over = true;
    post({ type: 'failed', error: toWire(error) });
  };
  const failAndEnd = (error: unknown) => {
    fail(error);
    cancel();
  };
  const training = (opened: () => ObjectiveResult) =>
    watchedTraining(opened, {
      leaked(error) {
        leak ??= { error };
      },
      tornDown: () => post({ type: 'freed', leak: leak && toWire(leak.error) }),
    }).pipe(takeUntil(cancelled$));
  const report = (given: Report) => {
    catchUp();
    if (over) return;
    try {
      model = ahead ? undefined : given?.model;
      tell({ type: 'report', report: withoutModel(given), hasModel: model !== undefined });
      unanswered = true;
      if (!ahead) catchUp();
    } catch (error) {
      failAndEnd(
        isCloning(error)
          ? new InputError(`a report must be plain data to reach the tuner from a worker thread: ${error.message}`)
          : error,
      );
    }
  };

  open().then(
    opened => {
      if (!opening) return;
      opening = false;
      training(opened).subscribe({
        next: report,
        error: fail,
        complete() {
          catchUp();
          if (!over) {
            tell({ type: 'completed' });
            awaitAnswer();
          }
          over = true;
        },
      });
    },
    error => {
      if (!opening) return;
      fail(error);
      freeUnopened();
    },
  );

  const command = (message: ToWorker) => {
    switch (message.type) {
      case 'snapshot':
        if (model !== undefined) snapshots.set(message.snapshot, model.snapshot());
        break;
      case 'restore': {
        const snapshot = snapshots.get(message.snapshot);
        if (snapshot !== undefined) model?.restore(snapshot);
        break;
      }
      case 'dispose':
        snapshots.get(message.snapshot)?.dispose();
        snapshots.delete(message.snapshot);
        break;
      case 'read': {
        const { read } = message;
        model?.read().then(
          weights => post({ type: 'weights', read, weights }),
          error => post({ type: 'unread', read, error: toWire(error) }),
        );
        break;
      }
      case 'hold':
        release = model?.hold();
        break;
      case 'release':
        release?.();
    }
  };
  return {
    get opening() {
      return opening;
    },
    hear(message) {
      if (message.type === 'cancel') return cancel();
      try {
        command(message);
      } catch (error) {
        failAndEnd(error);
      }
    },
  };
}

function withoutModel(report: Report): Report {
  if (typeof report !== 'object' || report === null) return report;
  const { model: _, ...rest } = report;
  return rest;
}

function isCloning(error: unknown): error is DOMException {
  return error instanceof DOMException && error.name === 'DataCloneError';
}
