import type { Page } from 'playwright-core';
import { concat, from, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { importance } from '../../src/tune/importance.js';
import { paretoFront } from '../../src/tune/pareto.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';

describe.skipIf(noBrowser("the page's hyperparameters"))('the hyperparameters and objectives on the page', () => {
  const { keep, visit: open } = inBrowser();
  /** A page at a place, showing a study, with all that went wrong in it. */
  async function visit(
    events: readonly StudyEvent[],
    hash: string,
    options: Parameters<typeof open>[1] = {},
  ): Promise<{ page: Page; wrong: readonly string[] }> {
    const server = await serveLive(concat(from(events), NEVER), {
      dashboards: builtPage,
      limits: { closeWithin: 300 },
    });
    keep(server);
    const { page, wrong } = await open(`${server.url}&${hash}`, { viewport: { width: 1200, height: 900 }, ...options });
    await expect
      .poll(() => page.locator('#page').evaluate(main => Number(main.dataset.seq ?? -1)), { timeout: 15_000 })
      .toBe(events.at(-1)?.seq ?? -1);
    return { page, wrong };
  }
  const stateOf = (events: readonly StudyEvent[]) => events.reduce(foldEvent, emptyStudy);
  const where = (page: Page) => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('where'));
  const order = (page: Page) =>
    page.locator('.axis-handle').evaluateAll(handles => handles.map(handle => (handle as HTMLElement).dataset.field));
  const shown = (page: Page) => page.locator('#parallel').getAttribute('data-trials').then(Number);

  test('draw a line for each finished trial, and say so', async () => {
    const events = [...madeUpStudy({ details: false, trials: 60 })];
    const { page, wrong } = await visit(events, 'at=parameters');
    await expect.poll(() => page.locator('#parallel').getAttribute('data-drawn')).toBe('60');
    expect(await order(page)).toEqual([...stateOf(events).study!.space.map(({ name }) => `hparam ${name}`), 'value']);
    expect(await page.locator('.parallel-area').getAttribute('aria-label')).toMatch(/60 trials as lines over 9 axes/);
    expect(wrong).toEqual([]);
  });

  test('by a brush on an axis filter every view, and the link shows the same', async () => {
    const events = [...madeUpStudy({ details: false, trials: 60 })];
    const { page, wrong } = await visit(events, 'at=parameters');
    await expect.poll(() => shown(page)).toBe(60);
    const handle = (await page.locator('.axis-handle[data-field="hparam learningRate"]').boundingBox())!;
    const area = (await page.locator('.parallel-area').boundingBox())!;
    const x = handle.x + handle.width / 2;
    await page.mouse.move(x, area.y + area.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(x, area.y + area.height * 0.5);
    await page.mouse.move(x, area.y + area.height * 0.7);
    await page.mouse.up();
    const text = await where(page);
    const [, low, high] = /^hparam%20learningRate=([\d.e-]+)\.\.([\d.e-]+)$/.exec(text ?? '') ?? [];
    const expected = [...stateOf(events).trials.values()].filter(({ hparams }) => {
      const rate = Number(hparams.learningRate);
      return rate >= Number(low) && rate <= Number(high);
    });
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.length).toBeLessThan(55);
    await expect.poll(() => shown(page)).toBe(expected.length);
    await expect
      .poll(() => page.locator('[data-hparam="units"] .slice-area').getAttribute('aria-label'))
      .toContain(`${expected.length} trials`);
    await page.reload();
    await expect.poll(() => shown(page)).toBe(expected.length);
    // The same by keyboard, with several axes at once, and back to all.
    await page.locator('.axis-handle[data-field="hparam optimizer"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Trials with optimizer' }).getByLabel('adam').uncheck();
    const sgd = expected.filter(({ hparams }) => hparams.optimizer === 'sgd');
    await expect.poll(() => shown(page)).toBe(sgd.length);
    await page.getByRole('button', { name: 'Any optimizer' }).press('Enter');
    await page.locator('.axis-handle[data-field="hparam learningRate"]').press('Enter');
    const inputs = page.getByRole('group', { name: 'Trials with learningRate' });
    await inputs.getByLabel('from').fill('0.01');
    await inputs.getByLabel('from').press('Tab');
    await expect.poll(() => where(page)).toBe(`hparam%20learningRate=0.01..${high}`);
    await page.getByRole('button', { name: 'Any learningRate' }).press('Enter');
    await expect.poll(() => shown(page)).toBe(60);
    expect(wrong).toEqual([]);
  });

  test('let axes be moved, inverted and hidden by keyboard, and dragged, as the link then says', async () => {
    const { page, wrong } = await visit([...madeUpStudy({ details: false, trials: 12 })], 'at=parameters');
    await expect.poll(() => order(page)).toHaveLength(9);
    const before = await order(page);
    const units = page.locator('.axis-handle[data-field="hparam units"]');
    await units.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const moved = before.toSpliced(1, 1).toSpliced(3, 0, 'hparam units');
    expect(await order(page)).toEqual(moved);
    expect(await units.evaluate(handle => handle === document.activeElement)).toBe(true);
    expect(await units.getAttribute('aria-label')).toContain('axis 4 of 9');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Invert the axis' }).press('Enter');
    expect(await units.getAttribute('aria-label')).toContain('inverted');
    await page.reload();
    await expect.poll(() => order(page)).toEqual(moved);
    await expect.poll(() => shown(page)).toBe(12);
    expect(await units.getAttribute('aria-label')).toContain('inverted');
    await units.press('Enter');
    await page.getByRole('button', { name: 'Hide the axis' }).press('Enter');
    expect(await order(page)).toEqual(moved.filter(key => key !== 'hparam units'));

    const first = (await page.locator('.axis-handle').first().boundingBox())!;
    const third = (await page.locator('.axis-handle').nth(2).boundingBox())!;
    await page.mouse.move(first.x + first.width / 2, first.y + first.height - 6);
    await page.mouse.down();
    await page.mouse.move(first.x + 80, first.y + 10);
    await page.mouse.move(third.x + third.width / 2 + 4, first.y + 10);
    await page.mouse.up();
    const left = moved.filter(key => key !== 'hparam units');
    expect(await order(page)).toEqual([left[1], left[2], left[0], ...left.slice(3)]);

    await page.getByText(/^Axes 8 of/).click();
    await page.getByRole('group', { name: 'Shown axes' }).getByLabel('valAccuracy').check();
    expect(await order(page)).toContain('metric valAccuracy');
    await page.getByRole('button', { name: 'As at the beginning' }).click();
    expect(await order(page)).toEqual(before);
    expect(await page.evaluate(() => location.hash)).not.toContain('parallel');
    expect(wrong).toEqual([]);
  });

  test('pin a trial by keyboard, the best first, and tell what they come to', async () => {
    const events = [...madeUpStudy({ details: false, trials: 30 })];
    const { page } = await visit(events, 'at=parameters');
    await expect.poll(() => shown(page)).toBe(30);
    await page.locator('.parallel-area').focus();
    await page.keyboard.press('ArrowRight');
    const best = [...stateOf(events).trials.values()]
      .filter(({ value }) => value !== undefined)
      .sort((a, b) => a.value! - b.value!)[0]!;
    await expect.poll(() => page.locator('#parallel [role="status"]').textContent()).toContain(`#${best.number},`);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('trial'))).toBe(
      String(best.number),
    );
    await page.keyboard.press('Space');
    expect(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('selected'))).toBe(
      String(best.number),
    );
  });

  test('have the importance that is computed without a page, and lead to their slices', async () => {
    const events = [...madeUpStudy({ details: false, trials: 120 })];
    const { page } = await visit(events, 'at=parameters');
    const expected = importance(stateOf(events));
    const bars = page.locator('.importance li');
    await expect.poll(() => bars.count()).toBe(expected.length);
    expect(await page.locator('.importance-name').allTextContents()).toEqual(expected.map(({ name }) => name));
    const shares = await bars.evaluateAll(list => list.map(bar => Number((bar as HTMLElement).dataset.importance)));
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i]!.importance, 12);
    await bars.first().getByRole('button').press('Enter');
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-hparam]')?.dataset.hparam);
    expect(await focused()).toBe(expected[0]!.name);
  });

  test('show two of them as a plane, as the link says', async () => {
    const { page, wrong } = await visit(
      [...madeUpStudy({ details: false, trials: 60 })],
      'at=parameters&contour.x=optimizer&contour.y=layers&parameters.scale=linear',
    );
    await expect.poll(() => page.getByLabel('Across').inputValue()).toBe('optimizer');
    await expect.poll(() => page.locator('#contour-note').textContent()).toContain('Each cell');
    const before = await page.locator('#contour').getAttribute('data-picture');
    await page.getByLabel('Up').selectOption('learningRate');
    await expect.poll(() => page.locator('#contour').getAttribute('data-picture')).not.toBe(before);
    expect(await page.locator('#contour-note').textContent()).toContain('Gaussian');
    expect(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('contour.y'))).toBe(
      'learningRate',
    );
    expect(wrong).toEqual([]);
  });

  test('of several objectives have the front that is computed without a page', async () => {
    const events = [...madeUpStudy({ details: false, trials: 80, objectives: true })];
    const { page, wrong } = await visit(events, 'at=front');
    const state = stateOf(events);
    const expected = paretoFront(state.trials.values(), state.study!.objectives!).map(({ number }) => number);
    expect(expected.length).toBeGreaterThan(1);
    await expect.poll(() => page.locator('#front').getAttribute('data-front')).toBe(expected.join(','));
    const rows = page.locator('.front-table tbody tr');
    expect(await rows.evaluateAll(list => list.map(row => Number((row as HTMLElement).dataset.trial)))).toEqual(
      expected,
    );
    expect(await page.locator('.front-area').getAttribute('aria-label')).toContain(
      `${expected.length} are on the Pareto front`,
    );
    await page.getByRole('button', { name: `#${expected[0]}`, exact: true }).press('Enter');
    await page.getByLabel(`Select #${expected[1]}`).check();
    const settings = await page.evaluate(() => {
      const link = new URLSearchParams(location.hash.slice(1));
      return [link.get('trial'), link.get('selected')];
    });
    expect(settings).toEqual([String(expected[0]), String(expected[1])]);
    expect(wrong).toEqual([]);
  });

  test('are not offered as objectives where there is one', async () => {
    const { page } = await visit([...madeUpStudy({ details: false, trials: 3 })], 'at=front');
    expect(await page.getByRole('link', { name: 'Objectives' }).count()).toBe(0);
  });

  test('follow a study that runs', async () => {
    const events = [...madeUpStudy({ details: false, trials: 40 })];
    const { page } = await visit(events.slice(0, 200), 'at=parameters');
    const over = [...stateOf(events.slice(0, 200)).trials.values()];
    await expect.poll(() => shown(page)).toBe(over.length);
    expect(over.some(({ state }) => state === 'running')).toBe(true);
  });

  test.each([
    ['before the first trial', 1, 'parameters'],
    ['with one trial', 5, 'parameters'],
    ['with several objectives and no trial', 1, 'front'],
    ['with several objectives', 900, 'front'],
  ])('have no horizontal scroll bar at 390 pixels, %s', async (_, count, place) => {
    const events = [...madeUpStudy({ details: false, trials: 60, objectives: place === 'front' })].slice(0, count);
    const { page, wrong } = await visit(events, `at=${place}`, {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(wrong).toEqual([]);
  });

  test('with twenty hyperparameters, long names, only categories or a constant still have their views', async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    const [started] = madeUpStudy({ details: false, trials: 1 });
    if (started?.type !== 'study-started') throw new Error('the first event is not the start');
    const names = Array.from({ length: 20 }, (_, i) => (i === 0 ? hostile : `a rather long name of number ${i}`));
    const space = names.map((name, i) => ({
      name,
      kind: 'choice' as const,
      options: i === 1 ? ['only'] : ['a', hostile],
    }));
    const events: StudyEvent[] = [{ ...started, study: { ...started.study, space } }];
    for (let trial = 0; trial < 6; trial++) {
      const hparams = Object.fromEntries(
        space.map(({ name, options }, i) => [name, options[(trial + i) % options.length]!]),
      );
      events.push(
        { seq: events.length, time: events.length, type: 'trial-started', trial, hparams },
        {
          ...{ seq: events.length + 1, time: events.length, type: 'trial-finished', trial, state: 'complete' },
          ...{ value: trial, bestEpoch: 1, epochs: 1, seconds: 1 },
          stop: { by: 'epochs', reason: 'ran', outcome: 'complete', epoch: 1 },
        },
      );
    }
    const { page, wrong } = await visit(events, 'at=parameters', { viewport: { width: 390, height: 844 } });
    await expect.poll(() => page.locator('.axis-handle').count()).toBe(21);
    expect(await page.locator('.slice').count()).toBe(20);
    expect(await page.locator('.slice-title').first().textContent()).toBe(hostile);
    expect(await page.locator('.axis-name').first().textContent()).toBe(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(wrong).toEqual([]);
  });
});
