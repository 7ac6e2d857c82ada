import type { ModuleFile } from '../config/study-schema.js';
import { InputError } from '../errors.js';
import type { StoredStudy } from '../journal/read-journal.js';
import { paretoFront } from '../tune/pareto.js';
import type { TrialRecord } from '../tune/study-state.js';
import { bestTrials, frontWords } from './best-trials.js';
import { stopSentence } from './describe-stop.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { lineWidth } from './line-width.js';
import { hyperparameter, metric } from './number.js';
import { noTrainingFile, requireWritable, writeJson } from './outcome-file.js';
import { style, wantsColor } from './style.js';
import { clean, padEnd } from './text.js';

/** What `rxnn best` was asked. */
export interface BestCommandOptions {
  /** Another trial than the best one. */
  readonly trial?: number;
  readonly out?: string;
  readonly json?: true;
}

/**
 * `rxnn best`: the best trial of a stored study, or the Pareto front of one with several objectives, for people; or one trial as the
 * training file that repeats it.
 */
export async function bestCommand(study: string, options: BestCommandOptions, io: Io): Promise<ExitCode> {
  const { out, json } = options;
  const stored = await findStudy(study, io);
  const { stdout, stderr, env } = io;
  const forPeople = out === undefined && json !== true;
  const front = options.trial === undefined ? frontOf(stored) : undefined;
  if (forPeople && front !== undefined) {
    const words = frontWords(front.trials, front.objectives);
    const lines = bestTrials(front.trials, stored.state, lineWidth(stdout, env), style(wantsColor(stdout, env)));
    stdout.write(`${[...lines, '', words].join('\n')}\n`);
    return exitCode.done;
  }
  const trial = chosen(stored, options.trial ?? onlyOne(front?.trials, stored.file));
  if (forPeople) {
    const { bold, green } = style(wantsColor(stdout, env));
    stdout.write(`${summary(stored, trial, text => bold(green(text))).join('\n')}\n`);
    return exitCode.done;
  }
  const file = await repeating(stored, trial, out);
  if (json === true) stdout.write(`${JSON.stringify(file, undefined, 2)}\n`);
  if (out !== undefined) {
    await writeJson(out, file);
    stderr.write(`trial #${trial.number} is in ${out}\n`);
  }
  return exitCode.done;
}

/** The Pareto front of a study with several objectives. */
function frontOf({ file, state }: StoredStudy) {
  const objectives = state.study?.objectives;
  if (objectives === undefined) return undefined;
  const trials = paretoFront(state.trials.values(), objectives);
  if (trials.length === 0) throw new InputError(frontWords(trials, objectives), { file });
  return { objectives, trials };
}

/** The one of a front, if it is only one. */
function onlyOne(front: readonly TrialRecord[] | undefined, file: string): number | undefined {
  if (front === undefined || front.length === 1) return front?.[0]?.number;
  const [some, more] = [front.slice(0, 8).map(({ number }) => number), front.length > 8 ? ', …' : ''];
  throw new InputError(
    `of several objectives no trial is the best of all; say with --trial which of the Pareto front: ${some.join(', ')}${more}`,
    { file },
  );
}

function chosen({ file, state }: StoredStudy, number: number | undefined): TrialRecord {
  const { trials, best } = state;
  const wanted = number ?? best?.trial;
  if (wanted === undefined) throw new InputError('no trial was completed, so there is no best one', { file });
  const trial = trials.get(wanted);
  if (trial !== undefined) return trial;
  throw new InputError(`there is no trial ${wanted}; there are ${trials.size}, from 0`, { file, path: '--trial' });
}

/** The training file of a trial; of a study with a module for its objective, to which no training belongs, what that was called with. */
async function repeating({ header, state, file }: StoredStudy, trial: TrialRecord, out: string | undefined) {
  const { search, seeds } = header;
  if (search === undefined) {
    throw new InputError('the study is not one of a search file, so its trials have no training file', { file });
  }
  const { json, path = 'search.json' } = search;
  const { isModuleSearch } = await import('../config/search-kind.js');
  const own = isModuleSearch(json);
  if (own && out !== undefined) throw noTrainingFile({ file, path: '--out' });
  if (out !== undefined) await requireWritable(out, path);
  const { storedFileAt } = await import('../config/stored-file.js');
  const stored = { json, path, seed: seeds.study, device: state.study?.device };
  const repeats = storedFileAt(stored, trial.hparams, out ?? path);
  return own ? (repeats as ModuleFile).space : repeats;
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
