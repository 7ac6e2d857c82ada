import { InputError } from '../errors.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { style, wantsColor } from './style.js';
import { table } from './table.js';
import { clean } from './text.js';

/** How much a hyperparameter decides, as a share of all of them. */
export interface HyperparameterShare {
  readonly name: string;
  /** From 0 to 1. */
  readonly importance: number;
}

/** Rates the hyperparameters of a study. */
export type Importances = (state: StudyState) => readonly HyperparameterShare[];

/** `rxnn importance`: which hyperparameters decide how good a trial of a stored study is, the most important first. */
export async function importanceCommand(
  study: string,
  options: { readonly json?: true },
  io: Io,
  importances: Importances,
): Promise<ExitCode> {
  const { file, state } = await findStudy(study, io);
  const usable = [...state.trials.values()].filter(hasValue);
  if (usable.length < 2) {
    throw new InputError(`at least 2 completed trials say what is important, and there are ${usable.length}`, { file });
  }
  const shares = [...importances(state)].sort((a, b) => b.importance - a.importance);
  const { stdout, env } = io;
  if (options.json === true) {
    const write = jsonLines(stdout);
    for (const each of shares) write(each);
  } else stdout.write(`${importanceTable(shares, stdout.columns ?? 100, wantsColor(stdout, env)).join('\n')}\n`);
  return exitCode.done;
}

function hasValue({ state, value }: TrialRecord): boolean {
  return state === 'complete' && value !== undefined;
}

function importanceTable(shares: readonly HyperparameterShare[], width: number, color: boolean): string[] {
  const { dim, cyan } = style(color);
  const most = Math.max(...shares.map(({ importance }) => importance), Number.MIN_VALUE);
  const room = Math.max(10, Math.min(40, width - 50));
  const [heading = '', ...rows] = table(
    [
      { title: 'hyperparameter', cells: shares.map(({ name }) => clean(name)), most: 36 },
      { title: 'importance', cells: shares.map(({ importance }) => importance.toFixed(3)), align: 'right' },
      {
        title: '',
        cells: shares.map(({ importance }) => '█'.repeat(Math.round((room * importance) / most))),
        most: 40,
      },
    ],
    width,
  );
  return [dim(heading), ...rows.map(row => row.replace(/█+/, cyan))];
}
