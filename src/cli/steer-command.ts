import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { lockHolder } from '../journal/lock.js';
import { isGone, thisProcess } from '../journal/process-identity.js';
import { readJournal } from '../journal/read-journal.js';
import { lockFile, STUDIES_FOLDER } from '../journal/study-folder.js';
import type { Answer } from '../live/protocol.js';
import { type RunningStudy, runningStudy } from '../live/running-study.js';
import type { StudyCommand } from '../tune/study-control.js';
import { commandSentence } from './command-sentence.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type FoundStudy, whichStudy } from './find-study.js';
import type { Io } from './io.js';
import { jsonLines } from './json-lines.js';

/** Milliseconds that a study which has just been started may take until it takes commands. */
const STARTING = 5000;

/** Milliseconds that a study which is ending may take between its last answer and the last line of its journal. */
const ENDING = 2000;

/** Says a command to a study that runs in another process; what was done on stdout, as a sentence or as JSON. */
export async function steerCommand(
  study: string,
  command: StudyCommand,
  options: { readonly json?: true },
  { stdout, env }: Io,
): Promise<ExitCode> {
  const found = await whichStudy(study, env);
  const name = basename(resolve(found.folder));
  const running = await whereItRuns(found, name, env);
  const answer = await answered(running, command, name, () => hasEnded(found, name, env));
  if (!answer.ok) throw new InputError(answer.error);
  if (options.json === true) {
    const { type: _, id: __, ...rest } = answer;
    jsonLines(stdout)(rest);
  } else stdout.write(`${commandSentence(command, answer, name)}\n`);
  return exitCode.done;
}

async function whereItRuns(found: FoundStudy, name: string, env: Io['env']): Promise<RunningStudy> {
  const until = performance.now() + STARTING;
  for (;;) {
    const running = await runningStudy(found.folder);
    if (running !== undefined) return ofThisMachine(running, name);
    const holder = await lockHolder(lockFile(found.folder));
    if (holder === undefined || holder === 'unknown' || isGone(holder)) throw await notRunning(found, name, env);
    if (performance.now() > until) {
      throw new InputError(`process ${holder.pid} on ${holder.host} writes the study ${name}, but takes no commands`);
    }
    await new Promise(wake => setTimeout(wake, 50));
  }
}

/** What another machine or container calls 127.0.0.1 is somebody else's here, who is not to be shown the tokens. */
function ofThisMachine(running: RunningStudy, name: string): RunningStudy {
  const own = thisProcess();
  if (running.host === own.host && running.namespace === own.namespace) return running;
  const where = running.host === own.host ? 'in another container' : `on ${running.host}`;
  throw new InputError(`the study ${name} runs ${where}, as process ${running.pid}; say it there`);
}

async function notRunning({ folder, file }: FoundStudy, name: string, env: Io['env']): Promise<InputError> {
  const stored = await readJournal(file).catch(() => undefined);
  const search = stored?.header.search?.path;
  const reason = stored?.state.finishReason;
  if (reason === 'trials' || reason === 'exhausted') {
    return new InputError(`the study ${name} is finished, so it takes no commands`);
  }
  const own = resolve(dirname(resolve(folder))) === resolve(env.RXNN_STUDIES ?? STUDIES_FOLDER);
  const how = `\`rxnn tune ${search ?? '<its search file>'}${own ? '' : ` --study ${folder}`}\``;
  return new InputError(`the study ${name} does not run, so it takes no commands; ${how} goes on with it`);
}

async function answered(
  running: RunningStudy,
  command: StudyCommand,
  name: string,
  ended: () => Promise<InputError | undefined>,
): Promise<Answer> {
  const { sendCommand } = await import('../live/send-command.js');
  return sendCommand(running, command).catch(async (error: Error) => {
    const otherwise = `the study ${name} takes no commands: process ${running.pid} does not answer at its port (${error.message})`;
    throw (await ended()) ?? new InputError(otherwise);
  });
}

/** Why a study that ran a moment ago does not answer: it has ended, as its journal says soon; undefined when it has not. */
async function hasEnded(found: FoundStudy, name: string, env: Io['env']): Promise<InputError | undefined> {
  const until = performance.now() + ENDING;
  for (;;) {
    const holder = await lockHolder(lockFile(found.folder));
    const stored = await readJournal(found.file).catch(() => undefined);
    if (stored?.state.finishReason !== undefined) return notRunning(found, name, env);
    if (holder === undefined || performance.now() > until) return undefined;
    await new Promise(wake => setTimeout(wake, 50));
  }
}
