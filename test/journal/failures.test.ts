import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { from, lastValueFrom, Subject } from 'rxjs';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { openJournalFile } from '../../src/journal/journal-file.js';
import { type LockHolder, takeLock } from '../../src/journal/lock.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { thisProcess } from '../../src/journal/process-identity.js';
import { readJournal } from '../../src/journal/read-journal.js';
import { journalFile, lockFile } from '../../src/journal/study-folder.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { execute } from '../cli/rxnn.js';
import { init, study, temporaryFolder } from './studies.js';

const home = temporaryFolder();
afterAll(() => home.remove());

let made = 0;
const newFolder = () => home.at(`study-${made++}`);
const writer = fileURLToPath(new URL('writer.js', import.meta.url));

/** A process that writes an endless study to a folder until it is killed. */
async function writing(folder: string) {
  const child = spawn(process.execPath, [writer, folder, JSON.stringify(init)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>(resolve => child.on('exit', () => resolve()));
  await new Promise<void>(resolve => child.stdout.once('data', () => resolve()));
  return {
    pid: child.pid as number,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

const problem = (error: unknown) => {
  if (error instanceof InputError) return error.problem;
  throw error;
};

describe('a second writer', () => {
  test('is refused with the first one’s number, host and the cure, and may write when that is killed, which a note says', async () => {
    const folder = newFolder();
    const first = await writing(folder);
    const refusal = await openJournal(folder, init).then(() => 'none', problem);
    expect(refusal).toMatch(
      new RegExp(
        `^process ${first.pid} on ${hostname()} has been writing this study since .*Z; wait for its end or stop it, `,
      ),
    );
    expect(refusal).toContain(`if it is gone, delete ${lockFile(folder)}`);
    await readJournal(folder);
    await first.kill();
    const journal = await openJournal(folder, init);
    expect(journal.notes[0]).toBe(`process ${first.pid}, which wrote this study, is gone`);
    await journal.close();
    expect(existsSync(lockFile(folder))).toBe(false);
  });

  test('in the same process is refused, too, until the first is closed', async () => {
    const folder = newFolder();
    const first = await openJournal(folder, init);
    expect(await openJournal(folder, init).then(() => 'none', problem)).toBe(
      `this process (${process.pid}) writes this study already; close it there before opening it again`,
    );
    await first.close();
    await (await openJournal(folder, init)).close();
  });

  test.each<[string, Partial<LockHolder>, boolean]>([
    ['of another machine is not taken over', { host: 'elsewhere' }, false],
    ['of another container is not taken over', { namespace: 'pid:[1]' }, false],
    ['of before the machine was started is taken over', { boot: 'earlier' }, true],
    ['whose number another process has now is taken over', { started: '1' }, true],
    ['whose process is gone is taken over', { pid: 2 ** 30 }, true],
  ])('a lock %s', async (_, changes, taken) => {
    const path = lockFile(newFolder());
    mkdirSync(path.replace(/lock$/, ''));
    writeFileSync(path, JSON.stringify({ ...thisProcess(), since: 0, token: 'theirs', ...changes }));
    const outcome = await takeLock(path, Date.now()).catch(problem);
    if (typeof outcome === 'string')
      expect(outcome).toContain('has been writing this study since 1970-01-01T00:00:00.000Z');
    else expect(outcome.takenFrom).toMatchObject({ token: 'theirs' });
    expect(typeof outcome === 'string').toBe(!taken);
  });

  test('a lock that nobody can read is not taken over', async () => {
    const path = lockFile(newFolder());
    mkdirSync(path.replace(/lock$/, ''));
    writeFileSync(path, '{"pid"');
    expect(await takeLock(path, 0).catch(problem)).toBe(
      `somebody writes this study, but the lock does not say who; if it is gone, delete ${path}`,
    );
  });

  test('of many that find the lock of a dead process, one takes it', async () => {
    for (let round = 0; round < 10; round++) {
      const path = lockFile(newFolder());
      mkdirSync(path.replace(/lock$/, ''));
      writeFileSync(path, JSON.stringify({ ...thisProcess(), pid: 2 ** 30, since: 0, token: 'theirs' }));
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path, Date.now())));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });
});

test('a writer killed at any moment leaves whole lines in order, and a study that goes on', async () => {
  const folder = newFolder();
  let stored = 0;
  for (let round = 0; round < 10; round++) {
    const child = await writing(folder);
    // Spread over the writer's rhythm of batches and syncs.
    await new Promise(resolve => setTimeout(resolve, (round * 37) % 90));
    await child.kill();
    const { events, notes } = await readJournal(folder);
    expect(events.length).toBeGreaterThan(stored);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
    expect(notes.length).toBeLessThanOrEqual(1);
    stored = events.length;
  }
});

describe('a write that fails', () => {
  /** A file that takes so many bytes and then says that the disk is full, with as much written as fitted. */
  const small =
    (room: number, code = 'ENOSPC') =>
    async (path: string) => {
      const file = await openJournalFile(path);
      let left = room;
      return {
        ...file,
        async append(text: string) {
          await file.append(text.slice(0, left));
          if (text.length > left) throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
          left -= text.length;
        },
      };
    };

  test('fails the stream with one sentence; what was written is safe, and the study goes on when there is room', async () => {
    const folder = newFolder();
    const events = study();
    const journal = await openJournal(folder, init, { openFile: small(2000), flushEvery: 1 });
    const source$ = new Subject<StudyEvent>();
    const failed = new Promise<Error>(resolve => source$.pipe(journal.record).subscribe({ error: resolve }));
    let sent = 0;
    while (source$.observed || sent === 0) {
      source$.next(events[sent++ % events.length]!);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    const { message } = await failed;
    const { events: kept, notes } = await readJournal(folder);
    expect(message).toBe(
      `${journalFile(folder)} could not be written: the disk is full; what was written until then, ${kept.length} events, is safe, and the study goes on from there when it is run again`,
    );
    expect(kept.length).toBeGreaterThan(3);
    expect(notes).toHaveLength(1);
    await journal.close();

    const later = await openJournal(folder, init);
    await lastValueFrom(from(events).pipe(later.record));
    await later.close();
    expect((await readJournal(folder)).events).toStrictEqual(events);
  });

  test('fails the completion when it is the last one', async () => {
    const journal = await openJournal(newFolder(), init, { openFile: small(2000, 'EDQUOT') });
    await expect(lastValueFrom(from(study()).pipe(journal.record))).rejects.toThrow(
      'this user may not store more on the disk',
    );
    await expect(journal.flush()).rejects.toThrow('could not be written');
    await journal.close();
  });

  test('a disk that does not sync fails, too', async () => {
    const openFile = async (path: string) => ({
      ...(await openJournalFile(path)),
      sync: () => Promise.reject(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })),
    });
    const journal = await openJournal(newFolder(), init, { openFile });
    await expect(lastValueFrom(from(study()).pipe(journal.record))).rejects.toThrow('EIO: i/o error, fdatasync');
    await journal.close();
  });

  test('on a real file system that is full is told like that', async ({ skip }) => {
    const mount = newFolder();
    mkdirSync(mount);
    const { code, stderr } = await execute('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]).catch(() => ({
      code: -1,
      stderr: 'there is no mount',
    }));
    if (code !== 0) skip(`no file system can be mounted here: ${stderr.trim()}`);
    try {
      const folder = `${mount}/study`;
      const journal = await openJournal(folder, init, { flushEvery: 1 });
      const [first, ...others] = study();
      journal.write(first!);
      const source$ = new Subject<StudyEvent>();
      const failed = new Promise<Error>(resolve => source$.pipe(journal.record).subscribe({ error: resolve }));
      for (let seq = 1; source$.observed; seq++) {
        source$.next({ ...others[2]!, seq });
        if (seq % 20 === 0) await new Promise(resolve => setTimeout(resolve, 2));
      }
      expect((await failed).message).toContain('the disk is full');
      await journal.close();
      const { events } = await readJournal(folder);
      expect(events.length).toBeGreaterThan(50);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
      expect(readFileSync(journalFile(folder)).length).toBeGreaterThan(30_000);
    } finally {
      await execute('umount', [mount]);
    }
  });
});

