import { describe, expect, it } from 'vitest';
import { secondsLeft, shareDone } from '../../src/cli/progress.js';
import { type DisplayContext, studyDisplay } from '../../src/cli/study-display.js';
import { studySummary } from '../../src/cli/study-summary.js';
import { style } from '../../src/cli/style.js';
import { columns } from '../../src/cli/text.js';
import { emptyStudy, type TrialRecord } from '../../src/tune/study-state.js';
import { bodies, finishedBody, info, play } from './study.js';

const plain = style(false);
const context = (more: Partial<DisplayContext> = {}): DisplayContext => ({
  columns: 80,
  rows: 24,
  style: plain,
  elapsed: 60,
  health: new Map(),
  ...more,
});
const text = (lines: readonly string[]) => `\n${lines.join('\n')}\n`;

describe('the display of a running study', () => {
  const { state, health } = play(bodies);

  it('says how far it is, what is best, what runs, what ended last and what is unwell', () => {
    const lines = studyDisplay(state, context({ health, latest: 3 }));
    expect(text(lines)).toMatchInlineSnapshot(`
      "
      digits  minimize valLoss · random · 2 at a time · webasm

        trials   ████████████░░░░░░░░░░░░░░░░░░░░  4 of 12 done, 2 running
                 2 complete · 1 pruned · 1 failed
        time     1:00 · about 1:35 left · 0.7 epochs/s

        best     valLoss 0.0667 in trial #3, epoch 30
                 units 19 · activation tanh · optimizer sgd · sgd.learningRate 0.1 ·
                 momentum 0.9 · batchSize 64

        running  #4        5/30     0.3000  █▅▅▂▁
                 #5        1/30     2.3100  ▁

        last     #3 complete, all epochs: all 30 epochs were run

        health   vanishing gradients in #5, layer 2 (dense), 1.20e-9 at step 31: use
                 relu
      "
    `);
  });

  it('says so when nothing is known yet', () => {
    expect(studyDisplay(emptyStudy, context())).toEqual([]);
    expect(text(studyDisplay(play(bodies.slice(0, 1)).state, context({ elapsed: 0 })))).toMatchInlineSnapshot(`
      "
      digits  minimize valLoss · random · 2 at a time · webasm

        trials   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0 of 12 done, 0 running
                 0 complete · 0 pruned · 0 failed
        time     0.0 s

        best     none yet


        running

      "
    `);
  });

  it('says that it is being interrupted', () => {
    expect(studyDisplay(state, context({ interrupted: true })).join('\n')).toContain('interrupted: finishing');
  });

  it('has a time left for a study that ends by the clock, and none for one without an end', () => {
    const { trials: _, ...endless } = info;
    const open = play([{ type: 'study-started', study: endless }, ...bodies.slice(1)]).state;
    expect(studyDisplay(open, context({ timeLimit: 90 })).join('\n')).toMatch(
      /4 done, 2 running[\s\S]*about 30 s left/,
    );
    expect(studyDisplay(open, context()).join('\n')).not.toContain('left');
  });

  it('keeps its lines in place as trials start and end, at the same number of hyperparameters', () => {
    const heights = bodies.map(
      (_, i) => studyDisplay(play(bodies.slice(0, i + 1)).state, context({ latest: 0 })).length,
    );
    expect(new Set(heights.slice(8)).size).toBeLessThanOrEqual(2);
  });

  it('fits 80 columns as composed, but for the sentences, which the terminal’s writer cuts', () => {
    for (const line of studyDisplay(state, context({ health, latest: 0 }))) {
      if (!line.includes('did not improve')) expect(columns(line)).toBeLessThanOrEqual(80);
    }
  });

  it('is the same with colours but for the colours', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    const colored = studyDisplay(state, context({ style: style(true), health })).map(line => line.replace(escapes, ''));
    expect(colored).toEqual(studyDisplay(state, context({ health })));
  });

  it('names no more running trials than there is room for', () => {
    const crowd = play([
      { type: 'study-started', study: { ...info, parallel: 40 } },
      ...Array.from({ length: 40 }, (_, trial) => ({ type: 'trial-started', trial, hparams: {} }) as const),
    ]).state;
    const lines = studyDisplay(crowd, context());
    expect(lines.length).toBeLessThan(24);
    expect(lines.at(-1)?.trim()).toBe('and 33 more');
  });
});

describe('progress', () => {
  it('counts running trials by their epochs and never runs backwards to less than what is over', () => {
    const shares = bodies.map((_, i) => shareDone(play(bodies.slice(0, i + 1)).state) ?? 0);
    expect(Math.min(...shares)).toBe(0);
    expect(shares.at(-1)).toBeGreaterThan(4 / 12);
    expect(shares.at(-1)).toBeLessThan(6 / 12);
  });

  it('tells no time left before it can', () => {
    expect(secondsLeft(play(bodies).state, 0.5)).toBeUndefined();
    expect(secondsLeft(emptyStudy, 100)).toBeUndefined();
    expect(secondsLeft(emptyStudy, 100, 130)).toBe(30);
    expect(secondsLeft(emptyStudy, 200, 130)).toBe(0);
  });
});

