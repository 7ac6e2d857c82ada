import type { Page } from 'playwright-core';
import { concat, from, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { place, seq } from './page-content.js';

const events = [...madeUpStudy({ details: false, trials: 60 })];

describe.skipIf(noBrowser('places'))('the places of the page in headless Chromium', () => {
  const { keep, visit: open } = inBrowser();
  async function visit(hash: string): Promise<Page> {
    const server = await serveLive(concat(from(events), NEVER), {
      dashboards: builtPage,
      limits: { closeWithin: 300 },
    });
    keep(server);
    const { page } = await open(`${server.url}&${hash}`, { viewport: { width: 1200, height: 900 } });
    await expect.poll(() => seq(page)).toBe(events.length - 1);
    return page;
  }
  const parallelDrawn = (page: Page) =>
    expect.poll(() => page.locator('#parallel').getAttribute('data-drawn')).toBe('60');
  /** Counts from now on what is drawn on canvases. */
  const count = (page: Page) =>
    page.evaluate(() => {
      const counted = { drawn: 0 };
      Object.assign(globalThis, { counted });
      for (const name of ['stroke', 'fill', 'fillRect'] as const) {
        const { prototype } = CanvasRenderingContext2D;
        const draw = prototype[name] as (...given: unknown[]) => void;
        Object.assign(prototype, {
          [name](this: CanvasRenderingContext2D, ...given: unknown[]) {
            counted.drawn++;
            return draw.apply(this, given);
          },
        });
      }
    });
  const drawn = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { counted: { drawn: number } }).counted.drawn);
  /** Waits until three frames have drawn nothing. */
  const atRest = (page: Page) =>
    expect
      .poll(async () => {
        const before = await drawn(page);
        await page.evaluate(
          () =>
            new Promise(resolve =>
              requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve))),
            ),
        );
        return (await drawn(page)) - before;
      })
      .toBe(0);

  test('stay as they are while others are open, and cost nothing to come back to', async () => {
    const page = await visit('at=parameters');
    await parallelDrawn(page);
    await count(page);
    await atRest(page);
    await place(page, 'Overview');
    await expect.poll(() => page.locator('#curves').getAttribute('data-drawn')).toBe('');
    await atRest(page);
    const before = await drawn(page);
    await place(page, 'Hyperparameters');
    await atRest(page);
    await place(page, 'Overview');
    await atRest(page);
    // Rings and names on top may be drawn again, sixty lines, dots and curves are not.
    expect((await drawn(page)) - before).toBeLessThan(60);
    await page.setViewportSize({ width: 1000, height: 900 });
    await place(page, 'Hyperparameters');
    await expect.poll(async () => (await drawn(page)) - before).toBeGreaterThan(200);
    await parallelDrawn(page);
  });

  test('show what was looked at and chosen meanwhile', async () => {
    const page = await visit('at=parameters');
    await parallelDrawn(page);
    const inked = () =>
      page
        .locator('.parallel-area canvas')
        .nth(2)
        .evaluate(canvas => {
          const { width, height } = canvas as HTMLCanvasElement;
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          return data.some((byte, i) => i % 4 === 3 && byte > 0);
        });
    expect(await inked()).toBe(false);
    await place(page, 'Trials');
    await page.locator('tr[data-trial="58"] [data-column="state"]').click();
    await page.evaluate(() => {
      location.hash += '&parallel.order=value,number';
    });
    await place(page, 'Hyperparameters');
    await expect.poll(inked).toBe(true);
    await expect.poll(() => page.locator('.axis-handle').count()).toBe(2);
  });

  test('come panel by panel where a frame has no time for more, and then say what they show', async () => {
    const page = await visit('at=study');
    await page.evaluate(() => {
      const now = performance.now.bind(performance);
      let late = 0;
      // Whoever looks at the clock finds that much time has passed.
      performance.now = () => {
        late += 20;
        return now() + late;
      };
    });
    await place(page, 'Hyperparameters');
    await parallelDrawn(page);
    await expect
      .poll(() => page.locator('.slice').count())
      .toBe(events[0]?.type === 'study-started' ? events[0].study.space.length : 0);
    await expect.poll(() => page.locator('#contour').getAttribute('data-picture')).not.toBeNull();
    await expect.poll(() => page.locator('.importance li').count()).toBeGreaterThan(3);
    expect(await seq(page)).toBe(events.length - 1);
  });
});
