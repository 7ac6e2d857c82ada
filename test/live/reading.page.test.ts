import { BehaviorSubject, concat, NEVER, Observable, of, Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveStudies } from '../../src/live/serve-studies.js';
import type { ShelvedStudy, SourceEvent } from '../../src/live/shelf.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { pill, seq } from './page-content.js';

const study = [...madeUpStudy({ trials: 6, epochs: 5 })];

describe.skipIf(noBrowser('a study that is being read'))('the page of a study that is being read', () => {
  const { keep, visit } = inBrowser();

  /** Two studies: one that is read as far as the test says, and one that is there. */
  const serve = async () => {
    const source = new Subject<SourceEvent>();
    const large: ShelvedStudy = {
      key: 'large',
      name: 'large',
      open: () =>
        new Observable<SourceEvent>(subscriber => {
          subscriber.next({ type: 'reading', share: 0.1 });
          return source.subscribe(subscriber);
        }),
    };
    const small: ShelvedStudy = { key: 'small', name: 'small', open: () => concat(of(...study), NEVER) };
    const studies$ = new BehaviorSubject([large, small]);
    const server = keep(await serveStudies({ studies$ }, { dashboards: builtPage, limits: { closeWithin: 300 } }));
    return { source, server };
  };

  test('says how far that is, and shows the study as soon as it was read', async () => {
    const { source, server } = await serve();
    const { page, wrong } = await visit(`${server.url}&study=large`);
    const notice = page.locator('#notice');
    const bar = page.getByRole('progressbar', { name: 'Read of the study' });
    await expect.poll(() => notice.textContent()).toMatch('Reading the study: 10 %.');
    expect(await bar.getAttribute('value')).toBe('0.1');
    expect(await pill(page)).toBe('Reading');
    for (const event of study) source.next(event);
    source.next({ type: 'reading', share: 0.4199 });
    await expect.poll(() => notice.textContent()).toMatch('Reading the study: 41 %.');
    expect(await bar.getAttribute('value')).toBe('0.41');
    expect(await page.locator('#page').isHidden()).toBe(true);
    source.next({ type: 'read' });
    await expect.poll(() => seq(page)).toBe(study.length - 1);
    expect(await page.locator('#page').isVisible()).toBe(true);
    expect(await notice.isHidden()).toBe(true);
    expect(await pill(page)).toBe('Finished');
    expect(wrong).toEqual([]);
  });

  test('leads to the list of studies meanwhile, and to another one', async () => {
    const { server } = await serve();
    const { page, wrong } = await visit(`${server.url}&study=large`);
    await page.getByRole('link', { name: 'Show the list of studies' }).click();
    await expect.poll(() => page.locator('#studies tbody tr').count()).toBe(2);
    expect(await page.locator('#notice').textContent()).toBe('Reading the study: 10 %.');
    await page.getByRole('link', { name: 'small' }).click();
    await expect.poll(() => seq(page)).toBe(study.length - 1);
    expect(await page.locator('#notice').isHidden()).toBe(true);
    expect(wrong).toEqual([]);
  });
});
