import type { CommandAnswer, StudyCommand } from '../tune/study-control.js';
import { hparamWords } from './hparams-line.js';
import { counted } from './number.js';

/** What was done at a command, as a sentence for a person; `study` is the study's name. */
export function commandSentence(command: StudyCommand, answer: CommandAnswer, study: string): string {
  switch (command.type) {
    case 'pause-trial':
      return `trial ${command.trial} pauses, and its place is free for others`;
    case 'resume-trial':
      return `trial ${command.trial} goes on as soon as there is a place`;
    case 'stop-trial':
      return `trial ${command.trial} is stopped as ${command.outcome ?? 'pruned'}`;
    case 'retry-trial':
      return `${waits(answer)} (trial ${command.trial} once more)`;
    case 'clone-trial':
      return `${waits(answer)} (like trial ${command.trial})`;
    case 'enqueue':
      return waits(answer);
    case 'set': {
      const { parallel, trials } = command;
      const changes = [
        ...(parallel === undefined ? [] : [`${counted(parallel, 'trial')} at a time`]),
        ...(trials === undefined ? [] : [`${counted(trials, 'trial')} in all`]),
      ];
      return `${study}: ${changes.join(', ')}`;
    }
    case 'pause':
      return `${study} starts no new trial until it is resumed; those that run go on`;
    case 'resume':
      return `${study} starts trials again`;
    case 'stop':
      return `${study} stops; \`rxnn tune\` goes on with it`;
  }
}

function waits({ trial, hparams = {} }: CommandAnswer): string {
  const words = hparamWords(hparams).join(', ');
  return `trial ${trial} waits${words === '' ? '' : `: ${words}`}`;
}
