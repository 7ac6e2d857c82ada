import { lastValueFrom, Subject, takeUntil, tap } from 'rxjs';
import { loadTrainingFile, type Training } from '../config/training-file.js';
import type { DeviceName } from '../kernels/device.js';
import { describe } from '../nn/describe.js';
import { validationNames } from '../train/epochs.js';
import { evaluate } from '../train/evaluate.js';
import type { Metrics, Report } from '../train/report.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { requireWritable } from './outcome-file.js';
import { printNotes } from './print-notes.js';
import { withDevice } from './refused-device.js';
import { style, wantsColor } from './style.js';
import type { TrainingInfo, TrainingState } from './train-display.js';
import { trainProgress } from './train-progress.js';
import { trainSummary } from './train-summary.js';
import { useWideVectors } from './use-wide-vectors.js';

/** What `rxnn train` was asked. */
export interface TrainCommandOptions {
  readonly epochs?: number;
  readonly seed?: number;
  readonly device?: DeviceName | 'auto';
  readonly out?: string;
  readonly json?: true;
}

/** `rxnn train`: runs a training file; progress on stderr, the final metrics or the reports on stdout. */
export async function trainCommand(file: string, options: TrainCommandOptions, io: Io): Promise<ExitCode> {
  const { epochs, seed, device, out } = options;
  const interruption = listenForInterruption(io);
  useWideVectors(io.env);
  if (out !== undefined) await requireWritable(out, file);
  const training = await withDevice(loadTrainingFile(file, { epochs, seed, device }), device, file);
  try {
    printNotes(training.notes, io);
    return await runTraining(training, options, interruption, io);
  } finally {
    interruption.forget();
    training.close();
  }
}

async function runTraining(
  training: Training,
  { json, out }: TrainCommandOptions,
  interruption: Interruption,
  io: Io,
): Promise<ExitCode> {
  const { stdout, stderr, env } = io;
  const info = infoOf(training);
  const progress = trainProgress(io, info);
  const write = json === true ? jsonLines(stdout) : undefined;
  const stop$ = new Subject<void>();
  interruption.finishWith(() => {
    if (interruption.bySignal) progress.interrupt();
    stop$.next();
  });
  try {
    const reports$ = training.reports$.pipe(
      takeUntil(stop$),
      tap(report => {
        progress.observe(report);
        write?.({ type: 'training-reported', report: plain(report) });
      }),
    );
    const last = await lastValueFrom(reports$, { defaultValue: undefined });
    const seconds = progress.elapsed();
    const interrupted = interruption.code !== undefined;
    progress.close();
    const metrics = last === undefined ? {} : await finalMetrics(training, last, progress.state);
    if (write !== undefined)
      write({ type: 'training-finished', epochs: last?.epoch ?? 0, metrics, stop: last?.stop, seconds, interrupted });
    else {
      const lines = trainSummary(
        { info, last, metrics, seconds, interrupted, health: progress.state.health, columns: lineWidth(stdout, env) },
        style(wantsColor(stdout, env)),
      );
      stdout.write(`${lines.join('\n')}\n`);
    }
    if (out !== undefined) {
      const written = last !== undefined && !(interrupted && last.folds !== undefined);
      if (written) await training.save(out, metrics);
      stderr.write(
        written ? `the model is in ${out}\n` : `no network was trained on all rows, so ${out} is not written\n`,
      );
    }
    return interruption.code ?? (last?.stop?.outcome === 'failed' ? exitCode.failed : exitCode.done);
  } finally {
    progress.close();
  }
}

function infoOf({ name, epochs, net }: Training): TrainingInfo {
  const { inputs, layers, parameters } = describe(net);
  const widths = [inputs, ...layers.filter(layer => layer.parameters > 0).map(layer => layer.outputs)].join(' → ');
  return { name, epochs, network: `${widths}, ${parameters} parameters`, device: net.device.name };
}

/** The metrics of the weights as they are now, which may be those of an earlier epoch than the last. */
async function finalMetrics(
  { net, loss, metrics, validation }: Training,
  last: Report,
  { curves }: TrainingState,
): Promise<Metrics> {
  const restored = last.stop?.restoredEpoch;
  if (restored !== undefined) {
    return Object.fromEntries([...curves].map(([name, values]) => [name, values[restored - 1] ?? Number.NaN]));
  }
  if (validation === undefined) return last.metrics;
  return { ...last.metrics, ...validationNames(await evaluate(net, validation, { loss, metrics })) };
}

function plain({ model: _, ...report }: Report): Omit<Report, 'model'> {
  return report;
}
