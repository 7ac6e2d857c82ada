import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoredStudy } from '../../src/cli/stored-study.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { InputError } from '../../src/errors.js';
import { readJournal } from '../../src/journal/read-journal.js';
import { folder, rxnn, search } from './rxnn.js';

let home: Awaited<ReturnType<typeof folder>>;
let studies: string;
const at = (name: string) => join(home.path, name);
const tune = (...args: readonly string[]) =>
  rxnn(['tune', at('search.json'), ...args], { env: { RXNN_STUDIES: studies } });
const folders = async () => (await readdir(studies)).sort();

beforeEach(async () => {
  home = await folder({
    'search.json': search({ trials: 3 }),
    'long.json': search({ trials: 500, epochs: 2000, batchSize: 45, parallel: 2 }),
  });
  studies = await mkdtemp(join(tmpdir(), 'rxnn-stored-'));
});
afterEach(async () => {
  await home.remove();
  await rm(studies, { recursive: true, force: true });
});

describe('rxnn tune, when its study is stored already,', () => {
  it('says so and has nothing left to do; with more trials it goes on, as if it had had them at once', async () => {
    const first = await tune('--json');
    expect(first.code).toBe(0);
    const [name] = await folders();
    expect(name).toMatch(/^points-[0-9a-f]{8}$/);
    const again = await tune('--json');
    expect(again).toMatchObject({ code: 0, stdout: first.stdout });
    expect(again.stderr).toContain(
      `note: all 3 trials of this study are in ${join(studies, String(name))} already; --trials 6 runs more, --fresh begins it anew\n`,
    );

    const more = await tune('--trials', '5');
    expect(more.stderr).toContain('note: this study goes on after 3 trials that are in ');
    expect(more.stderr.match(/^trial \d/gm)?.sort()).toEqual(['trial 3', 'trial 4']);
    expect(more.stdout).toMatch(/^points: 5 trials/);
    const once = await rxnn(['tune', at('search.json'), '--trials', '5', '--study', join(studies, 'once')]);
    expect(once.code).toBe(0);
    const values = async (study: string) =>
      [...(await readJournal(join(studies, study))).state.trials.values()].map(({ hparams, value }) => [
        hparams,
        value,
      ]);
    expect(await values(String(name))).toEqual(await values('once'));
  });

  it('goes on with the trials that were running when it was interrupted', async () => {
    const run = (signal?: NodeJS.Signals) => {
      let sent = false;
      return rxnn(['tune', at('long.json'), ...(signal === undefined ? ['--time', '1s'] : [])], {
        env: { RXNN_STUDIES: studies },
        during: (child, stderr) => {
          if (sent || signal === undefined || !/^trial \d/m.test(stderr)) return;
          sent = true;
          child.kill(signal);
        },
      });
    };
    const cut = await run('SIGINT');
    expect(cut).toMatchObject({ code: 130, stderr: expect.stringContaining('the same command goes on from here') });
    const [name] = await folders();
    const { state } = await readJournal(join(studies, String(name)));
    expect(state.finishReason).toBe('interrupted');
    // One of the two may just have ended.
    const { waiting } = state.counts;
    expect([1, 2]).toContain(waiting);
    expect(state.counts).toMatchObject({ running: 0, pruned: 0 });

    const resumed = await run();
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(
      /note: this study goes on after \d+ trials? that (is|are) in .+, [12] trials? from where (it was|they were)/,
    );
    expect(resumed.stderr.match(/^trial \d+ goes on after epoch \d+$/gm)).toHaveLength(waiting);
  });

  it('begins anew with --fresh, and what was there is put aside', async () => {
    await tune();
    const fresh = await tune('--fresh', '--trials', '1');
    const [name, aside] = await folders();
    expect(fresh.stderr).toContain(`what was stored of this study before is in ${join(studies, String(aside))}`);
    expect((await readJournal(join(studies, String(name)))).state.trials.size).toBe(1);
    expect((await readJournal(join(studies, String(aside)))).state.trials.size).toBe(3);
  });

  it('begins anew once, however many want to at once: the others are refused, and what was there is put aside whole', async () => {
    await tune();
    const [name] = await folders();
    const journal = await readFile(join(studies, String(name), 'journal.jsonl'), 'utf8');
    const found = await loadSearchFile(at('search.json'), { parallel: 1, threads: false });
    const opened = await Promise.allSettled(
      Array.from({ length: 12 }, () => openStoredStudy(found, { fresh: true }, { RXNN_STUDIES: studies })),
    );
    await found.close();
    const won = opened.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = opened.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
    expect(won).toHaveLength(1);
    for (const error of refused) expect(error).toBeInstanceOf(InputError);
    expect(won[0]?.journal?.events).toEqual([]);
    await won[0]?.journal?.close();
    const [, aside, ...others] = await folders();
    expect(others).toEqual([]);
    expect(await readdir(join(studies, String(aside)))).not.toContain('lock');
    expect(await readFile(join(studies, String(aside), 'journal.jsonl'), 'utf8')).toBe(journal);
  });

  it('leaves a study alone that another process writes, also with --fresh, and does not put another study aside', async () => {
    const run = (more: readonly string[], during?: Parameters<typeof rxnn>[1]) =>
      rxnn(['tune', at('long.json'), '--time', '60s', ...more], { ...during, env: { RXNN_STUDIES: studies } });
    let second: ReturnType<typeof rxnn> | undefined;
    await run([], {
      during: (child, stderr) => {
        if (second !== undefined || !/^trial \d/m.test(stderr)) return;
        second = run(['--fresh']);
        void second.finally(() => child.kill('SIGINT'));
      },
    });
    expect(await second).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has been writing this study since'),
    });
    expect(await folders()).toHaveLength(1);

    const mine = join(studies, 'mine');
    await tune('--study', mine);
    const { code, stderr } = await tune('--study', mine, '--seed', '3', '--fresh');
    expect(code).toBe(2);
    expect(stderr).toContain('has another study, which is not to be put aside');
  });

  it('has as many trials as its file says when that has changed', async () => {
    await tune();
    await writeFile(at('search.json'), JSON.stringify(search({ trials: 4 })));
    expect((await tune()).stdout).toMatch(/^points: 4 trials/);
  });

  it('is another study when the file, its data or the seed has changed, and the same wherever the file stands', async () => {
    await tune();
    await writeFile(at('search.json'), JSON.stringify(search({ trials: 2, parallel: 1, $schema: 'x.json' })));
    expect((await tune()).stderr).toContain('are in');
    expect(await folders()).toHaveLength(1);
    expect((await tune('--seed', '9')).stderr).toMatch(
      /note: this is another study than points-[0-9a-f]{8} in .+: its file, data or seed differ\n/,
    );
    expect(await folders()).toHaveLength(2);
    await writeFile(at('points.csv'), `${await readFile(at('points.csv'), 'utf8')}0.1,0.2,out\n`);
    await tune();
    expect(await folders()).toHaveLength(3);
    await writeFile(at('search.json'), JSON.stringify(search({ trials: 2, epochs: 2 })));
    await tune();
    expect(await folders()).toHaveLength(4);
  });

  it('stores nothing with --no-journal', async () => {
    expect((await tune('--no-journal')).code).toBe(0);
    expect(await folders()).toEqual([]);
  });
});