describe('what is on the disk', () => {
  /** A journal whose file says what is done to it. */
  async function watched(options: { flushEvery: number; syncEvery: number }) {
    const done: string[] = [];
    const journal = await openJournal(newFolder(), init, {
      ...options,
      openFile: async path => {
        const file = await openJournalFile(path);
        return {
          append: text => {
            done.push(
              `append ${text
                .match(/"seq":\d+/g)
                ?.map(seq => seq.slice(6))
                .join()}`,
            );
            return file.append(text);
          },
          sync: () => {
            done.push('sync');
            return file.sync();
          },
          close: () => file.close(),
        };
      },
    });
    return { journal, done };
  }
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise(resolve => setTimeout(resolve, 2));
  };

  test('a trial’s end is at once, with all before it; other events wait for each other', async () => {
    const { journal, done } = await watched({ flushEvery: 60_000, syncEvery: 60_000 });
    for (const event of study().slice(0, 9)) journal.write(event);
    expect(done).toEqual([]);
    await until(() => done.length === 2);
    expect(done).toEqual(['append 0,1,2,3,4,5,6,7,8', 'sync']);
    journal.write(study()[9]!);
    await journal.close();
    expect(done.slice(2)).toEqual(['append 9', 'sync']);
  });

  test('all else is after the interval that was stated', async () => {
    const { journal, done } = await watched({ flushEvery: 5, syncEvery: 5 });
    for (const event of study().slice(0, 3)) journal.write(event);
    await until(() => done.includes('sync'));
    expect(done).toEqual(['append 0,1,2', 'sync']);
    await journal.close();
    expect(done).toHaveLength(2);
  });
});
