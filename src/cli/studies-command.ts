import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { readJournal, type StoredStudy } from '../journal/read-journal.js';
import type { StudyState } from '../tune/study-state.js';
import { studyStopWords } from './describe-stop.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { studiesFolder, studyNames } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { count, metric } from './number.js';
import { finished } from './progress.js';
import { style, wantsColor } from './style.js';
import { table } from './table.js';
import { clean } from './text.js';

/** A study of a folder, or why it cannot be read. */
type Listed =
  | { readonly name: string; readonly study: StoredStudy }
  | { readonly name: string; readonly problem: string };

/** `rxnn studies`: the studies that are stored in a folder, the newest first; one that cannot be read is listed with the reason. */
export async function studiesCommand(
  folder: string | undefined,
  options: { readonly json?: true },
  io: Io,
): Promise<ExitCode> {
  const { stdout, stderr, env } = io;
  const place = folder ?? studiesFolder(env);
  if (folder !== undefined && !(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new InputError('there is no such folder', { file: folder });
  }
  const studies = await listed(place);
  if (options.json === true) {
    const write = jsonLines(stdout);
    for (const each of studies) write(asJson(each));
  } else if (studies.length === 0) stderr.write(`there are no studies in ${place}\n`);
  else {
    stdout.write(`${studiesTable(studies, lineWidth(stdout, env), wantsColor(stdout, env)).join('\n')}\n`);
    for (const each of studies) {
      if ('problem' in each) stderr.write(`${clean(each.problem)}\n`);
      else if (each.study.state.stopped !== undefined) {
        stderr.write(`${clean(each.name)} was ${studyStopWords(each.study.state.stopped)}\n`);
      }
    }
  }
  return exitCode.done;
}

async function listed(folder: string): Promise<Listed[]> {
  const studies: Listed[] = [];
  for (const name of await studyNames(folder)) {
    try {
      const { events: _, ...study } = await readJournal(join(folder, name));
      studies.push({ name, study: { ...study, events: [] } });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      studies.push({ name, problem: error.message });
    }
  }
  const created = (each: Listed) => ('study' in each ? each.study.header.createdAt : 0);
  return studies.sort((a, b) => created(b) - created(a));
}

function asJson(each: Listed): object {
  if ('problem' in each) return each;
  const { folder, header, state, notes } = each.study;
  const { study, counts, best, epochs, samples, startedAt, finishedAt, stopped } = state;
  const about = { objective: study?.objective, trials: study?.trials, sampler: study?.sampler };
  const place = { name: each.name, folder, study: header.study.name, state: stateOf(state) };
  return {
    ...place,
    ...about,
    counts,
    best,
    epochs,
    samples,
    createdAt: header.createdAt,
    startedAt,
    finishedAt,
    ...(stopped && { stopped }),
    notes,
  };
}

function studiesTable(studies: readonly Listed[], width: number, color: boolean): string[] {
  const { dim, green, red, yellow } = style(color);
  const cells = (of: (study: StoredStudy) => string | undefined, otherwise = '–') =>
    studies.map(each => ('study' in each ? clean(of(each.study) ?? '–') : otherwise));
  const { heading, rows, notes } = table(
    [
      { title: 'study', cells: studies.map(({ name }) => clean(name)), most: 32 },
      { title: 'state', cells: cells(({ state }) => stateOf(state), 'cannot be read') },
      { title: 'trials', cells: cells(({ state }) => trialsOf(state)), align: 'right' },
      { title: 'best', cells: cells(({ state }) => state.best && metric(state.best.value)), align: 'right' },
      { title: 'objective', cells: cells(({ state }) => goalOf(state)), most: 32 },
      { title: 'complete', cells: cells(({ state }) => count(state.counts.complete)), align: 'right' },
      { title: 'pruned', cells: cells(({ state }) => count(state.counts.pruned)), align: 'right' },
      { title: 'failed', cells: cells(({ state }) => count(state.counts.failed)), align: 'right' },
      { title: 'begun', cells: cells(({ header }) => localTime(header.createdAt)) },
      { title: 'sampler', cells: cells(({ state }) => state.study?.sampler) },
    ],
    width,
  );
  const paint = (each: Listed | undefined) => {
    if (each === undefined || 'problem' in each) return red;
    return stateOf(each.study.state) === 'finished' ? green : yellow;
  };
  return [dim(heading), ...rows.map((row, i) => paint(studies[i])(row)), ...notes.map(dim)];
}

/** One that runs and one whose process has died look the same: their journals have no end. */
function stateOf({ finishReason, paused, stopped }: StudyState): string {
  if (finishReason === undefined) return paused ? 'paused' : 'not finished';
  if (finishReason === 'time') return 'time was up';
  if (finishReason !== 'interrupted') return 'finished';
  return stopped === undefined ? 'interrupted' : 'stopped';
}

function trialsOf(state: StudyState): string {
  const { study } = state;
  return study?.trials === undefined ? count(finished(state)) : `${count(finished(state))}/${count(study.trials)}`;
}

function goalOf({ study }: StudyState): string | undefined {
  if (study === undefined) return undefined;
  return (study.objectives ?? [study.objective]).map(each => `${each.direction} ${each.metric}`).join(', ');
}

/** `2026-11-24 15:49`, here. */
function localTime(time: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const at = new Date(time);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
