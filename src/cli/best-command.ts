import { InputError } from '../errors.js';
import type { StoredStudy } from '../journal/read-journal.js';
import type { TrialRecord } from '../tune/study-state.js';
import { stopSentence } from './describe-stop.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { hyperparameter, metric } from './number.js';
import { requireWritable, writeJson } from './outcome-file.js';
import { style, wantsColor } from './style.js';
import { clean, padEnd } from './text.js';

/** What `rxnn best` was asked. */
export interface BestCommandOptions {
  /** Another trial than the best one. */
  readonly trial?: number;
  readonly out?: string;
  readonly json?: true;
}

/** `rxnn best`: the best trial of a stored study, for people, or as the training file that repeats it. */
export async function bestCommand(study: string, options: BestCommandOptions, io: Io): Promise<ExitCode> {
  const { out, json } = options;
  const stored = await findStudy(study, io);
  const trial = chosen(stored, options.trial);
  const { stdout, stderr, env } = io;
  if (out === undefined && json !== true) {
    const { bold, green } = style(wantsColor(stdout, env));
    stdout.write(`${summary(stored, trial, text => bold(green(text))).join('\n')}\n`);
    return exitCode.done;
  }
  const file = await trainingFile(stored, trial, out);
  if (json === true) stdout.write(`${JSON.stringify(file, undefined, 2)}\n`);
  if (out !== undefined) {
    await writeJson(out, file);
    stderr.write(`trial #${trial.number} is in ${out}\n`);
  }
  return exitCode.done;
}

function chosen({ file, state }: StoredStudy, number: number | undefined): TrialRecord {
  const { trials, best } = state;
  const wanted = number ?? best?.trial;
  if (wanted === undefined) throw new InputError('no trial was completed, so there is no best one', { file });
  const trial = trials.get(wanted);
  if (trial !== undefined) return trial;
  throw new InputError(`there is no trial ${wanted}; there are ${trials.size}, from 0`, { file, path: '--trial' });
}

async function trainingFile({ header, state, file }: StoredStudy, trial: TrialRecord, out: string | undefined) {
  const { search, seeds } = header;
  if (search === undefined) {
    throw new InputError('the study is not one of a search file, so its trials have no training file', { file });
  }
  const { json, path = 'search.json' } = search;
  if (out !== undefined) await requireWritable(out, path);
  const { storedFileAt } = await import('../config/stored-file.js');
  return storedFileAt({ json, path, seed: seeds.study, device: state.study?.device }, trial.hparams, out ?? path);
}

function summary({ state }: StoredStudy, trial: TrialRecord, strong: (text: string) => string): string[] {
  const { number, value, bestEpoch, epochs, hparams, stop, state: end } = trial;
  const name = clean(state.study?.objective.metric ?? 'value');
  const at = bestEpoch === undefined ? '' : ` at epoch ${bestEpoch} of ${epochs}`;
  const longest = Math.max(0, ...Object.keys(hparams).map(each => clean(each).length));
  return [
    `trial #${number}: ${name} ${strong(metric(value))}${at}`,
    `${end}${stop === undefined ? '' : `; ${stopSentence(stop)}`}`,
    ...Object.entries(hparams).map(
      ([each, point]) => `  ${padEnd(clean(each), longest)}  ${clean(hyperparameter(point))}`,
    ),
  ];
}
