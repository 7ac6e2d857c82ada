import { InputError } from '../errors.js';
import type { StudyInfo } from '../tune/events.js';
import { type RuleReplay, replayRules, type Spending } from '../tune/replay-rules.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';
import { lineWidth } from './line-width.js';
import { count, metric } from './number.js';
import { style, wantsColor } from './style.js';
import { table } from './table.js';
import { clean, wrap } from './text.js';

/** What some rules would have made of a study. */
interface Outcome {
  readonly rules: string;
  readonly replay: RuleReplay;
}

/** `rxnn replay`: what each of some rules, and all of them together, would have saved of a stored study, and whether the best trial would have been lost. */
export async function replayCommand(
  study: string,
  { rules, json }: { readonly rules: string; readonly json?: true },
  io: Io,
): Promise<ExitCode> {
  const { file, events, state, header } = await findStudy(study, io);
  if (state.study === undefined) throw new InputError('the study has not begun', { file });
  const { loadRules } = await import('../config/load-rules.js');
  const { names, make } = await loadRules(rules, state.study.objective, '--rules');
  const outcome = (indexes: readonly number[], text: string): Outcome => ({
    rules: text,
    replay: replayRules(events, make(indexes), { seed: header.seeds.study }),
  });
  const outcomes = names.map((name, i) => outcome([i], name));
  if (names.length > 1) outcomes.push(outcome([...names.keys()], 'all together'));
  const { stdout, env } = io;
  if (json === true) {
    const write = jsonLines(stdout);
    for (const { rules, replay } of outcomes) write({ rules, ...replay });
  } else {
    const lines = replayTable(outcomes, state.study, lineWidth(stdout, env), wantsColor(stdout, env));
    stdout.write(`${lines.join('\n')}\n`);
  }
  return exitCode.done;
}

function replayTable(outcomes: readonly Outcome[], study: StudyInfo, width: number, color: boolean): string[] {
  const { dim, green, red } = style(color);
  const cells = (of: (replay: RuleReplay) => string) => outcomes.map(({ replay }) => clean(of(replay)));
  const { heading, rows, notes } = table(
    [
      { title: 'rules', cells: outcomes.map(({ rules }) => clean(rules)), most: Math.max(20, width - 66) },
      {
        title: 'stopped',
        cells: cells(({ stopped, trials }) => `${count(stopped.length)}/${count(trials)}`),
        align: 'right',
      },
      { title: 'epochs saved', cells: cells(({ epochs }) => share(epochs)), align: 'right' },
      { title: 'rows saved', cells: cells(({ samples }) => share(samples)), align: 'right' },
      {
        title: 'best trial',
        cells: cells(({ best }) => (best ? `#${best.trial} ${best.lost ? 'lost' : 'kept'}` : '–')),
        keep: true,
      },
      {
        title: 'best then',
        keep: true,
        cells: cells(({ after }) => (after ? `${metric(after.value)} (#${after.trial})` : '–')),
      },
    ],
    width,
  );
  const losses = outcomes.flatMap(outcome => wrap(lossSentence(outcome, study.objective.metric).split(' '), width));
  const unknown = Math.max(...outcomes.map(({ replay }) => replay.unknown.length));
  const caution =
    unknown === 0
      ? []
      : wrap(
          `up to ${count(unknown)} trials that ended early would have gone on, with a ${study.objective.metric} that is not known`.split(
            ' ',
          ),
          width,
        );
  return [
    dim(heading),
    ...rows.map((row, i) => (outcomes[i]?.replay.best?.lost === true ? red(row) : green(row))),
    ...notes.map(dim),
    ...(losses.length + caution.length > 0 ? [''] : []),
    ...losses.map(line => red(clean(line))),
    ...caution.map(line => dim(clean(line))),
  ];
}

/** How the best trial would have been lost, and which one would be the best then; empty when it is kept. */
function lossSentence({ rules, replay: { best, after } }: Outcome, name: string): string {
  if (best?.stop === undefined || !best.lost) return '';
  const { trial, value, remaining, stop } = best;
  const left = remaining === undefined ? '' : `, with ${name} ${metric(remaining)} instead of ${metric(value)}`;
  const rest = after === undefined ? '' : `; the best then is #${after.trial}, number ${after.rank} of the record`;
  return `${rules} would have stopped the best trial, #${trial}, at epoch ${stop.epoch}${left}: ${stop.reason}${rest}`;
}

/** `134 of 400 (34 %)`. */
function share({ recorded, saved }: Spending): string {
  const percent = recorded === 0 ? 0 : Math.round((100 * saved) / recorded);
  return `${count(saved)} of ${count(recorded)} (${percent} %)`;
}