describe('rxnn tune says in a sentence', () => {
  it.each([
    [['--resume'], 'there is no study to go on with; leave --resume out to begin it'],
    [['--resume', '--fresh'], '--resume and --fresh exclude each other; leave one of them out'],
    [['--no-journal', '--fresh'], '--fresh is for studies that are stored; leave it or --no-journal out'],
  ])('what is wrong with %j', async (args, sentence) => {
    const { code, stderr } = await tune(...args);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^rxnn: /)]);
    expect(stderr).toContain(sentence);
  });

  it('that a stated folder has another study', async () => {
    const study = join(studies, 'mine');
    await tune('--study', study);
    const { code, stderr } = await tune('--study', study, '--seed', '3');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^rxnn: .+journal\.jsonl: holds another study, "points", or this one before it was changed; [^\n]+\n$/,
    );
  });

  it('that another process is at work on the study, and loses nothing of it', async () => {
    const run = (during?: Parameters<typeof rxnn>[1]) =>
      rxnn(['tune', at('long.json'), '--time', '60s'], { ...during, env: { RXNN_STUDIES: studies } });
    let second: ReturnType<typeof rxnn> | undefined;
    const first = await run({
      during: (child, stderr) => {
        if (second !== undefined || !/^trial \d/m.test(stderr)) return;
        second = run();
        void second.finally(() => child.kill('SIGINT'));
      },
    });
    expect(first.code).toBe(130);
    const refused = await second;
    expect(refused?.code).toBe(2);
    expect(refused?.stderr).toMatch(/^rxnn: [^\n]+: process \d+ on \S+ has been writing this study since [^\n]+\n$/);
    const [name] = await folders();
    expect((await readJournal(join(studies, String(name)))).notes).toEqual([]);
  });

  it('that the folder for studies is a file', async () => {
    await mkdir(join(studies, 'x'));
    await writeFile(join(studies, 'file'), '');
    const { code, stderr } = await rxnn(['tune', at('search.json')], { env: { RXNN_STUDIES: join(studies, 'file') } });
    expect(code).toBe(0);
    expect(stderr).toContain('note: nothing of this study is stored, because');
  });
});
