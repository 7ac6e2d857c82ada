import { InputError } from '../errors.js';
import { trialsCsv } from '../journal/export-csv.js';
import { decisiveReport, type TrialField, trialFields } from '../journal/trial-fields.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import { stopper, studyStopWords } from './describe-stop.js';
import { duration } from './duration.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { count, hyperparameter, metric } from './number.js';
import { style, wantsColor } from './style.js';
import { type Column, table } from './table.js';
import { clean } from './text.js';
import { named, sortedTrials, trialFilter } from './trial-filter.js';

/** What `rxnn trials` was asked. */
export interface TrialsCommandOptions {
  readonly where?: readonly string[];
  readonly sort?: string;
  readonly reverse?: true;
  readonly columns?: readonly string[];
  readonly limit?: number;
  readonly csv?: true;
  readonly json?: true;
}

/** `rxnn trials`: the trials of a stored study that fulfil all conditions, in an order, as a table, CSV or JSON lines. */
export async function trialsCommand(study: string, options: TrialsCommandOptions, io: Io): Promise<ExitCode> {
  const { where = [], sort, reverse = false, columns, limit, csv, json } = options;
  if (csv === true && json === true) throw new InputError('--csv and --json exclude each other');
  const { state } = await findStudy(study, io);
  const fields = trialFields(state);
  const filters = where.map(condition => trialFilter(condition, fields));
  const kept = [...state.trials.values()].filter(trial => filters.every(fulfils => fulfils(trial)));
  const ordered = sortedTrials(
    kept,
    named(fields, sort ?? 'number', '--sort'),
    reverse,
    state.study?.objective.direction,
  );
  const trials = ordered.slice(0, limit);
  const chosen = columns?.map(name => named(fields, name, '--columns'));
  const { stdout, stderr, env } = io;
  if (csv === true) stdout.write(trialsCsv(chosen ?? fields, trials));
  else if (json === true) {
    const write = jsonLines(stdout);
    for (const trial of trials) write(asJson(trial, chosen));
  } else if (trials.length === 0) stderr.write(`no trial of ${state.trials.size} fulfils that\n`);
  else {
    const lines = trialsTable(trials, chosen ?? usual(fields), state, lineWidth(stdout, env), wantsColor(stdout, env));
    stdout.write(`${lines.join('\n')}\n`);
    if (trials.length < state.trials.size)
      stderr.write(`${count(trials.length)} of ${count(state.trials.size)} trials\n`);
    if (state.stopped !== undefined) stderr.write(`the study was ${studyStopWords(state.stopped)}\n`);
  }
  return exitCode.done;
}

/** All of a trial but its reports, of which it has the metrics that its value is of and the last ones; or the columns that were chosen. */
function asJson(trial: TrialRecord, chosen: readonly TrialField[] | undefined): object {
  if (chosen !== undefined) return Object.fromEntries(chosen.map(({ name, of }) => [name, of(trial)]));
  const { reports, ...rest } = trial;
  return { ...rest, metrics: decisiveReport(trial)?.metrics ?? rest.metrics, lastMetrics: reports.at(-1)?.metrics };
}

const shown = ['number', 'state', 'value', 'bestEpoch', 'epochs', 'seconds', 'by'];

function usual(fields: readonly TrialField[]): TrialField[] {
  return fields.filter(({ name, kind }) => kind === 'hyperparameter' || (kind === 'trial' && shown.includes(name)));
}

function trialsTable(
  trials: readonly TrialRecord[],
  fields: readonly TrialField[],
  { best, study }: StudyState,
  width: number,
  color: boolean,
): string[] {
  const { dim, green, red, yellow } = style(color);
  const goal = study?.objective.metric;
  // Beside a column of the metric itself, the value is called that.
  const valueTitle = goal === undefined || fields.some(({ name }) => name === goal) ? 'value' : goal;
  const columns = fields.map(({ name, kind, of }): Column => {
    const values = trials.map(of);
    const numeric = values.every(value => value === undefined || typeof value === 'number');
    const title = name === 'number' ? 'trial' : name === 'value' ? valueTitle : name;
    const cells = trials.map((trial, i) => clean(cell(name, kind, values[i], trial)));
    return { title: clean(title), cells, align: numeric ? 'right' : 'left', most: name === 'reason' ? 80 : 24 };
  });
  const { heading, rows, notes } = table(columns, width);
  const paint = (trial: TrialRecord | undefined) => {
    if (trial?.number === best?.trial) return green;
    if (trial?.state === 'failed') return red;
    if (trial?.state === 'pruned') return dim;
    return trial?.state === 'complete' ? (text: string) => text : yellow;
  };
  return [dim(heading), ...rows.map((row, i) => paint(trials[i])(row)), ...notes.map(dim)];
}

function cell(name: string, kind: TrialField['kind'], value: ReturnType<TrialField['of']>, trial: TrialRecord): string {
  if (value === undefined) return '–';
  if (kind === 'trial') {
    if (name === 'number') return `#${value}`;
    if (name === 'by') return stopper(trial.stop);
    if (name === 'seconds') return duration(value as number);
    if (name === 'samples') return count(value as number);
    if (name === 'value') return metric(value as number);
    return String(value);
  }
  return kind === 'metric' ? metric(value as number) : hyperparameter(value);
}
