import { readFileSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone, type ProcessIdentity, thisProcess } from '../journal/process-identity.js';
import { newToken, tokenForm } from './token.js';

/** Where a stored study that runs takes commands, and what those must know who give them. */
export interface RunningStudy extends ProcessIdentity {
  /** At 127.0.0.1. */
  readonly port: number;
  readonly token: string;
  readonly controlToken: string;
}

/** The file in a study's folder that says so while the study runs. */
export const runningFile = (folder: string): string => join(folder, 'running.json');

/**
 * Says in a study's folder where it takes commands, to this user only (mode 0600). The returned function takes that back, at
 * once, so that it can be called when the process ends.
 */
export async function announceRunning(
  folder: string,
  { port, token, controlToken }: Pick<RunningStudy, 'port' | 'token' | 'controlToken'>,
): Promise<() => void> {
  const file = runningFile(folder);
  const draft = `${file}.${newToken()}`;
  const running: RunningStudy = { ...thisProcess(), port, token, controlToken };
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(running)}\n`).finally(() => handle.close());
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return () => {
    // It may be another process's by now.
    if (attempt(() => readFileSync(file, 'utf8'))?.includes(controlToken) === true) rmSync(file, { force: true });
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What a study's folder says: undefined where nothing runs, and where the process that said it is gone. */
export async function runningStudy(folder: string): Promise<RunningStudy | undefined> {
  const text = await readFile(runningFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const running = text === undefined ? undefined : parsed(text);
  return running === undefined || isGone(running) ? undefined : running;
}

function parsed(text: string): RunningStudy | undefined {
  let running: Partial<RunningStudy> | null;
  try {
    running = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, host, port, token, controlToken } = running ?? {};
  const isToken = (value: unknown) => typeof value === 'string' && tokenForm.test(value);
  const isPort = Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536;
  const fits = Number.isInteger(pid) && typeof host === 'string' && isPort && isToken(token) && isToken(controlToken);
  return fits ? (running as RunningStudy) : undefined;
}
