import type { Page } from 'playwright-core';
import { concat, from, NEVER, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';

/** A study of one trial that throws before its first epoch. */
function nothingReported(): StudyEvent[] {
  const events = [...madeUpStudy({ trials: 1 })];
  const [begun, started] = events;
  const end = events.at(-1);
  if (begun === undefined || started === undefined || end?.type !== 'study-finished') throw new Error('no such events');
  const { best: _, ...finished } = end;
  const failed: StudyEvent = {
    type: 'trial-finished',
    seq: 2,
    time: started.time + 100,
    trial: 0,
    state: 'failed',
    epochs: 0,
    seconds: 0.1,
    stop: { by: 'error', reason: 'it throws', outcome: 'failed', epoch: 0 },
  };
  return [begun, started, failed, { ...finished, seq: 3, counts: { ...finished.counts, complete: 0, failed: 1 } }];
}

describe.skipIf(noBrowser('empty charts'))('a chart with nothing in it', () => {
  const { keep, visit } = inBrowser();
  const serve = async (events$: Parameters<typeof serveLive>[0]) =>
    keep(await serveLive(events$, { dashboards: builtPage, limits: { closeWithin: 300 } }));
  /** What is said in place of a chart, and whether its axes are seen. */
  const chart = (page: Page, id: string) =>
    page.locator(id).evaluate(box => ({
      words: box.querySelector('.plot-empty')?.textContent,
      axes: getComputedStyle(box.querySelector('.uplot') as HTMLElement).visibility,
    }));

  test('says so in words, without axes, and has them with the first epoch', async () => {
    const events = [...madeUpStudy({ trials: 2 })];
    const events$ = new Subject<StudyEvent>();
    const { url } = await serve(events$);
    const { page } = await visit(url);
    events$.next(events[0] as StudyEvent);
    for (const id of ['#curves', '#progress']) {
      await expect.poll(() => chart(page, id)).toEqual({ words: 'No trial has been started yet.', axes: 'hidden' });
    }
    for (const event of events.slice(1, 3)) events$.next(event);
    await expect.poll(() => chart(page, '#curves')).toEqual({ words: 'No epoch is finished yet.', axes: 'hidden' });
    await expect.poll(() => chart(page, '#progress')).toEqual({ words: 'No trial has a value yet.', axes: 'hidden' });
    for (const event of events.slice(3, 12)) events$.next(event);
    for (const id of ['#curves', '#progress']) {
      await expect.poll(() => chart(page, id)).toEqual({ words: '', axes: 'visible' });
    }
  });

  test('does not speak of what is still to come once the study is over', async () => {
    const events = nothingReported();
    const events$ = new Subject<StudyEvent>();
    const { url } = await serve(events$);
    const { page } = await visit(url);
    for (const event of events.slice(0, 3)) events$.next(event);
    await expect.poll(() => chart(page, '#curves')).toMatchObject({ words: 'No epoch is finished yet.' });
    events$.next(events[3] as StudyEvent);
    await expect.poll(() => chart(page, '#curves')).toEqual({ words: 'No trial reported an epoch.', axes: 'hidden' });
    await expect.poll(() => chart(page, '#progress')).toEqual({ words: 'No trial has a value.', axes: 'hidden' });
    expect(await page.locator('#health').textContent()).toBe('No epoch was finished, so nothing was looked at.');
    await page.evaluate(() => {
      location.hash = '#at=parameters';
    });
    for (const id of ['#contour-note', '#slices-note']) {
      await expect.poll(() => page.locator(id).textContent()).toBe('No trial has a value.');
    }
    expect(await page.locator('.slices').isVisible()).toBe(false);
    await page.evaluate(() => {
      location.hash = '#at=trial&trial=0';
    });
    for (const id of ['#trial-curves-note', '#norms', '#predictions']) {
      await expect.poll(() => page.locator(id).textContent()).toContain('It reported no epoch.');
    }
  });

  test('says that no trial passes the filter, where the others are hidden', async () => {
    const { url } = await serve(concat(from(madeUpStudy({ trials: 3 })), NEVER));
    const { page } = await visit(`${url}&where=number%3D50..&others=hidden`);
    for (const id of ['#curves', '#progress']) {
      await expect.poll(() => chart(page, id)).toEqual({ words: 'No trial passes the filter.', axes: 'hidden' });
    }
    await page.getByRole('group', { name: 'What charts do' }).getByLabel('Dimmed').check({ force: true });
    for (const id of ['#curves', '#progress']) {
      await expect.poll(() => chart(page, id)).toEqual({ words: '', axes: 'visible' });
    }
  });
});
