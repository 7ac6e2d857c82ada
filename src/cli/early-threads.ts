import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isModuleSearch } from '../config/search-kind.js';
import { entryFile } from '../tune/workers/entry-file.js';
import { type StartedThread, startThread } from '../tune/workers/start-thread.js';
import { giveThreadsRoom } from './roomy-heaps.js';
import type { TuneCommandOptions } from './tune-command.js';

/**
 * Starts the worker threads that a search file will probably need, one for each core but this thread's, so that they load while this
 * thread does, and reads the file and its data; the rest follow when all is known. None where trials will run on a GPU, or nothing is
 * known of the file: what is wrong with it is said by those who read it.
 */
export function startEarly(
  file: string,
  { device, parallel, trials, dryRun }: TuneCommandOptions,
  cores = availableParallelism(),
): StartedThread[] {
  giveThreadsRoom();
  const free = cores - 1;
  if (dryRun === true || free === 0) return [];
  try {
    // What is no file can be read only once.
    if (!statSync(file).isFile()) return [];
    const json = JSON.parse(readFileSync(file, 'utf8'));
    const wanted = [free, parallel ?? json.parallel, trials ?? json.trials].filter(Number.isSafeInteger);
    if (isModuleSearch(json) || String(device ?? json.device).startsWith('webg')) return [];
    const entry = entryFile(import.meta.url, '../config/search-worker.js');
    return Array.from({ length: Math.max(0, Math.min(...wanted)) }, () => startThread({ entry, toStderr: true }));
  } catch {
    return [];
  }
}
