import type { Page } from 'playwright-core';
import { concat, from, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { builtPage, inBrowser, noBrowser } from './in-browser.js';
import { madeUpStudy } from './made-up-study.js';
import { asRegression, rungStudy, withFolds, withPauses } from './made-up-variants.js';
import { choose, inLink } from './page-content.js';

describe.skipIf(noBrowser("the trial's page"))('the header, the timeline and the page of a trial', () => {
  const { keep, visit: open } = inBrowser();
  /** The page over these events, and the fold of them to compare with. */
  async function visit(
    events: readonly StudyEvent[],
    hash = '',
    options: Parameters<typeof open>[1] = {},
  ): Promise<{ page: Page; wrong: readonly string[]; study: StudyState }> {
    const events$ = events.at(-1)?.type === 'study-finished' ? from(events) : concat(from(events), NEVER);
    const server = await serveLive(events$, { dashboards: builtPage, limits: { closeWithin: 300 } });
    keep(server);
    const { page, wrong } = await open(`${server.url}${hash}`, { viewport: { width: 1360, height: 900 }, ...options });
    await expect
      .poll(() => page.locator('#page').evaluate(main => Number(main.dataset.seq ?? -1)))
      .toBe(events.at(-1)?.seq);
    // The details of a trial come after the study; until then a panel shows a skeleton, or nothing yet.
    const isDetailed = hash.includes('at=trial') && (await page.locator('.panel-log').count()) > 0;
    if (isDetailed) await page.locator('.log-text').first().waitFor();
    await expect
      .poll(() =>
        page.locator('.skeleton:visible').evaluateAll(all => all.map(each => each.closest('section')?.className)),
      )
      .toEqual([]);
    return { page, wrong, study: events.reduce(foldEvent, emptyStudy) };
  }
  const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();

  test('the header stands above every place, low, and leads to the best trial', async () => {
    const { page, study, wrong } = await visit([...madeUpStudy({ trials: 20 })], '&at=runs');
    const best = study.best?.trial;
    expect(await page.locator('.stat-best').textContent()).toContain(`valLoss, epoch ${study.best?.epoch} of #${best}`);
    // No load was heard of.
    expect(await page.locator('.stat-load').isVisible()).toBe(false);
    expect((await page.locator('.overview').boundingBox())?.height).toBeLessThan(170);
    await page.getByRole('link', { name: `Open trial ${best}, the best so far` }).click();
    await page.getByRole('heading', { name: `Trial ${best} complete, the best so far` }).waitFor();
    expect(await page.locator('.places [aria-current]').textContent()).toBe(`Trial #${best}`);
    await page.goBack();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(wrong).toEqual([]);
  });

  test('the header says in words what the trials of a running study do', async () => {
    const events = withPauses(madeUpStudy({ trials: 12 }));
    const paused = events.findIndex(({ type }) => type === 'trial-paused');
    const { page } = await visit(events.slice(0, paused + 1));
    await expect.poll(() => page.locator('.study-state').textContent()).toMatch(/^Running: .*; 3 running, 1 paused$/);
    expect(await page.locator('.stat-trials').textContent()).toContain('3 running, 1 paused');
  });

  test('the timeline has a lane for every place and a bar for every stretch, zooms, and pins what is clicked', async () => {
    const { page, study, wrong } = await visit(withPauses(madeUpStudy({ trials: 12 })), '&at=runs');
    const chart = page.locator('#timeline .board');
    await expect
      .poll(() => page.locator('#timeline').evaluate(box => ({ ...box.dataset })))
      .toMatchObject({ lanes: '4', bars: '13' });
    await expect
      .poll(() => chart.getAttribute('aria-label'))
      .toMatch(/^Timeline: 13 stretches of trials at 4 places in .*; idle \d+ %, /);
    // Trial 0 was paused first of all, at the first place.
    await chart.click({ position: { x: 123, y: 15 } });
    await expect.poll(() => inLink(page, 'trial')).toBe('0');
    expect(await page.locator('#tooltip').textContent()).toContain('#0');
    await page.keyboard.press('Escape');
    await expect.poll(() => inLink(page, 'trial')).toBeNull();

    await chart.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect.poll(() => inLink(page, 'timeline.to')).not.toBeNull();
    const [low, high] = [Number(await inLink(page, 'timeline.from')), Number(await inLink(page, 'timeline.to'))];
    const whole = ((study.finishedAt as number) - (study.startedAt as number)) / 1000;
    expect(high - low).toBeCloseTo(whole * 0.36, 1);
    // The arrows go from bar to bar, and the window follows.
    await page.keyboard.press('ArrowDown');
    await expect
      .poll(() => page.locator('#timeline [role=status]').textContent())
      .toMatch(/^Trial \d+, \w+, place 1, from /);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const pinned = await inLink(page, 'trial');
    expect(study.trials.get(Number(pinned))?.slot).toBe(1);
    await page.keyboard.press('Space');
    await expect.poll(() => inLink(page, 'selected')).toBe(pinned);
    await page.getByRole('button', { name: 'Fit: show all of the time' }).click();
    await expect.poll(() => inLink(page, 'timeline.to')).toBeNull();
    expect(wrong).toEqual([]);
  });

  test('the rungs tell who was kept and who fell, by bracket, and a link shows the same', async () => {
    const { page, study, wrong } = await visit(rungStudy('hyperband', 80), '&at=runs&rungs.bracket=1&rungs.log=1');
    const select = page.getByLabel('Bracket');
    expect(await select.inputValue()).toBe('0.1');
    expect(await page.locator('#rungs-tools').getByLabel('Log').isChecked()).toBe(true);
    const rows = page.locator('.rungs-table tbody tr');
    const label = () => page.locator('#rungs .board').getAttribute('aria-label');
    await expect.poll(() => rows.count()).toBe(2 + 2);
    await select.selectOption('0.0');
    await expect.poll(() => rows.count()).toBe(3 + 2);
    const started = Number(await rows.first().locator('.num').first().textContent());
    await expect
      .poll(label)
      .toMatch(
        new RegExp(`^Rungs of hyperband by valLoss, ${started} trials started: at epoch 1 ${started} reached, `),
      );
    // The keys go through the dots that are drawn.
    const reached = [...((await label()) ?? '').matchAll(/(\d+) reached/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    await expect.poll(async () => Number(await page.locator('#rungs').getAttribute('data-dots'))).toBe(reached);
    expect(await page.locator('#rungs-note').textContent()).toContain(
      `hyperband ended ${study.counts.pruned} trials early`,
    );
    await page.locator('#rungs .board').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(() => page.locator('#rungs > [role=status]').textContent())
      .toMatch(
        /^Trial \d+, (fell at epoch 1: [\d.]+ against [\d.]+, the best.*of bracket 0.*too much\)|kept at epoch 1: )/,
      );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await inLink(page, 'trial')).not.toBeNull();
    expect(await inLink(page, 'selected')).toBe(await inLink(page, 'trial'));
    expect(wrong).toEqual([]);
  });

  test('a trial’s page tells all of it: how it compares, norms, mistakes, and what happened', async () => {
    const events = withPauses(madeUpStudy({ trials: 12 }));
    const { page, study, wrong } = await visit(events, '&at=trial&trial=0');
    const trial = study.trials.get(0)!;
    await expect.poll(() => page.locator('.trial-facts').textContent()).toContain('trials/0/epoch-30.json, epoch 30');
    expect(await page.locator('.trial-hparams tbody tr').count()).toBe(Object.keys(trial.hparams).length);
    await expect
      .poll(async () => (await texts(page, '.log-text')).slice(0, 5))
      .toEqual([
        'Started at place 1: its hyperparameters drawn by random.',
        'Paused after epoch 3 by a page.',
        'To go on as soon as there is a place, asked for by the command line.',
        'Runs again at place 1, from epoch 3.',
        'Complete: ran all 30 epochs.',
      ]);
    await page.getByLabel('Every epoch').check();
    await expect.poll(() => page.locator('.log > li').count()).toBe(5 + 30);
    expect(await inLink(page, 'log.all')).toBe('1');

    // The newest predictions, of its best epoch, are those of the report.
    const best = trial.reports.find(({ epoch }) => epoch === trial.bestEpoch)!;
    const counts = best.predictions?.kind === 'confusion' ? best.predictions.counts : [];
    const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
    const all = counts.flat().reduce((sum, n) => sum + n, 0);
    expect(await page.locator('.confusion-words').textContent()).toContain(`${right} of ${all} rows`);
    expect(await page.locator('#predictions-note').textContent()).toBe(
      `Of the validation rows at epoch ${trial.bestEpoch}, its best epoch.`,
    );
    await choose(page.getByLabel('Rows'));
    await expect
      .poll(() => page.locator('.matrix tbody tr').first().locator('td').first().textContent())
      .toBe(String(counts[0]?.[0]));

    // Another epoch, by the slider, for all panels.
    const slider = page.getByLabel('Epoch', { exact: true });
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await inLink(page, 'trial.epoch')).toBe('1');
    await expect
      .poll(() => page.locator('.small-chart b').first().textContent())
      .toBe(trial.reports[0]?.metrics.valLoss?.toFixed(4));
    await expect.poll(() => page.locator('#predictions-note').textContent()).toBe('Of the validation rows at epoch 1.');

    // A browser says that details are open a moment after they are.
    await page.getByText('As a table').click();
    const layers = best.norms?.layers ?? [];
    await expect
      .poll(() => page.locator('.norms-table table').first().locator('tbody th').allTextContents())
      .toEqual([...layers].reverse());
    await page.locator('.norm-strip .board').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.locator('.norm-strip .readout').first().textContent())
      .toMatch(/^The gradients of layer \d dense at epoch 1: 0\.\d+/);

    // The next one is looked at in its best epoch again.
    await page.getByRole('button', { name: 'Next →: trial 1' }).click();
    await page.getByRole('heading', { name: /^Trial 1 / }).waitFor();
    expect(await inLink(page, 'trial.epoch')).toBeNull();
    expect(await page.locator('.places [aria-current]').textContent()).toBe('Trial #1');
    // Letting go of it leads back, for good.
    await page.locator('#page').focus();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Learning curves' }).waitFor();
    expect(await inLink(page, 'at')).toBeNull();
    expect(wrong).toEqual([]);
  });

  test('a clone says of what, and by what rank it is reached', async () => {
    const { page, study } = await visit(withPauses(madeUpStudy({ trials: 12 })), '&at=trial&trial=2');
    // The details of a trial come after the study.
    await page.locator('.log-text').first().waitFor();
    expect((await texts(page, '.log-text'))[0]).toMatch(
      /^Enqueued: a clone of trial 1, with .*→.*\. It waits to be started\.$/,
    );
    const ranked = [...study.trials.values()]
      .filter(({ value }) => value !== undefined)
      .sort((a, b) => (a.value as number) - (b.value as number));
    const at = ranked.findIndex(({ number }) => number === 2);
    const better = ranked[at - 1]?.number;
    const name = better === undefined ? '↑ Better: there is none' : `↑ Better: trial ${better}`;
    await page.getByRole('button', { name }).waitFor();
  });

  test('residuals and folds have a panel where there are any', async () => {
    const { page, study, wrong } = await visit(
      withFolds(asRegression(madeUpStudy({ trials: 4 }))),
      '&at=trial&trial=1',
    );
    await page.locator('.residuals canvas').waitFor();
    await expect
      .poll(() => page.locator('.fit-words').textContent())
      .toMatch(/^R² [\d.]+, mean absolute error [\d.]+, .* \(of 200 of 359 rows\)$/);
    await page.locator('.residuals .board').focus();
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.locator('.residuals .readout').textContent())
      .toMatch(/^Truth -?[\d.]+, predicted -?[\d.]+: off by /);
    await choose(page.getByLabel('Residual', { exact: true }));
    expect(await inLink(page, 'predictions.plot')).toBe('residual');
    const trial = study.trials.get(1)!;
    const best = trial.reports.find(({ epoch }) => epoch === trial.bestEpoch)!;
    const rows = page.locator('.folds tbody tr');
    await expect.poll(() => rows.count()).toBe(6);
    expect(await rows.last().textContent()).toContain(
      `${best.metrics.valLoss?.toFixed(4)} ± ${best.standardErrors?.valLoss?.toFixed(4)}`,
    );
    expect(wrong).toEqual([]);
  });

  test('what is not there is said in a sentence: norms, predictions, epochs, the trial itself', async () => {
    const events = [...madeUpStudy({ trials: 3, details: false })];
    const { page } = await visit(events, '&at=trial&trial=0');
    expect(await page.locator('#norms').textContent()).toContain('gradientHealth()');
    expect(await page.locator('#predictions').textContent()).toContain('data.split');
    await page.evaluate(() => {
      location.hash = location.hash.replace('trial=0', 'trial=77');
    });
    await page.getByText('This study has no trial 77.').waitFor();
    const { page: early } = await visit(events.slice(0, 2), '&at=trial&trial=0');
    await early.getByText('No epoch is finished yet.').first().waitFor();
  });

  test('names that a user chose are text, everywhere', async () => {
    const hostile = '<img src=x onerror="document.title=\'taken\'">';
    const words = { activation: hostile, hparam: hostile, class: hostile };
    const events = Array.from(
      madeUpStudy({ trials: 6, words }),
      (event): StudyEvent =>
        event.type === 'trial-finished'
          ? { ...event, stop: { ...event.stop, by: hostile, reason: hostile, against: hostile } }
          : event,
    );
    const { page, wrong } = await visit(events, '&at=trial&trial=1');
    for (const place of ['.trial-hparams', '.matrix', '.trial-ending', '.log']) {
      expect(await page.locator(place).textContent(), place).toContain(hostile);
    }
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    expect(wrong).toEqual([]);
  });

  test('no place has a horizontal scroll bar on a telephone, in the dark', async () => {
    const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const };
    const { page, wrong } = await visit(withFolds(madeUpStudy({ trials: 12 })), '&at=runs&trial=3', options);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.getByRole('link', { name: 'Trial #3' }).click();
    await page.locator('.folds').waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(wrong).toEqual([]);
  });

  test('a thousand trials have their bars and dots, and the pointer finds them', async () => {
    const { page } = await visit(rungStudy('successiveHalving', 1000), '&at=runs');
    await expect.poll(() => page.locator('#timeline').getAttribute('data-bars')).toBe('1000');
    await expect.poll(async () => Number(await page.locator('#rungs').getAttribute('data-dots'))).toBeGreaterThan(1400);
    await page.locator('#timeline .board').hover({ position: { x: 600, y: 15 } });
    await page
      .locator('#tooltip')
      .getByText(/^from .* for .* epochs?$/)
      .waitFor();
  });
});
