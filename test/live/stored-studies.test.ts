import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BehaviorSubject, filter, firstValueFrom, Observable, Subject, type Subscription } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { journalFile } from '../../src/journal/study-folder.js';
import { liveShelf } from '../../src/live/live-shelf.js';
import type { Studies } from '../../src/live/protocol.js';
import { announceRunning } from '../../src/live/running-study.js';
import { serveControl } from '../../src/live/serve-control.js';
import { serveStudies } from '../../src/live/serve-studies.js';
import type { Shelf, ShelvedStudy, SourceEvent } from '../../src/live/shelf.js';
import { shelves } from '../../src/live/shelves.js';
import { storedEvents } from '../../src/live/stored-source.js';
import { storedStudies } from '../../src/live/stored-studies.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent, foldWithoutReports } from '../../src/tune/fold-event.js';
import { studyControl } from '../../src/tune/study-control.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { pageReader } from './page-reader.js';
import { reader } from './reader.js';

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const study = [...madeUpStudy({ trials: 16, epochs: 8 })];
const digits = study;
const iris = [...madeUpStudy({ trials: 3, epochs: 4, name: 'iris', begin: 1.77e12 })];

let root: string;
let page: Awaited<ReturnType<typeof pageFolder>>;
const left: (() => unknown)[] = [];
beforeAll(async () => {
  page = await pageFolder();
  root = mkdtempSync(join(tmpdir(), 'rxnn-stored-'));
});
afterAll(() => {
  page.remove();
  rmSync(root, { recursive: true });
});
afterEach(async () => {
  for (const undo of left.splice(0).reverse()) await undo();
});

let folders = 0;
/** A folder with a journal of these events, written as a study writes it; still open if told so. */
async function stored(events: readonly StudyEvent[], { name = `s${folders++}`, keep = false, under = root } = {}) {
  const folder = join(under, name);
  const journal = await openJournal(folder, { study: { name, identity: name }, seeds: {} }, { flushEvery: 1 });
  for (const event of events) journal.write(event);
  await journal.flush();
  if (keep) left.push(() => journal.close());
  else await journal.close();
  return { folder, journal, file: journalFile(folder) };
}

