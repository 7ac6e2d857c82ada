import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { concat, from, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { exportCsv } from '../../src/journal/export-csv.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { type MadeUp, madeUpStudy } from './made-up-study.js';
import { choose, inLink, place, rows, seq } from './page-content.js';

describe.skipIf(noBrowser('the table'))('the table of trials in headless Chromium', () => {
  const { keep, visit } = inBrowser();
  /** A page on the table of a study, with all of its events. */
  const table = async (made: MadeUp, hash = '', options: Parameters<typeof visit>[1] = {}) => {
    const events = [...madeUpStudy({ details: false, ...made })];
    const server = keep(await serveLive(from(events), { dashboards: builtPage, limits: { closeWithin: 300 } }));
    const visited = await visit(`${server.url}&at=trials${hash}`, options);
    await expect.poll(() => seq(visited.page), { timeout: 20_000 }).toBe(events.length - 1);
    const state = events.reduce(foldEvent, emptyStudy);
    return { ...visited, state, server };
  };
  const shown = (page: Page) => page.locator('#trials tbody tr').count();
  const count = (page: Page) => page.locator('#trials').getAttribute('data-rows');
  const numbers = async (page: Page) => (await rows(page)).map(row => row.number);

  test('has twelve hundred trials and only the rows in sight, wherever one scrolls, and says how many there are', async () => {
    const { page, wrong } = await table({ trials: 1200, epochs: 2, rungs: false });
    await expect.poll(() => count(page)).toBe('1200');
    expect(await shown(page)).toBeLessThan(60);
    const grid = page.getByRole('grid', { name: 'Trials' });
    expect(await grid.getAttribute('aria-rowcount')).toBe('1201');
    await grid.focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('tr[data-trial="0"]').getAttribute('aria-rowindex')).toBe('1201');
    expect(await grid.getAttribute('aria-activedescendant')).toBe('trial-row-0');
    expect(await shown(page)).toBeLessThan(60);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    const active = Number((await grid.getAttribute('aria-activedescendant'))?.split('-').at(-1));
    expect(active).toBeGreaterThan(2);
    expect(active).toBeLessThan(60);
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('tr[data-active]').getAttribute('data-trial')).toBe('1199');
    expect(wrong).toEqual([]);
  });

  test('sorts by any column, by several, by mouse and keyboard; the link has it', async () => {
    const { page, server } = await table({ trials: 12 });
    expect((await numbers(page))[0]).toBe('#11');
    await page.getByRole('button', { name: 'valLoss', exact: true }).click();
    const values = (await rows(page)).map(({ value }) => Number(value));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    const head = page.getByRole('columnheader', { name: 'valLoss' });
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Enter');
    expect((await rows(page)).map(({ value }) => Number(value))).toEqual([...values].reverse());
    await page.getByRole('button', { name: 'State', exact: true }).click();
    await page.getByRole('button', { name: 'valLoss', exact: true }).click({ modifiers: ['Shift'] });
    const both = (await rows(page)).map(({ state, value }) => [state, Number(value)] as const);
    const oracle = [...both].sort(([a, x], [b, y]) => (a === b ? x - y : (a ?? '') < (b ?? '') ? -1 : 1));
    expect(both).toEqual(oracle);
    expect(await inLink(page, 'trials.sort')).toBe('state,value');
    const { page: other } = await visit(`${server.url}&at=trials&trials.sort=state,value`);
    await expect.poll(() => numbers(other)).toEqual(await numbers(page));
  });

  test('filters by a range and by state from a column’s title, for all places; the bar shows and clears it', async () => {
    const { page, state, wrong } = await table({ trials: 40 });
    await page.getByRole('button', { name: 'Filter by learningRate' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('learningRate: least').fill('0.01');
    await page.getByLabel('learningRate: greatest').fill('x');
    expect(await page.getByLabel('learningRate: greatest').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('learningRate: greatest').fill('0,5');
    await page.keyboard.press('Escape');
    const trials = [...state.trials.values()];
    const inside = trials.filter(
      ({ hparams: { learningRate } }) => Number(learningRate) >= 0.01 && Number(learningRate) <= 0.5,
    );
    await expect.poll(() => count(page)).toBe(String(inside.length));
    await choose(page.locator('#filters').getByLabel(/^pruned/));
    const pruned = inside.filter(trial => trial.state === 'pruned');
    await expect.poll(() => count(page)).toBe(String(pruned.length));
    await expect.poll(() => page.locator('.passing').textContent()).toBe(`${pruned.length} of 40 trials`);
    expect(await inLink(page, 'where')).toBe('hparam%20learningRate=0.01..0.5;state=pruned');
    await page.getByRole('button', { name: '+ Field' }).click();
    await page.locator('.menu-item').getByText('units', { exact: true }).click();
    await page.getByLabel('units: least').fill('64');
    const wide = pruned.filter(({ hparams }) => Number(hparams.units) >= 64);
    await expect.poll(() => count(page)).toBe(String(wide.length));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'No filter by units' }).click();
    await expect.poll(() => count(page)).toBe(String(pruned.length));
    await place(page, 'Study');
    expect(await page.locator('#filters').isVisible()).toBe(true);
    await page.locator('#filters').getByRole('button', { name: 'Clear' }).click();
    await place(page, 'Trials');
    await expect.poll(() => count(page)).toBe('40');
    expect(wrong).toEqual([]);
  });

  test('selects with the keyboard and in ranges, and shows the selected trials side by side', async () => {
    const { page, state, wrong } = await table({ trials: 12 });
    await page.getByRole('grid').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Space');
    expect(await inLink(page, 'selected')).toBe('11,10,9');
    await page.locator('#filters').getByRole('button', { name: 'Compare', exact: true }).click();
    const compared = page.locator('#compare');
    await compared.locator('tbody').first().waitFor();
    const cells = async (row: string) => compared.locator(`[data-row="${row}"] td`).allTextContents();
    expect(await cells('state')).toEqual([11, 10, 9].map(number => state.trials.get(number)?.state));
    const rates = [11, 10, 9].map(number => state.trials.get(number)?.hparams.optimizer);
    expect(await cells('hparam optimizer')).toEqual(rates);
    const differs = await compared.locator('[data-row="hparam optimizer"]').getAttribute('data-differs');
    expect(differs).toBe(new Set(rates).size > 1 ? '' : null);
    await expect.poll(() => compared.locator('.compare-plot').getAttribute('aria-label')).toContain('of 3 trials: #11');
    await compared.getByRole('button', { name: 'Do not compare #10' }).click();
    expect(await inLink(page, 'selected')).toBe('11,9');
    expect(wrong).toEqual([]);
  });

  test('pins with Enter, opens with Enter again, lets go with Escape', async () => {
    const { page } = await table({ trials: 12 });
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('tr[data-trial="10"]').getAttribute('aria-current')).toBe('true');
    expect(await inLink(page, 'trial')).toBe('10');
    await page.keyboard.press('Escape');
    expect(await page.locator('tr[data-pinned]').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect([await inLink(page, 'at'), await inLink(page, 'trial')]).toEqual(['trial', '10']);
  });

  test('gives the trials as the CSV of the command, made in the page', async () => {
    const { page, state, wrong } = await table({ trials: 20 });
    const sorted = { ...state, trials: new Map([...state.trials].reverse()) };
    await expect.poll(() => count(page)).toBe('20');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('digits-trials.csv');
    expect(readFileSync(await download.path(), 'utf8')).toBe(exportCsv({ state: sorted }));
    expect(wrong).toEqual([]);
  });

  test('has the columns that were chosen, metrics at the best epoch among them', async () => {
    const { page, state } = await table({ trials: 6 });
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('dialog').getByLabel('valAccuracy').check();
    await page.getByRole('dialog').getByLabel('momentum').uncheck();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('columnheader', { name: 'momentum' }).count()).toBe(0);
    const [first] = await rows(page);
    const accuracy = state.trials.get(5)?.metrics?.valAccuracy as number;
    expect(Number(first?.['metric valAccuracy'])).toBeCloseTo(accuracy, 4);
    await page.reload();
    await expect.poll(async () => (await rows(page))[0]?.['metric valAccuracy']).toBe(first?.['metric valAccuracy']);
  });

  test.each([0, 1, 60])('with %i trials has cards and no horizontal scroll bar at 390 pixels', async trials => {
    const viewport = { width: 390, height: 844 };
    const events = [...madeUpStudy({ trials, details: false })].slice(0, trials === 0 ? 1 : undefined);
    const events$ = trials === 0 ? concat(from<StudyEvent[]>(events), NEVER) : from(events);
    const server = keep(await serveLive(events$, { dashboards: builtPage, limits: { closeWithin: 300 } }));
    const { page, wrong } = await visit(`${server.url}&at=trials&selected=0,3`, { viewport, colorScheme: 'dark' });
    await expect.poll(() => seq(page)).toBe(events.length - 1);
    await expect.poll(() => count(page)).toBe(String(trials));
    for (const at of ['Trials', 'Study']) {
      await place(page, at);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: at }).toBe(390);
    }
    expect(wrong).toEqual([]);
  });

  test('tells the study: its space, how it searches, its file and its data', async () => {
    const { page, wrong } = await table({ trials: 12 });
    await place(page, 'Study');
    const momentum = page.locator('#space tr', { hasText: 'momentum' });
    expect(await momentum.textContent()).toMatch(/^momentumnumber0 … 0.99optimizer is sgd/);
    expect(await momentum.locator('svg').getAttribute('aria-label')).toMatch(/^\d+ trials from 0/);
    expect(await page.locator('#how').textContent()).toContain('at epochs 1, 3, 9');
    expect(JSON.parse((await page.locator('#file li').allTextContents()).join('\n'))).toMatchObject({ name: 'digits' });
    expect(await page.locator('#data tbody tr').count()).toBe(16);
    await page.getByRole('button', { name: 'Show all 65 columns' }).click();
    await page.getByLabel('Find a column').fill('7_7');
    expect(await page.locator('#data tbody th').allTextContents()).toEqual(['pixel_7_7']);
    // The link shows the same, and the way back leads back.
    expect(await inLink(page, 'data.find')).toBe('7_7');
    await page.reload();
    await expect.poll(() => page.locator('#data tbody th').allTextContents()).toEqual(['pixel_7_7']);
    expect(await page.getByLabel('Find a column').inputValue()).toBe('7_7');
    await page.evaluate(() => {
      location.hash = location.hash.replace('7_7', '0_1');
    });
    await expect.poll(() => page.locator('#data tbody th').allTextContents()).toEqual(['pixel_0_1']);
    await page.getByLabel('Find a column').fill('');
    await expect.poll(() => page.locator('#data tbody tr').count()).toBe(65);
    expect(wrong).toEqual([]);
  });
});
