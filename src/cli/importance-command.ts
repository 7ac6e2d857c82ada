import { InputError } from '../errors.js';
import { type Importance, importance } from '../tune/importance.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { printNotes } from './print-notes.js';
import { style, wantsColor } from './style.js';
import { table } from './table.js';
import { clean } from './text.js';

/** Of fewer complete trials hardly any are among the best tenth. */
const ENOUGH = 50;

/**
 * `rxnn importance`: which hyperparameters decide how good a trial of a stored study is, the most important first; of several objectives,
 * for each, or for the one that was stated.
 */
export async function importanceCommand(
  study: string,
  { metric, json }: { readonly metric?: string; readonly json?: true },
  io: Io,
): Promise<ExitCode> {
  const { file, state } = await findStudy(study, io);
  const { complete } = state.counts;
  if (complete < 2) {
    const there = complete === 0 ? 'there is none' : 'there is 1';
    throw new InputError(`at least 2 complete trials can say what matters, and ${there}`, { file });
  }
  const objectives = metric === undefined ? state.study?.objectives : undefined;
  const ranked: readonly { readonly metric?: string; readonly shares: readonly Importance[] }[] = objectives?.map(
    ({ metric }) => ({ metric, shares: importance(state, { metric }) }),
  ) ?? [{ shares: importance(state, { metric }) }];
  if (complete < ENOUGH) printNotes([`${complete} complete trials say little; ${ENOUGH} would say more`], io);
  const { stdout, env } = io;
  if (json === true) {
    const write = jsonLines(stdout);
    for (const { shares, ...of } of ranked) for (const each of shares) write({ ...of, ...each });
  } else {
    const tables = ranked.map(({ metric, shares }) => [
      ...(metric === undefined ? [] : [`for ${clean(metric)}`]),
      ...importanceTable(shares, lineWidth(stdout, env), wantsColor(stdout, env)),
    ]);
    stdout.write(`${tables.map(lines => lines.join('\n')).join('\n\n')}\n`);
  }
  return exitCode.done;
}

function importanceTable(shares: readonly Importance[], width: number, color: boolean): string[] {
  const { dim, cyan } = style(color);
  const most = Math.max(...shares.map(({ importance }) => importance), Number.MIN_VALUE);
  const room = Math.max(10, Math.min(40, width - 50));
  const { heading, rows, notes } = table(
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
  return [dim(heading), ...rows.map(row => row.replace(/█+/, cyan)), ...notes.map(dim)];
}
