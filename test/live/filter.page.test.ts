import type { Page } from 'playwright-core';
import { concat, from, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { rungStudy } from './made-up-variants.js';
import { seq } from './page-content.js';

describe.skipIf(noBrowser('the filter'))('the filter of the page', () => {
  const { keep, visit: open } = inBrowser();
  async function visit(events: readonly StudyEvent[], hash: string): Promise<Page> {
    const server = await serveLive(concat(from(events), NEVER), {
      dashboards: builtPage,
      limits: { closeWithin: 300 },
    });
    keep(server);
    const { page } = await open(server.url + hash, { viewport: { width: 1200, height: 900 } });
    await expect.poll(() => seq(page), { timeout: 15_000 }).toBe(events.at(-1)?.seq);
    return page;
  }
  const inLink = (page: Page, key: string) =>
    page.evaluate(key => new URLSearchParams(location.hash.slice(1)).get(key), key);
  /** Pixels of all canvases of a panel that are not empty. */
  const inked = (page: Page, panel: string) =>
    page.locator(`${panel} canvas`).evaluateAll(all =>
      (all as HTMLCanvasElement[]).reduce((sum, canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let some = 0;
        for (let at = 3; at < data.length; at += 4) some += Number(data[at]! > 0);
        return sum + some;
      }, 0),
    );

  const several = [...madeUpStudy({ details: false, trials: 40, objectives: true })];
  test.each([
    ['overview', '#curves', several],
    ['overview', '#progress', several],
    ['parameters', '#parallel', several],
    ['parameters', '[data-hparam="units"]', several],
    ['parameters', '#contour', several],
    ['front', '#front', several],
    ['runs', '#rungs', rungStudy('hyperband', 60)],
  ] as const)(
    'leaves trials in the charts as a pale context unless they are to be hidden: %s, %s',
    async (at, panel, events) => {
      const page = await visit(events, `&at=${at}&where=number%3D3..6`);
      const others = page.getByRole('group', { name: 'What charts do with the other trials' });
      expect(await others.getByLabel('Dimmed').isChecked()).toBe(true);
      await others.getByLabel('Hidden').check({ force: true });
      expect(await inLink(page, 'others')).toBe('hidden');
      await page.reload();
      expect(await others.getByLabel('Hidden').isChecked()).toBe(true);
      // What is drawn in slices, and curves that come later, are there in the end.
      const settled = async () => {
        let before: number;
        let now = -1;
        do {
          before = now;
          await page.waitForTimeout(800);
          now = await inked(page, panel);
        } while (now !== before || now === 0);
        return now;
      };
      const hidden = await settled();
      await others.getByLabel('Dimmed').check({ force: true });
      expect(await inLink(page, 'others')).toBeNull();
      await expect.poll(() => inked(page, panel)).toBeGreaterThan(hidden);
      const dimmed = await settled();
      expect(dimmed).toBeGreaterThan(hidden);
      await others.getByLabel('Hidden').check({ force: true });
      await expect.poll(() => inked(page, panel)).toBeLessThan(dimmed);
      await page.locator('#filters').getByRole('button', { name: 'Clear' }).click();
      await expect.poll(() => others.isVisible()).toBe(false);
    },
  );

  test('can ask for trials that lack a conditional hyperparameter, in the bar, at an axis and on it; the link says so', async () => {
    const page = await visit(several, '&at=parameters');
    const has = several.flatMap(event => (event.type === 'trial-started' ? ['momentum' in event.hparams] : []));
    const lacking = has.filter(one => !one).length;
    const passing = page.locator('#filters .passing');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: '+ Field' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'momentum', exact: true }).click();
    const popover = page.getByRole('dialog', { name: 'Filter' });
    expect(await popover.getByLabel('Trials without it').inputValue()).toBe('kept');
    await popover.getByLabel('Trials without it').selectOption('only these');
    expect(await inLink(page, 'where')).toBe('hparam%20momentum=!');
    await expect.poll(() => passing.textContent()).toBe(`${lacking} of 40 trials`);
    await popover.getByLabel('momentum: least').fill('0.5');
    expect(await popover.getByLabel('Trials without it').inputValue()).toBe('left-out');
    await popover.getByLabel('Trials without it').selectOption('shown');
    expect(await inLink(page, 'where')).toBe('hparam%20momentum=0.5..,!');
    await popover.getByLabel('momentum: greatest').fill('0.9');
    expect(await inLink(page, 'where')).toBe('hparam%20momentum=0.5..0.9,!');
    await page.keyboard.press('Escape');
    expect(await page.locator('#filters .chip-field').textContent()).toContain('momentum 0.5 to 0.9 or not there');
    await page.reload();
    await expect.poll(() => page.locator('#filters .chip-field').textContent()).toContain('0.5 to 0.9 or not there');

    const handle = page.locator('.axis-handle[data-field="hparam momentum"]');
    const editor = page.getByRole('group', { name: 'Trials with momentum' });
    // A page that has just loaded may still be drawing its axes.
    await expect
      .poll(async () => {
        if (!(await editor.isVisible())) await handle.press('Enter');
        return editor.isVisible();
      })
      .toBe(true);
    expect(await editor.getByLabel('Trials without it').inputValue()).toBe('kept');
    await editor.getByLabel('Trials without it').selectOption('left out');
    expect(await inLink(page, 'where')).toBe('hparam%20momentum=0.5..0.9');
    await page.getByRole('button', { name: 'Any momentum' }).press('Enter');
    expect(await inLink(page, 'where')).toBeNull();
    // The bar above comes and goes with the filter.
    const pressRail = async () => {
      const handle = (await page.locator('.axis-handle[data-field="hparam momentum"]').boundingBox())!;
      const area = (await page.locator('.parallel-area').boundingBox())!;
      await page.mouse.click(handle.x + handle.width / 2, area.y + area.height - 16);
    };
    const said = () => page.locator('.parallel-area').getAttribute('title');
    await pressRail();
    expect(await inLink(page, 'where')).toBe('hparam%20momentum=!');
    await page.mouse.move(0, 0);
    await pressRail();
    await pressRail();
    expect(await said()).toBe('Show only trials without momentum');
    await expect.poll(() => page.locator('#parallel').getAttribute('data-trials')).toBe(String(lacking));
    await pressRail();
    expect(await inLink(page, 'where')).toBeNull();
  });
});
