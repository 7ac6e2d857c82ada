import { count, counted } from '../../../src/cli/number.js';
import { finished, shareDone } from '../../../src/cli/progress.js';
import type { Ended } from '../../../src/live/protocol.js';
import type { StudyState } from '../../../src/tune/study-state.js';
import type { Stopped } from '../stopped.js';

const reasons = {
  trials: 'all trials are done',
  exhausted: 'the search space is exhausted',
  time: 'its time is up',
  interrupted: 'interrupted',
} as const;

/** How a study stands, in a sentence: what it does, how its trials ended, and what those do that have not. */
export function stateSentence(study: StudyState, ended: Ended | undefined, stopped?: Stopped | undefined): string {
  const { counts, finishReason, paused } = study;
  const tally = (['complete', 'pruned', 'failed'] as const)
    .filter(state => state === 'complete' || counts[state] > 0)
    .map(state => `${count(counts[state])} ${state}`)
    .join(', ');
  const open = openTrials(study);
  const rest = open === '' ? '' : `; ${open}`;
  if (stopped?.state === 'unreadable') return `Unreadable: ${stopped.problem ?? 'its journal cannot be read'}`;
  if (finishReason === 'interrupted') return `${stopWords(study)}: ${tally}${rest}`;
  if (finishReason !== undefined) return `Finished (${reasons[finishReason]}): ${tally}${rest}`;
  if (ended?.error !== undefined) return `Failed: ${ended.error}`;
  if (ended !== undefined) return `Ended before its end: ${tally}${rest}`;
  if (stopped !== undefined) {
    const cut = unfinished(study);
    return `Interrupted: rxnn tune goes on with it; ${tally}${cut === '' ? '' : `; ${cut}`}`;
  }
  if (paused) return `Paused, nothing new is started: ${tally}${rest}`;
  return `Running: ${tally}${rest}`;
}

const origins: Readonly<Record<string, string>> = {
  page: 'from a page',
  command: 'from the command line',
  code: 'by its program',
};

/** That a study was stopped, by whom and why, if somebody asked for it. */
function stopWords({ stopped }: StudyState): string {
  if (stopped === undefined) return 'Interrupted';
  const { by, reason } = stopped;
  return `Stopped ${origins[by] ?? `by ${by}`}${reason === undefined ? '' : ` (${reason})`}`;
}

/** What the trials do that are not over: `4 running, 1 paused, 2 wait to go on, 3 wait to start`; empty when all are over. */
export function openTrials({ counts, waiting, trials }: StudyState): string {
  const begun = waiting.filter(number => (trials.get(number)?.epochs ?? 0) > 0).length;
  const fresh = counts.waiting - begun;
  const wait = (n: number) => `${count(n)} ${n === 1 ? 'waits' : 'wait'}`;
  return [
    counts.running > 0 && `${count(counts.running)} running`,
    counts.paused > 0 && `${count(counts.paused)} paused`,
    begun > 0 && `${wait(begun)} to go on`,
    fresh > 0 && `${wait(fresh)} to start`,
  ]
    .filter(part => part !== false)
    .join(', ');
}

/** How many trials are not over in a study that nobody runs; empty when all are. */
export function unfinished({ counts }: StudyState): string {
  const open = counts.running + counts.paused + counts.waiting;
  return open === 0 ? '' : `${count(open)} not over`;
}

/** How far a study is, in few words, for the title of the page. */
export function shortState(study: StudyState, stopped?: Stopped | undefined): string {
  if (stopped?.state === 'unreadable') return 'Unreadable';
  if (study.finishReason !== undefined)
    return study.finishReason !== 'interrupted' ? 'Finished' : study.stopped === undefined ? 'Interrupted' : 'Stopped';
  if (stopped !== undefined) return 'Interrupted';
  if (study.paused) return 'Paused';
  const share = shareDone(study);
  return share === undefined ? `${finished(study)} done` : `${Math.floor(share * 100)} %`;
}

/** Bytes for a person: `412 MB`, `1.3 GB`. */
export function bytes(size: number): string {
  if (size >= 1e9) return `${(size / 1e9).toFixed(1)} GB`;
  return size >= 1e6 ? `${Math.round(size / 1e6)} MB` : `${Math.round(size / 1e3)} kB`;
}

/** What a worker does, in words: `Worker 2: computes 93 % of the time, now trial 12`. */
export function workerWords(
  { busy, trial }: { readonly busy: number; readonly trial?: number | undefined },
  index: number,
): string {
  const does = trial === undefined ? 'now nothing' : `now trial ${trial}`;
  return `Worker ${index + 1}: computes ${Math.round(100 * busy)} % of the time, ${does}`;
}

/** How busy the machine is, in words, for a label. */
export function loadWords(cpu: number, cores: number, workers: number): string {
  const threads = workers === 0 ? '' : `, ${counted(workers, 'worker')}`;
  return `${cpu.toFixed(1)} of ${counted(cores, 'core')} busy${threads}`;
}

/** How fast epochs come, and samples with them; objectives of one's own report none, and then nothing is said of them. */
export function speedWords(
  { epochs, samples }: Pick<StudyState, 'epochs' | 'samples'>,
  perSecond: number | undefined,
): { readonly epochs: string; readonly samples: string } {
  const rate = (value: number) => (value >= 100 ? count(Math.round(value)) : value.toFixed(1));
  if (perSecond === undefined) return { epochs: '–', samples: '' };
  return { epochs: rate(perSecond), samples: samples === 0 ? '' : `${rate((perSecond * samples) / epochs)} samples/s` };
}
