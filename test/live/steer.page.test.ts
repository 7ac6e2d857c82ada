import type { Page } from 'playwright-core';
import { BehaviorSubject, concat, connectable, from, map, NEVER, type Observable, of, take, timer } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { serveLive } from '../../src/live/serve-live.js';
import { serveStudies } from '../../src/live/serve-studies.js';
import type { LiveServer } from '../../src/live/server.js';
import type { Shelf } from '../../src/live/shelf.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { searchSpace } from '../../src/tune/space.js';
import { type StudyControl, studyControl } from '../../src/tune/study-control.js';
import { tune } from '../../src/tune/tune.js';
import { report } from '../tune/trainings.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { place } from './page-content.js';

const hostile = '<img src=x onerror="document.title=\'taken\'">';

/** A study that goes on until somebody stops it: each trial reports every 40 ms. */
function longStudy(control: StudyControl): Observable<StudyEvent> {
  return tune({
    name: 'a long study',
    space: searchSpace(
      {
        units: int(16, 256),
        [hostile]: float(0, 1),
        optimizer: choice([{ adam: { beta: float(0, 0.9) } }, { [hostile]: { momentum: float(0, 0.99) } }]),
      },
      { constraints: ['units != 99'] },
    ),
    objective: () =>
      timer(20, 40).pipe(
        take(400),
        map(i => report(i + 1, 1 + 1 / (i + 1))),
      ),
    minimize: 'valLoss',
    trials: 6,
    parallel: 2,
    control,
  });
}