describe('plain lines', () => {
  it('are one for the study, one for each finished trial and one for each new ailment', () => {
    expect(text(play(bodies).lines)).toMatchInlineSnapshot(`
      "
      digits: 12 trials, minimize valLoss, random, 2 at a time, on webasm
      trial 0 complete, valLoss 0.5000 at epoch 3, 4 epochs, 1.0 s; patience: valLoss 0.6 did not improve on 0.5 (epoch 3) for 1 epoch; units 16, activation relu, optimizer adam, adam.learningRate 0.001235, batchSize 32
      trial 1 pruned, valLoss 2.0000 at epoch 2, 2 epochs, 0.5 s; median: best valLoss 2 is worse than 1, the median of 5 trials at epoch 2; units 17, activation tanh, optimizer sgd, sgd.learningRate 0.1, momentum 0.9, batchSize 64
      trial 2 failed, no valLoss, 1 epoch, 0.3 s; diverged: loss is not a number; units 18, activation relu, optimizer adam, adam.learningRate 0.001235, batchSize 32
      trial 3 complete, valLoss 0.0667 at epoch 30, 30 epochs, 7.5 s; all epochs: all 30 epochs were run; units 19, activation tanh, optimizer sgd, sgd.learningRate 0.1, momentum 0.9, batchSize 64
      trial 5, epoch 1: vanishing gradients in layer 2 (dense), 1.20e-9 at step 31: use relu
      "
    `);
  });
});

describe('the summary of a study', () => {
  const { state, health } = play([...bodies, finishedBody]);

  it('shows the best trials, who ended how many, what failed, and the best hyperparameters', () => {
    expect(text(studySummary(state, { columns: 80, style: plain, seconds: 75, health }))).toMatchInlineSnapshot(`
      "
      digits: interrupted after 4 trials in 1:15
      2 complete, 1 pruned, 1 failed; 43 epochs, 4,300 rows trained

      trial  valLoss  epoch  state     ended by    units  activation  optimizer  …
         #3   0.0667  30/30  complete  all epochs     19  tanh        sgd
         #0   0.5000    3/4  complete  patience       16  relu        adam
         #1   2.0000    2/2  pruned    median         17  tanh        sgd
      no room for sgd.learningRate, momentum, batchSize, adam.learningRate

      ended by patience 1 · median 1 · diverged 1 · all epochs 1

      #2 failed, diverged: loss is not a number

      vanishing gradients in #5, layer 2 (dense), 1.20e-9 at step 31: use relu

      best: valLoss 0.0667 at epoch 30 of trial #3
        units             19
        activation        tanh
        optimizer         sgd
        sgd.learningRate  0.1
        momentum          0.9
        batchSize         64
      "
    `);
  });

  it('fits the width but for reasons of failures', () => {
    for (const width of [60, 80, 120]) {
      for (const line of studySummary(state, { columns: width, style: plain, seconds: 75, health: new Map() })) {
        if (!line.includes('failed')) expect(columns(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('says so when no trial was completed', () => {
    const none = play([{ type: 'study-started', study: info }, finishedBody]).state;
    expect(
      text(studySummary(none, { columns: 80, style: plain, seconds: 0.2, health: new Map() })),
    ).toMatchInlineSnapshot(`
      "
      digits: interrupted after 0 trials in 0.2 s
      0 complete, 0 pruned, 0 failed; 0 epochs

      no trial was completed
      "
    `);
  });

  it('takes nothing of a hostile name for a command to the terminal', () => {
    const evil = `${String.fromCharCode(27)}[2Jdigits\n`;
    const { state: odd } = play([
      { type: 'study-started', study: { ...info, name: evil } },
      ...bodies.slice(1),
      finishedBody,
    ]);
    expect(studySummary(odd, { columns: 80, style: plain, seconds: 1, health: new Map() }).join('')).not.toContain(
      String.fromCharCode(27),
    );
    expect(studyDisplay(odd, context()).join('')).not.toContain(String.fromCharCode(27));
  });

  it('names every objective where a study begins', () => {
    const objectives = [
      { metric: 'valLoss', direction: 'minimize' },
      { metric: 'valAccuracy', direction: 'maximize' },
    ] as const;
    const { lines, state } = play([{ type: 'study-started', study: { ...info, objectives } }]);
    expect(lines[0]).toContain(', minimize valLoss, maximize valAccuracy, ');
    expect(studyDisplay(state, context())[0]).toContain('minimize valLoss · maximize valAccuracy · ');
  });

  it('lists the Pareto front of several objectives, counts without decimals', () => {
    const objectives = [
      { metric: 'valLoss', direction: 'minimize' },
      { metric: 'parameters', direction: 'minimize' },
    ] as const;
    const values = [
      [0.5, 10],
      [0.2, 40],
      [0.4, 50],
    ] as const;
    const record = (number: number): TrialRecord => {
      const [value, size] = values[number] as readonly [number, number];
      const stop = { by: 'epochs', reason: 'ran to its end', outcome: 'complete', epoch: 3 } as const;
      const hparams = { units: number };
      const common = { reports: [], bestEpoch: 3, epochs: 3, samples: 9, startedAt: 0, stop, hparams };
      return { number, state: 'complete', value, values: [value, size], ...common };
    };
    const two = {
      ...emptyStudy,
      study: { ...info, objectives },
      trials: new Map(values.map((_, number) => [number, record(number)])),
    };
    const lines = studySummary(two, { columns: 80, style: plain, seconds: 1, health: new Map() });
    expect(text(lines.slice(3, 6))).toMatchInlineSnapshot(`
      "
      trial  valLoss  parameters  epoch  state     ended by    units
         #1   0.2000          40    3/3  complete  all epochs      1
         #0   0.5000          10    3/3  complete  all epochs      0
      "
    `);
    expect(lines.at(-1)).toBe(
      'Pareto front (minimize valLoss, minimize parameters): 2 trials that no other beats in all',
    );
  });
});
