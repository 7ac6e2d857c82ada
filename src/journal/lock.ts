import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { isGone, type ProcessIdentity, thisProcess } from './process-identity.js';

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Of this lock alone. */
  readonly token: string;
}

/** A lock that is held. */
export interface Lock {
  /** The holder that was gone, if the lock was taken over. */
  readonly takenFrom?: LockHolder | undefined;
  release(): Promise<void>;
}

/** A claim older than this was left by a process that died over it, in milliseconds. */
const CLAIM_LIMIT = 10_000;
const ATTEMPTS = 100;

/**
 * Takes the lock at a path: a file that says who holds it and appears whole. The lock of a process that is gone is taken over,
 * by one only, however many try.
 *
 * @param now milliseconds since 1970
 * @throws InputError that names a holder that is alive, or may be, and the cure.
 */
export async function takeLock(path: string, now: number): Promise<Lock> {
  const own: LockHolder = { ...thisProcess(), since: now, token: randomUUID() };
  const draft = `${path}.${own.token}`;
  const handle = await open(draft, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the lock cannot be written (${error.message})`);
  });
  try {
    await handle.writeFile(`${JSON.stringify(own)}\n`);
  } finally {
    await handle.close();
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await placed(draft, path)) return held(path, own);
      const holder = await lockHolder(path);
      if (holder === undefined) continue;
      if (holder === 'unknown' || !isGone(holder)) throw inUse(holder, path);
      if (await replaced(draft, path, holder, now)) return held(path, own, holder);
    }
    throw new InputError('the lock changes hands all the time; try again', { file: path });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Who holds the lock at a path: nobody (undefined), or somebody whose file cannot be read. */
export async function lockHolder(path: string): Promise<LockHolder | 'unknown' | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InputError(`cannot be read (${error.message})`, { file: path });
  });
  if (text === undefined) return undefined;
  try {
    const holder = JSON.parse(text) as LockHolder;
    return Number.isInteger(holder.pid) && typeof holder.token === 'string' ? holder : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Whether the draft is the lock now; not when there is one already. */
async function placed(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems have no links: there, somebody who looks just now sees a lock that says nothing.
    const own = await readFile(draft).catch(() => {
      throw new InputError('the folder of the study was put aside just now; try again', { file: path });
    });
    const handle = await open(path, 'wx').catch((other: NodeJS.ErrnoException) => {
      if (other.code === 'EEXIST') return undefined;
      throw new InputError(`cannot be written (${other.message})`, { file: path });
    });
    if (handle === undefined) return false;
    await handle.writeFile(own).finally(() => handle.close());
    return true;
  }
}

/** Puts the draft in the place of a lock whose holder is gone, unless somebody else is doing so, or has. */
async function replaced(draft: string, path: string, gone: LockHolder, now: number): Promise<boolean> {
  const claim = `${path}.${gone.token}.claim`;
  const handle = await open(claim, 'wx').catch(() => undefined);
  if (handle === undefined) {
    const about = await stat(claim).catch(() => undefined);
    if (about !== undefined && Math.abs(now - about.mtimeMs) > CLAIM_LIMIT) await rm(claim, { force: true });
    await new Promise(resolve => setTimeout(resolve, 20));
    return false;
  }
  await handle.close();
  try {
    const holder = await lockHolder(path);
    if (holder === undefined || holder === 'unknown' || holder.token !== gone.token) return false;
    await rename(draft, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

function held(path: string, own: LockHolder, takenFrom?: LockHolder): Lock {
  let released = false;
  return {
    takenFrom,
    async release() {
      if (released) return;
      released = true;
      const holder = await lockHolder(path).catch(() => undefined);
      if (holder !== undefined && holder !== 'unknown' && holder.token === own.token)
        await unlink(path).catch(() => {});
    },
  };
}

function inUse(holder: LockHolder | 'unknown', path: string): InputError {
  const cure = `if it is gone, delete ${path}`;
  if (holder === 'unknown') return new InputError(`somebody writes this study, but the lock does not say who; ${cure}`);
  const { pid, host, since } = holder;
  const own = thisProcess();
  if (pid === own.pid && host === own.host && holder.namespace === own.namespace) {
    return new InputError(`this process (${pid}) writes this study already; close it there before opening it again`);
  }
  const when = new Date(since).toISOString();
  return new InputError(
    `process ${pid} on ${host} has been writing this study since ${when}; wait for its end or stop it, or give this study another folder; ${cure}`,
  );
}
