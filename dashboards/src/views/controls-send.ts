import { counted } from '../../../src/cli/number.js';
import type { Answer } from '../../../src/live/protocol.js';
import type { StudyCommand } from '../../../src/tune/study-control.js';
import type { Page } from '../page.js';
import { say } from './controls-status.js';

/** Gives a command, and says at the page's foot what came of it. */
export async function send(page: Page, command: StudyCommand): Promise<void> {
  const refused = await sendFromForm(page, command);
  if (refused !== undefined) say(`Not done: ${refused}`, 'wrong');
}

/** Gives a command, and says at the page's foot that it was done; resolves with why not, which the form itself says. */
export async function sendFromForm(page: Page, command: StudyCommand): Promise<string | undefined> {
  const answer = await page.steering.send(command);
  if (!answer.ok) return answer.error;
  say(doneText(command, answer));
  return undefined;
}

/** Gives the same command for several trials; what was refused is said with its reason. */
export async function sendAll(
  page: Page,
  trials: readonly number[],
  command: (trial: number) => StudyCommand,
  did: string,
): Promise<void> {
  const answers = await Promise.all(trials.map(trial => page.steering.send(command(trial))));
  const refused = answers.filter(answer => !answer.ok);
  const done = answers.length - refused.length;
  const told = `${counted(done, 'trial')} ${did}`;
  const [first] = refused;
  if (first === undefined || first.ok) say(`${told}.`);
  else say(`${told}; ${refused.length} not: ${first.error}${refused.length > 1 ? ', …' : ''}`, 'wrong');
}

/** What was done, in a sentence. */
export function doneText(command: StudyCommand, { trial }: Extract<Answer, { ok: true }>): string {
  switch (command.type) {
    case 'pause':
      return 'The study is paused: no new trial is started; those that run go on.';
    case 'resume':
      return 'The study goes on.';
    case 'stop':
      return 'The study stops: its running trials are ended.';
    case 'set': {
      const parts = [
        ...(command.parallel === undefined ? [] : [`${command.parallel} at a time`]),
        ...(command.trials === undefined ? [] : [`${counted(command.trials, 'trial')} in all`]),
      ];
      return `From now on: ${parts.join(', ')}.`;
    }
    case 'pause-trial':
      return `Trial #${command.trial} pauses after this epoch.`;
    case 'resume-trial':
      return `Trial #${command.trial} goes on as soon as there is a place.`;
    case 'stop-trial':
      return `Trial #${command.trial} is stopped.`;
    case 'retry-trial':
      return `Trial #${command.trial} is tried again as #${trial}.`;
    case 'clone-trial':
      return `Trial #${trial}, made from #${command.trial}, waits for its turn.`;
    case 'enqueue':
      return `Trial #${trial} waits for its turn.`;
  }
}