describe.skipIf(noBrowser('the controls'))('the controls of the page in headless Chromium', () => {
  const { keep, visit } = inBrowser();
  const options = { dashboards: builtPage, limits: { closeWithin: 300 } };
  const steered = async (): Promise<{ server: LiveServer; events: StudyEvent[] }> => {
    const control = studyControl();
    const study$ = connectable(longStudy(control));
    const events: StudyEvent[] = [];
    const server = keep(await serveLive(study$, { ...options, control }));
    study$.subscribe(event => events.push(event));
    const running = study$.connect();
    keep({ ...server, close: async () => running.unsubscribe() });
    return { server, events };
  };
  const status = (page: Page) => page.locator('#status').textContent();
  const study = (page: Page) => page.getByRole('group', { name: 'Control the study' });
  const dialog = (page: Page) => page.getByRole('dialog');
  const row = (page: Page, trial: number) => page.locator(`tr[data-trial="${trial}"]`);
  const fromMenu = async (page: Page, trial: number, action: string) => {
    await row(page, trial).click({ button: 'right' });
    await page.locator('.menu-item').getByText(action, { exact: true }).click();
  };

  test('pause, change, clone and stop a study; every client hears who did it', async () => {
    const { server, events } = await steered();
    const { page, wrong } = await visit(`${server.url}&at=trials&control=${server.controlToken}`);
    expect(page.url()).not.toContain(server.controlToken as string);
    const { page: reader } = await visit(`${server.url}&at=study`);
    await row(page, 1).waitFor();

    await study(page).getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => status(page)).toContain('The study is paused');
    await study(page).getByRole('button', { name: 'Resume' }).waitFor();

    await study(page).getByRole('button', { name: 'Change…' }).click();
    await dialog(page).getByLabel('Trials at a time').fill('0');
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog(page).getByRole('alert').textContent()).toContain('from 1 to 1024');
    await dialog(page).getByLabel('Trials at a time').fill('3');
    await dialog(page).getByLabel('Trials in all').fill('9');
    await page.keyboard.press('Enter');
    await expect.poll(() => status(page)).toContain('From now on: 3 at a time, 9 trials in all.');

    // Clone and edit: what is wrong is said while typing, what the study refuses in its words.
    await fromMenu(page, 0, 'Clone and edit…');
    const units = dialog(page).getByLabel('units');
    await units.fill('9999');
    expect(await units.getAttribute('aria-invalid')).toBe('true');
    await dialog(page).getByText('expected a whole number from 16 to 256, got 9999').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Enqueue' }).click();
    await expect.poll(() => dialog(page).getByRole('alert').textContent()).toContain('units: expected a whole number');
    await units.fill('99');
    await dialog(page).getByRole('button', { name: 'Enqueue' }).click();
    await expect.poll(() => dialog(page).getByRole('alert').textContent()).toBe('It does not hold that units != 99.');
    await units.fill('77');
    await dialog(page).getByLabel('optimizer').selectOption(hostile);
    await dialog(page).getByLabel('momentum').fill('0.5');
    expect(await dialog(page).getByLabel('beta').isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await expect.poll(() => status(page)).toContain('made from #0, waits for its turn');
    const cloned = events.find(event => event.type === 'trial-enqueued');
    expect(cloned).toMatchObject({
      hparams: { units: 77, optimizer: hostile, momentum: 0.5 },
      origin: { kind: 'clone', of: 0, by: 'page' },
    });

    await study(page).getByRole('button', { name: 'Resume' }).click();
    await row(page, 2).waitFor();
    await fromMenu(page, 1, 'Stop…');
    await dialog(page).getByLabel('Reason').fill(`it oscillates ${hostile}`);
    await dialog(page).getByLabel('It counts as').selectOption('failed');
    await page.keyboard.press('Enter');
    await expect.poll(() => row(page, 1).getAttribute('data-state')).toBe('failed');
    expect(await row(page, 1).textContent()).toContain(`it oscillates ${hostile}`);

    // A reader has no controls, and sees who did what.
    await expect.poll(() => study(reader).getByRole('button').allTextContents()).toEqual(['Control…']);
    await expect
      .poll(async () => (await reader.locator('#deeds li > span').allTextContents()).filter((_, i) => i % 2 === 0))
      .toEqual([
        `Trial #1 was stopped: it oscillates ${hostile}`,
        'The study went on',
        expect.stringMatching(/^Trial #\d was made from #0$/),
        'Changed: 3 at a time, 9 trials in all',
        'The study was paused',
      ]);
    expect(await reader.locator('#deeds li').first().textContent()).toContain('from a page');

    await study(page).getByRole('button', { name: 'Stop…' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog(page).count()).toBe(0);
    await study(page).getByRole('button', { name: 'Stop…' }).click();
    await dialog(page).getByLabel('Reason').fill('enough');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#connection').textContent()).toBe('Stopped');
    await expect.poll(() => reader.locator('.study-state').textContent()).toMatch(/^Stopped from a page \(enough\): /);
    await expect.poll(() => study(page).count()).toBe(0);
    for (const each of [page, reader]) {
      expect(await each.locator('img, main script').count()).toBe(0);
      expect(await each.title()).not.toBe('taken');
    }
    expect(wrong).toEqual([]);
  });

  test('are not there without the token, which can be given afterwards; a wrong one is refused', async () => {
    const { server, events } = await steered();
    const { page, wrong } = await visit(`${server.url}&at=trials`);
    await row(page, 0).waitFor();
    await expect.poll(() => page.locator('#connection').getAttribute('title')).toContain('Read only');
    await row(page, 0).click({ button: 'right' });
    await expect
      .poll(() => page.locator('.menu-item').allTextContents())
      .toEqual(['Open', 'Highlight', 'Select to compare']);
    await page.keyboard.press('Escape');
    for (const [token, said] of [
      ['no token', 'That is no token'],
      ['0'.repeat(32), 'not the one of this study'],
    ] as const) {
      await page.getByRole('button', { name: 'Control…' }).click();
      await dialog(page).getByLabel('Control token').fill(token);
      await page.keyboard.press('Enter');
      if (said.startsWith('That')) {
        await expect.poll(() => dialog(page).getByRole('alert').textContent()).toContain(said);
        await page.keyboard.press('Escape');
      } else {
        await expect.poll(() => page.locator('#connection').getAttribute('title')).toContain(said);
      }
    }
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Control…' }).click();
    await dialog(page)
      .getByLabel('Control token')
      .fill(server.controlToken as string);
    await page.keyboard.press('Enter');
    await study(page).getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => events.some(event => event.type === 'study-changed' && event.by === 'page')).toBe(true);
    expect(wrong).toEqual([]);
  });

  test('cannot be pressed for a study whose process is gone, and say why in place; they can once it goes on', async () => {
    const events = [...madeUpStudy({ trials: 6 })].slice(0, 60);
    const summary = (state: 'interrupted' | 'running') => ({
      state,
      counts: { waiting: 0, running: 4, paused: 0, complete: 0, pruned: 0, failed: 0 },
      startedAt: events[0]?.time ?? 0,
      changedAt: events.at(-1)?.time ?? 0,
    });
    const control = { send: () => Promise.reject(new InputError('no such point')) };
    const open = () => concat(from(events), NEVER);
    const shelved = (state: 'interrupted' | 'running') => [
      { key: 'one', name: 'one', folder: '/studies/one', control, open, summary: summary(state) },
    ];
    const studies$ = new BehaviorSubject(shelved('interrupted'));
    const server = keep(await serveStudies({ studies$ }, options));
    const { page, wrong } = await visit(`${server.url}&at=trials&selected=1&control=${server.controlToken}`);
    await study(page).getByText('Nothing runs it now').waitFor();
    const enabled = (of: ReturnType<typeof study>) =>
      of.getByRole('button').evaluateAll(all => all.filter(each => !(each as HTMLButtonElement).disabled).length);
    expect(await study(page).getByRole('button').allTextContents()).toEqual([
      'Pause',
      'New trial…',
      'Change…',
      'Stop…',
    ]);
    expect(await enabled(study(page))).toBe(0);
    await page.getByRole('group', { name: 'Selected trials' }).getByRole('button', { name: 'Stop 1…' }).waitFor();
    expect(await page.getByRole('button', { name: 'Stop 1…' }).isDisabled()).toBe(true);
    await row(page, 1).click({ button: 'right' });
    expect(await page.locator('.menu-item:disabled').allTextContents()).toEqual(['Pause', 'Stop…', 'Clone and edit…']);
    expect(await page.locator('.menu-why').textContent()).toBe('Nothing runs it now');
    // The keys pass over what cannot be pressed.
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.menu-item:focus').textContent()).toBe('Do not compare');
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      location.hash = '#at=trial&trial=1';
    });
    const trial = page.getByRole('group', { name: 'Control trial #1' });
    await trial.waitFor();
    expect(await enabled(trial)).toBe(0);
    studies$.next(shelved('running'));
    await expect.poll(() => enabled(study(page))).toBe(4);
    await expect.poll(() => enabled(trial)).toBe(3);
    expect(await study(page).getByText('Nothing runs it now').count()).toBe(0);
    // What is refused is said once: in the form that it is about, else at the foot.
    await study(page).getByRole('button', { name: 'New trial…' }).click();
    await dialog(page).getByRole('button', { name: 'Enqueue' }).click();
    await expect.poll(() => dialog(page).getByRole('alert').textContent()).toBe('no such point');
    expect(await page.getByText('no such point').count()).toBe(1);
    await page.keyboard.press('Escape');
    await study(page).getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => status(page)).toContain('Not done: no such point');
    expect(wrong).toEqual([]);
  });

  test('lists the studies of a server, opens one and compares two, hostile names as text', async () => {
    const made = (name: string, trials: number, seed: number) =>
      from([...madeUpStudy({ name, trials, seed, details: false })]);
    const shelf: Shelf = {
      studies$: of([
        { key: 'a', name: 'first', open: () => made('first', 12, 1), live: true },
        { key: 'b', name: hostile, open: () => made(hostile, 8, 2), live: true },
        { key: 'c', name: 'waiting', open: () => NEVER, live: true },
      ]),
    };
    const server = keep(await serveStudies(shelf, options));
    const { page, wrong } = await visit(`${server.url}&at=studies`);
    const studies = page.locator('#studies tbody tr');
    await expect.poll(() => studies.count()).toBe(3);
    for (const name of ['first', hostile]) await page.getByLabel(`Compare ${name}`).check();
    const compared = page.locator('#studies-compare');
    await expect
      .poll(() => compared.locator('tr', { hasText: 'Complete' }).first().locator('td').allTextContents())
      .toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
    await expect.poll(() => compared.locator('[role="img"]').getAttribute('aria-label')).toMatch(/first 0\.\d+, <img/);
    await page.getByLabel('Find a study').fill('img');
    await expect.poll(() => studies.count()).toBe(1);
    await page.getByRole('link', { name: hostile }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe(hostile);
    await place(page, 'Trials');
    await expect.poll(() => page.locator('#trials').getAttribute('data-rows')).toBe('8');
    expect(await page.locator('img').count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  test('tells studies of the same name apart, and has long names in two lines', async () => {
    const long = 'digits-'.repeat(57);
    const made = (seed: number) => from([...madeUpStudy({ name: long, trials: 6, seed, details: false })]);
    const shelf: Shelf = {
      studies$: of(
        ['a', 'b'].map((key, i) => ({
          key,
          name: long,
          folder: `/runs/${key}`,
          open: () => made(i),
          live: true as const,
        })),
      ),
    };
    const server = keep(await serveStudies(shelf, options));
    const { page, wrong } = await visit(`${server.url}&at=studies`);
    for (const part of ['a', 'b']) await page.getByLabel(`Compare ${long} · ${part}`).check();
    const compared = page.locator('#studies-compare');
    await expect
      .poll(() => compared.locator('thead th').evaluateAll(heads => heads.map(head => head.getAttribute('title'))))
      .toEqual([`${long} · a`, `${long} · b`]);
    await expect
      .poll(() => compared.locator('[role="img"]').getAttribute('aria-label'))
      .toMatch(/digits- · a .*digits- · b /);
    await expect.poll(() => page.locator('h1').getAttribute('title')).toBe(long);
    const lines = (node: Element) => node.clientHeight / Number.parseFloat(getComputedStyle(node).lineHeight);
    expect(await page.locator('h1').evaluate(lines)).toBeCloseTo(2, 0);
    expect(await page.locator('#studies .two-lines').first().evaluate(lines)).toBeCloseTo(2, 0);
    expect(wrong).toEqual([]);
  });

  test('says that there is no such study, leads to those that there are, and does not hammer', async () => {
    const made = (seed: number) => from([...madeUpStudy({ trials: 6, seed, details: false })]);
    const shelf: Shelf = {
      studies$: of(['a', 'b'].map((key, i) => ({ key, name: key, open: () => made(i), live: true as const }))),
    };
    const server = keep(await serveStudies(shelf, options));
    const { page, wrong } = await visit(`${server.url}&study=nosuch`);
    await page.getByText('There is no study nosuch on this server.').waitFor();
    expect(await page.locator('#page').isVisible()).toBe(false);
    const refused = wrong.length;
    await place(page, 'Studies');
    await expect.poll(() => page.locator('#studies tbody tr').count()).toBe(2);
    await expect.poll(() => page.locator('#overview').isVisible()).toBe(false);
    expect(wrong.length).toBe(refused);
    await page.getByRole('link', { name: 'Show the list of studies' }).click();
    await expect.poll(() => page.locator('#notice').isVisible()).toBe(false);
    await expect.poll(() => page.locator('#studies tbody tr').count()).toBe(2);
    await expect.poll(() => page.evaluate(() => location.hash)).not.toContain('nosuch');
    await page.goBack();
    await page.getByRole('link', { name: 'Open the first study' }).click();
    await expect.poll(() => page.locator('#page').getAttribute('data-seq')).not.toBe('-1');
    await expect.poll(() => page.locator('#connection').textContent()).toBe('Finished');
    // Chromium says itself that a socket was refused.
    expect(wrong.filter(text => !text.includes('/live/nosuch'))).toEqual([]);
  });
});
