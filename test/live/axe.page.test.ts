import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { concat, from, NEVER, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import { serveStudies } from '../../src/live/serve-studies.js';
import { studyControl } from '../../src/tune/study-control.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { seq } from './page-content.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds, a line each: the rule, and where. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  });
}

const places = ['overview', 'parameters', 'runs', 'front', 'trials', 'trial', 'study'];
const limits = { closeWithin: 300 };

describe.skipIf(noBrowser('accessibility'))('axe-core finds nothing', () => {
  const { keep, visit } = inBrowser();

  test.each([
    ['light', 1360],
    ['dark', 1360],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'in any place of a running study with several objectives that may be steered, %s, %i pixels wide',
    async (colorScheme, width) => {
      const events = [...madeUpStudy({ trials: 12, epochs: 9, objectives: true })].slice(0, -12);
      const control = studyControl();
      const server = keep(await serveLive(concat(from(events), NEVER), { dashboards: builtPage, control, limits }));
      const { page } = await visit(
        `${server.url}&control=${server.controlToken}&trial=5&selected=3,4&where=number%3D0..;hparam%2520momentum%3D..,!`,
        {
          colorScheme,
          viewport: { width, height: 900 },
        },
      );
      await expect.poll(() => seq(page), { timeout: 20_000 }).toBe(events.length - 1);
      for (const place of places) {
        await page.evaluate(at => {
          const all = new URLSearchParams(location.hash.slice(1));
          all.set('at', at);
          location.hash = `#${all}`;
        }, place);
        await page.locator(`.place-${place}:not([hidden]) section:not([hidden])`).first().waitFor();
        await expect.poll(() => page.locator(`.place-${place} .skeleton`).count()).toBe(0);
        expect([place, await findings(page)]).toEqual([place, []]);
      }
    },
    60_000,
  );

  test('where there are several studies, and where there is none', async () => {
    const study = (key: string, seed: number) => ({
      key,
      name: key,
      open: () => concat(from(madeUpStudy({ trials: 6, epochs: 5, seed, name: key })), NEVER),
    });
    const shelf = { studies$: concat(of([study('one', 1), study('two', 2)]), NEVER) };
    const several = keep(await serveStudies(shelf, { dashboards: builtPage, limits }));
    const { page } = await visit(`${several.url}&at=studies`);
    await page.locator('.place-studies:not([hidden])').waitFor();
    expect(await findings(page)).toEqual([]);
    const none = keep(await serveLive(NEVER, { dashboards: builtPage, limits }));
    const { page: empty } = await visit(none.url);
    await empty.getByText('Waiting for the study to begin').waitFor();
    expect(await findings(empty)).toEqual([]);
    const reading = { ...study('one', 1), open: () => concat(of({ type: 'reading', share: 0.41 } as const), NEVER) };
    const read = keep(
      await serveStudies(
        { studies$: concat(of([reading, study('two', 2)]), NEVER) },
        { dashboards: builtPage, limits },
      ),
    );
    const { page: waits } = await visit(`${read.url}&study=one`);
    await waits.getByText('Reading the study: 41 %').waitFor();
    await waits.getByText('Show the list of studies').waitFor();
    expect(await findings(waits)).toEqual([]);
  });
});