function followed(file: string) {
  const events: SourceEvent[] = [];
  const told: string[] = [];
  let problem: string | undefined;
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of waiting) one();
  };
  const subscription: Subscription = storedEvents(file, { look: 5 }).subscribe({
    next: event => {
      if (told.at(-1) !== event.type) told.push(event.type);
      problem = event.type === 'unreadable' ? event.problem : event.type === 'reading' ? undefined : problem;
      if (event.type !== 'reading' && event.type !== 'read' && event.type !== 'unreadable') events.push(event);
      look();
    },
  });
  left.push(() => subscription.unsubscribe());
  return {
    events,
    told,
    problem: () => problem,
    subscription,
    until: (condition: () => boolean) =>
      new Promise<void>(resolve => {
        const check = () => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

describe('the journal of a study as a stream', () => {
  test('tells what is there, and what another writer adds', async () => {
    const { journal, file } = await stored(study.slice(0, 40), { keep: true });
    const one = followed(file);
    await one.until(() => one.events.length === 40);
    for (const event of study.slice(40)) journal.write(event);
    await one.until(() => one.events.length === study.length);
    expect(one.events).toEqual(study);
  });

  test('waits for the rest of a line that is not whole, byte by byte', async () => {
    const { file } = await stored(study.slice(0, 5));
    const { file: whole } = await stored(study.slice(0, 7), { name: 'whole' });
    const bytes = readFileSync(whole);
    const lines = bytes.toString('latin1').split('\n').slice(6, 8).join('\n');
    const one = followed(file);
    await one.until(() => one.events.length === 5);
    for (let at = 0; at < lines.length; at += Math.ceil(lines.length / 7)) {
      appendFileSync(file, Buffer.from(lines.slice(at, at + Math.ceil(lines.length / 7)), 'latin1'));
      await new Promise(resolve => setTimeout(resolve, 12));
    }
    // The last line has no end yet, but nothing is missing from it.
    await one.until(() => one.events.length === 7);
    appendFileSync(file, '\n');
    expect(one.events).toEqual(study.slice(0, 7));
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(one.problem()).toBeUndefined();
  });

  test('begins anew when the file is cut, and when another takes its place', async () => {
    const { file } = await stored(study.slice(0, 30));
    const one = followed(file);
    await one.until(() => one.events.length === 30);
    const lines = readFileSync(file, 'latin1').split('\n').slice(0, 11).join('\n');
    truncateSync(file, lines.length + 1);
    await one.until(() => one.events.length === 41);
    expect(one.events.slice(30)).toEqual([{ type: 'restart' }, ...study.slice(0, 10)]);
    const { file: other } = await stored(iris);
    renameSync(other, file);
    await one.until(() => one.events.length === 42 + iris.length);
    expect(one.events.slice(41)).toEqual([{ type: 'restart' }, ...iris]);
  });

  test('begins anew when the file was written over in between and is longer now', async () => {
    const { file } = await stored(iris);
    const { file: other } = await stored(study, { name: 'longer' });
    const one = followed(file);
    await one.until(() => one.events.length === iris.length);
    writeFileSync(file, readFileSync(other));
    await one.until(
      () => one.events.at(-1)?.type === 'study-finished' && one.events.length > iris.length + study.length,
    );
    expect(one.events.slice(-study.length - 1)).toEqual([{ type: 'restart' }, ...study]);
  });

  test('fails with a sentence when a line is damaged, when it is no journal, and when there is none', async () => {
    const { file, folder } = await stored(study.slice(0, 20));
    const bytes = readFileSync(file);
    bytes[bytes.length - 2000] = (bytes.at(-2000) as number) ^ 1;
    writeFileSync(file, bytes);
    writeFileSync(join(folder, 'none.jsonl'), '{"type":"study-started"}\n');
    const [damaged, none, absent] = [file, join(folder, 'none.jsonl'), join(folder, 'absent.jsonl')].map(followed);
    for (const [one, sentence] of [
      [damaged, /line \d+ is damaged.*rxnn salvage/],
      [none, /is no journal of a study/],
    ] as const) {
      await one?.until(() => one.problem() !== undefined);
      expect(one?.problem()).toMatch(sentence);
    }
    expect(absent?.events).toEqual([]);
    expect(absent?.problem()).toBeUndefined();
  });

  test('says when what is there has been told, and again after it began anew', async () => {
    const { file } = await stored(iris);
    const one = followed(file);
    await one.until(() => one.told.at(-1) === 'read');
    expect(one.told[0]).toBe('reading');
    expect(one.told.filter(type => type === 'read')).toHaveLength(1);
    expect(one.events).toEqual(iris);
    renameSync((await stored(study.slice(0, 20))).file, file);
    await one.until(() => one.told.filter(type => type === 'read').length === 2);
    expect(one.told.indexOf('restart')).toBe(one.told.lastIndexOf('reading') + 1);
    expect(one.events.slice(iris.length)).toEqual([{ type: 'restart' }, ...study.slice(0, 20)]);
  });

  test('is read anew once a damaged file was put in order', async () => {
    const { file } = await stored(study.slice(0, 20));
    const bytes = readFileSync(file);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 2000] = (bytes.at(-2000) as number) ^ 1;
    writeFileSync(file, damaged);
    const one = followed(file);
    await one.until(() => one.problem() !== undefined);
    const before = one.events.length;
    writeFileSync(file, bytes);
    await one.until(() => one.told.at(-1) === 'read');
    expect(one.problem()).toBeUndefined();
    expect(one.events.slice(before)).toEqual([{ type: 'restart' }, ...study.slice(0, 20)]);
  });

  test('lets go of everything when nobody listens any more', async () => {
    const { file, journal } = await stored(study.slice(0, 10), { keep: true });
    const one = followed(file);
    await one.until(() => one.events.length === 10);
    one.subscription.unsubscribe();
    for (const event of study.slice(10)) journal.write(event);
    await journal.flush();
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(one.events).toHaveLength(10);
  });
});

describe('a shelf of stored studies', () => {
  const looks = { listEvery: 5, followEvery: 5 };
  /** Once all were looked at. */
  const listOf = (shelf: Shelf) =>
    firstValueFrom(
      shelf.studies$.pipe(filter(list => list.every(({ live, summary }) => live || summary !== undefined))),
    );

  test('has every study of a folder, the newest first, with how it stands', async () => {
    const under = mkdtempSync(join(root, 'many-'));
    await stored(digits, { name: 'digits-1', under });
    await stored(iris, { name: 'iris-1', under });
    await stored(digits.slice(0, 60), { name: 'cut', under });
    await stored(iris.slice(0, 9), { name: 'runs', under, keep: true });
    const { file: damaged } = await stored(iris.slice(0, 9), { name: 'damaged', under });
    const bytes = readFileSync(damaged);
    bytes[bytes.length - 300] = (bytes.at(-300) as number) ^ 1;
    writeFileSync(damaged, bytes);
    mkdirSync(join(under, 'no study'));
    const studies = await listOf(await storedStudies(under, looks));
    expect(studies.map(({ key }) => key).sort()).toEqual(['cut', 'damaged', 'digits-1', 'iris-1', 'runs']);
    const of = (key: string) => studies.find(one => one.key === key) as ShelvedStudy;
    const whole = digits.reduce(foldEvent, emptyStudy);
    expect(of('digits-1')).toMatchObject({
      name: 'digits',
      folder: join(under, 'digits-1'),
      summary: {
        state: 'finished',
        objective: { metric: 'valLoss', direction: 'minimize' },
        best: { trial: whole.best?.trial, value: whole.best?.value },
        counts: whole.counts,
        trials: 16,
        startedAt: 1.76e12,
        changedAt: whole.finishedAt,
      },
    });
    const half = digits.slice(0, 60).reduce(foldEvent, emptyStudy);
    expect(of('cut').summary).toMatchObject({ state: 'interrupted', counts: half.counts });
    expect(of('runs').summary).toMatchObject({ state: 'running', startedAt: 1.77e12 });
    expect(of('damaged').summary).toMatchObject({ state: 'unreadable', problem: /line \d+ is damaged/ });
    expect(
      studies
        .slice(0, 3)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['damaged', 'iris-1', 'runs']);
  });

  test('is that of one folder or of one journal, too, and of nothing an InputError', async () => {
    const { folder, file } = await stored(iris);
    for (const path of [folder, file]) {
      expect((await listOf(await storedStudies(path, looks))).map(({ name }) => name)).toEqual(['iris']);
    }
    await expect(storedStudies(join(root, 'nothing'), looks)).rejects.toThrow(InputError);
  });

  test('notices new studies and those that are gone, and tells how each goes on', async () => {
    const under = mkdtempSync(join(root, 'grows-'));
    const shelf = await storedStudies(under, looks);
    const lists: (readonly ShelvedStudy[])[] = [];
    const until = (condition: (list: readonly ShelvedStudy[]) => boolean) =>
      new Promise<void>(resolve => {
        const subscription = shelf.studies$.subscribe(list => {
          lists.push(list);
          if (!condition(list)) return;
          resolve();
          queueMicrotask(() => subscription.unsubscribe());
        });
      });
    await until(list => list.length === 0);
    const { journal } = await stored(digits.slice(0, 30), { name: 'one', under, keep: true });
    await until(([one]) => one?.summary?.state === 'running');
    for (const event of digits.slice(30)) journal.write(event);
    await until(([one]) => one?.summary?.state === 'finished');
    expect(lists.at(-1)?.[0]?.summary?.counts).toEqual(digits.reduce(foldEvent, emptyStudy).counts);
    await journal.close();
    rmSync(join(under, 'one'), { recursive: true });
    await until(list => list.length === 0);
  });

  test('beside a study that runs here is one list, without what is on both, each key once', async () => {
    const { folder } = await stored(iris, { name: 'both' });
    const live = liveShelf(new Subject<StudyEvent>(), undefined, { key: 'both', name: 'here', folder });
    const elsewhere = mkdtempSync(join(root, 'other-'));
    await stored(iris, { name: 'both', under: elsewhere });
    const all = shelves(live, await storedStudies(folder, looks), await storedStudies(elsewhere, looks));
    const list = await listOf(all);
    expect(list.map(({ key, folder }) => [key, folder])).toEqual([
      ['both', folder],
      ['both.2', join(elsewhere, 'both')],
    ]);
  });
});

describe('a server of several studies', () => {
  const limits = { flushEvery: 5, listEvery: 5, closeWithin: 300, idle: 40 };
  const serve = async (shelf: Shelf) => {
    const server = await serveStudies(shelf, { dashboards: page.folder, limits });
    left.push(() => server.close());
    return server;
  };
  const connect = async (server: Awaited<ReturnType<typeof serve>>, path: string, control = false) => {
    const protocols = control ? [`control.${server.controlToken}`] : [];
    const one = await pageReader(server, { path, protocols });
    left.push(() => one.socket.terminate());
    return one;
  };
  const folded = (events: readonly StudyEvent[]) => json(events).reduce(foldWithoutReports, emptyStudy);

  test('shows each at its own address, and the first at /live; an unknown one is refused', async () => {
    const under = mkdtempSync(join(root, 'serve-'));
    await stored(digits, { name: 'dig its/1'.replace('/', '⁄'), under });
    await stored(iris, { name: 'iris', under });
    const server = await serve(await storedStudies(under, { listEvery: 5, followEvery: 5 }));
    const first = await connect(server, '/live');
    first.say({ type: 'list' });
    const list = () =>
      first.messages.findLast((message): message is Studies => message.type === 'studies')?.studies ?? [];
    await first.until(() => list().length === 2);
    const keys = list().map(({ key }) => key);
    expect(keys).toEqual(['iris', 'dig its⁄1']);
    const one = await connect(server, `/live/${encodeURIComponent(keys[1] as string)}`);
    await one.until(() => one.state()?.lastSeq === digits.length - 1);
    expect(one.state()).toEqual(folded(digits));
    expect(one.messages[0]).toMatchObject({ type: 'hello', key: 'dig its⁄1', studies: 2 });
    const again = await connect(server, '/live');
    await again.until(() => again.state()?.lastSeq === iris.length - 1);
    for (const path of ['/live/nothing', '/live/', '/live/../iris', '/live/%2e%2e%2firis', '/live/iris/x', '/live/%']) {
      await expect(pageReader(server, { path })).rejects.toThrow('refused');
    }
  });

  test('opens a stored study when somebody looks, and gives it up when nobody has for a while', async () => {
    let open = 0;
    const source = storedEvents((await stored(iris)).file, { look: 5 });
    const shelf: Shelf = {
      studies$: new Subject<readonly ShelvedStudy[]>(),
    };
    const server = await serve(shelf);
    (shelf.studies$ as Subject<readonly ShelvedStudy[]>).next([
      {
        key: 'iris',
        name: 'iris',
        open: () => {
          open++;
          return source;
        },
      },
    ]);
    expect(open).toBe(0);
    const [one, two] = [await connect(server, '/live/iris'), await connect(server, '/live/iris')];
    for (const reader of [one, two]) await reader.until(() => reader.state()?.lastSeq === iris.length - 1);
    expect(open).toBe(1);
    one.socket.terminate();
    two.socket.terminate();
    await Promise.all([one.closed, two.closed]);
    await new Promise(resolve => setTimeout(resolve, 120));
    const three = await connect(server, '/live/iris');
    await three.until(() => three.state()?.lastSeq === iris.length - 1);
    expect(open).toBe(2);
  });

  test('tells the list to those who asked for it whenever it changes, and what is on none to nobody', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(shelves(liveShelf(events$, undefined, { key: 'now', name: 'now' })));
    const [asks, other] = [await connect(server, '/live'), await connect(server, '/live')];
    asks.say({ type: 'list' });
    const last = () => asks.messages.findLast((message): message is Studies => message.type === 'studies')?.studies[0];
    await asks.until(() => last() !== undefined);
    expect(last()).toMatchObject({ key: 'now', name: 'now', state: 'waiting' });
    for (const event of iris) events$.next(event);
    await asks.until(() => last()?.state === 'finished');
    expect(last()).toMatchObject({ name: 'iris', counts: iris.reduce(foldEvent, emptyStudy).counts });
    await other.until(() => other.state()?.lastSeq === iris.length - 1);
    expect(other.messages.some(({ type }) => type === 'studies')).toBe(false);
  });

  test('begins anew for its clients when what is stored is not what it was', async () => {
    const { file, folder } = await stored(digits.slice(0, 50));
    const server = await serve(await storedStudies(folder, { followEvery: 5 }));
    const one = await connect(server, '/live');
    await one.until(() => one.state()?.lastSeq === 49);
    const before = one.study();
    const lines = readFileSync(file, 'latin1').split('\n').slice(0, 21).join('\n');
    truncateSync(file, lines.length + 1);
    await one.until(() => one.state()?.lastSeq === 19);
    expect(one.study()).not.toBe(before);
    expect([one.gaps, one.state()]).toEqual([[], folded(digits.slice(0, 20))]);
  });

  test('says of a study that cannot be read why not', async () => {
    const { file, folder } = await stored(digits.slice(0, 50));
    const bytes = readFileSync(file);
    bytes[2000] = (bytes[2000] as number) ^ 1;
    writeFileSync(file, bytes);
    const server = await serve(await storedStudies(folder));
    const one = await connect(server, '/live');
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    expect(one.messages.at(-1)).toMatchObject({ error: /line \d+ is damaged/ });
  });

  test.each([
    ['in its middle', 40],
    ['in its first line', 1],
  ])('shows a study that was damaged %s to those who look at it as soon as it was repaired', async (_, at) => {
    const { file, folder } = await stored(digits.slice(0, 50));
    const bytes = readFileSync(file);
    const place = bytes.toString('latin1').split('\n').slice(0, at).join('\n').length - 30;
    const damaged = Buffer.from(bytes);
    damaged[place] = (bytes[place] as number) ^ 1;
    writeFileSync(file, damaged);
    const server = await serve(await storedStudies(folder, { followEvery: 5, listEvery: 5 }));
    const one = await connect(server, '/live');
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    writeFileSync(`${file}.repaired`, bytes);
    renameSync(`${file}.repaired`, file);
    const end = one.messages.length;
    await one.until(() => one.state()?.lastSeq === 49);
    expect(one.state()).toEqual(folded(digits.slice(0, 50)));
    expect(one.messages.slice(end)).toContainEqual(expect.objectContaining({ type: 'hello', fresh: true }));
    expect(one.messages.slice(end).some(({ type }) => type === 'ended')).toBe(false);
    const two = await connect(server, '/live');
    await two.until(() => two.state()?.lastSeq === 49);
    expect(two.messages.some(({ type }) => type === 'ended')).toBe(false);
  });

  test('greets who looks at a stored study once all of it was read, with one snapshot of the whole', async () => {
    const source = new Subject<SourceEvent>();
    const open = () =>
      new Observable<SourceEvent>(subscriber => {
        subscriber.next({ type: 'reading' });
        return source.subscribe(subscriber);
      });
    const server = await serve({ studies$: new BehaviorSubject([{ key: 'iris', name: 'iris', open }]) });
    const one = await connect(server, '/live/iris');
    for (const event of iris.slice(0, -1)) source.next(event);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(one.messages).toEqual([]);
    source.next({ type: 'read' });
    await one.until(() => one.state()?.lastSeq === iris.length - 2);
    expect(one.messages[0]).toMatchObject({ type: 'hello', fresh: true, lastSeq: iris.length - 2 });
    expect(one.messages.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    expect(one.changes).toEqual([]);
    source.next(iris.at(-1) as StudyEvent);
    await one.until(() => one.state()?.lastSeq === iris.length - 1);
    expect(one.state()).toEqual(folded(iris));
  });

  test('says to pages how much of a large stored study was read, and to programs nothing', async () => {
    const source = new Subject<SourceEvent>();
    const open = () =>
      new Observable<SourceEvent>(subscriber => {
        subscriber.next({ type: 'reading', share: 0 });
        return source.subscribe(subscriber);
      });
    const server = await serve({ studies$: new BehaviorSubject([{ key: 'iris', name: 'iris', open }]) });
    const [page, late] = [await connect(server, '/live/iris'), await connect(server, '/live/iris')];
    const program = await reader(server);
    left.push(() => program.socket.terminate());
    program.resume({ study: null, lastSeq: -1 });
    await page.until(() => page.messages.length === 1);
    for (const event of iris) source.next(event);
    source.next({ type: 'reading', share: 0.4167 });
    await page.until(() => page.messages.length === 2);
    source.next({ type: 'reading', share: 0.4171 });
    source.next({ type: 'read' });
    for (const one of [page, late]) {
      await one.until(() => one.state()?.lastSeq === iris.length - 1);
      const told = one.messages.filter(({ type }) => type === 'reading');
      expect(told.at(-1)).toEqual({ type: 'reading', share: 0.41 });
    }
    expect(page.messages.slice(0, 3).map(({ type }) => type)).toEqual(['reading', 'reading', 'hello']);
    await program.until(() => program.events().length === iris.length);
    expect(program.messages.map(({ type }) => type)).not.toContain('reading');
  });

  test('hands commands on to the process that runs a study, for those with the right to control', async () => {
    const { folder } = await stored(iris.slice(0, 9), { keep: true });
    const server = await serve(await storedStudies(folder));
    const control = studyControl();
    const taken: unknown[] = [];
    control.listen((command, by) => {
      if (command.type === 'pause') throw new InputError('the study is paused already');
      taken.push([command, by]);
      return { trial: 7 };
    });
    const [reads, steers] = [await connect(server, '/live'), await connect(server, '/live', true)];
    const say = async (one: typeof reads, id: number, type: 'resume' | 'pause') => {
      one.say({ type: 'command', id, command: { type } });
      const find = () => one.messages.find(message => message.type === 'answer' && message.id === id);
      await one.until(() => find() !== undefined);
      return find();
    };
    expect(await say(steers, 0, 'resume')).toMatchObject({ ok: false, error: /nothing runs this study now/ });
    const running = await serveControl(control);
    left.push(() => running.close());
    left.push(await announceRunning(folder, { ...running, controlToken: running.controlToken as string }));
    expect(await say(steers, 1, 'resume')).toEqual({ type: 'answer', id: 1, ok: true, trial: 7 });
    expect(await say(steers, 2, 'pause')).toMatchObject({ ok: false, error: 'the study is paused already' });
    expect(await say(reads, 3, 'resume')).toMatchObject({ ok: false, error: /needs the control token/ });
    expect(taken).toEqual([[{ type: 'resume' }, 'command']]);
    const hello = async (one: typeof reads) => {
      // An answer may come while the study is still being read.
      const find = () => one.messages.find(({ type }) => type === 'hello');
      await one.until(() => find() !== undefined);
      return find();
    };
    expect(await hello(steers)).toMatchObject({ control: true });
    expect(await hello(reads)).not.toHaveProperty('control');
  });
});
