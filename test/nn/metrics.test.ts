import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { MetricName } from '../../src/nn/metrics/by-name.js';
import { metricsByName, toMetric } from '../../src/nn/metrics/by-name.js';
import { topK } from '../../src/nn/metrics/top-k.js';

/** Scores of several classes, one array a row. */
function score(name: MetricName | string, prediction: readonly (readonly number[])[], y: readonly number[]): number {
  return toMetric(name).compute({
    prediction: prediction.flat(),
    outputs: prediction[0]?.length ?? 1,
    y,
    targets: 1,
    rows: prediction.length,
  });
}

function values(name: MetricName, prediction: readonly number[], y: readonly number[], outputs = 1): number {
  return metricsByName[name].compute({ prediction, outputs, y, targets: outputs, rows: y.length / outputs });
}

const column = (numbers: readonly number[]) => numbers.map(n => [n]);

describe('metrics of classes', () => {
  it('accuracy counts rows whose largest output is their class, the first of equal ones', () => {
    expect(
      score(
        'accuracy',
        [
          [0.1, 0.9],
          [0.6, 0.4],
          [0.5, 0.5],
          [0.2, 0.8],
        ],
        [1, 1, 0, 1],
      ),
    ).toBe(0.75);
  });

  it('accuracy of one output takes class 1 from 0.5 up', () => {
    expect(score('accuracy', column([0.5, 0.49, 0.9, 0.1]), [1, 1, 0, 0])).toBe(0.5);
  });

  it('a NaN output makes a row wrong, of every metric that ranks classes', () => {
    expect(
      score(
        'accuracy',
        [
          [Number.NaN, 0.1],
          [0.9, 0.1],
        ],
        [0, 0],
      ),
    ).toBe(0.5);
    expect(topK(5).compute({ prediction: [Number.NaN, 1, 0], outputs: 3, y: [0], targets: 1, rows: 1 })).toBe(0);
    expect(
      score(
        'top3Accuracy',
        [
          [Number.NaN, 0.1, 0.2, 0.3],
          [0.9, 0.1, 0, 0],
        ],
        [0, 0],
      ),
    ).toBe(0.5);
    expect(score('recall', column([Number.NaN, 0.9]), [1, 1])).toBe(0.5);
  });

  it('top-k counts rows whose class is among the k largest, and top 1 is accuracy', () => {
    const outputs = [
      [4, 3, 2, 1],
      [4, 3, 2, 1],
      [1, 1, 1, 1],
      [0, 0, 0, 1],
    ];
    expect(score('top3Accuracy', outputs, [2, 3, 3, 3])).toBe(0.5);
    expect(score('top2Accuracy', outputs, [1, 2, 1, 0])).toBe(0.75);
    expect(score('top4Accuracy', outputs, [0, 1, 2, 3])).toBe(1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }), fc.nat(3)), {
          minLength: 1,
        }),
        rows => {
          const args = [rows.map(([x]) => x), rows.map(([, y]) => y)] as const;
          expect(score('top1Accuracy', ...args)).toBe(score('accuracy', ...args));
        },
      ),
    );
  });

  it('precision, recall and F1 of two classes are those of class 1, from one output or two', () => {
    const p = [0.9, 0.8, 0.3, 0.6, 0.2, 0.1];
    const y = [1, 1, 1, 0, 0, 0];
    for (const outputs of [column(p), p.map(v => [1 - v, v])]) {
      expect(score('precision', outputs, y)).toBeCloseTo(2 / 3, 15);
      expect(score('recall', outputs, y)).toBeCloseTo(2 / 3, 15);
      expect(score('f1', outputs, y)).toBeCloseTo(2 / 3, 15);
    }
  });

  it('with more classes they are the plain mean over the classes that occur', () => {
    const oneHot = (c: number) => [0, 1, 2, 3].map(j => Number(j === c));
    // Class 3 occurs nowhere; truth 0 0 1 1 2, guess 0 1 1 1 0.
    const outputs = [0, 1, 1, 1, 0].map(oneHot);
    const y = [0, 0, 1, 1, 2];
    expect(score('precision', outputs, y)).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 15);
    expect(score('recall', outputs, y)).toBeCloseTo((1 / 2 + 1 + 0) / 3, 15);
    expect(score('f1', outputs, y)).toBeCloseTo((1 / 2 + 4 / 5 + 0) / 3, 15);
  });

  it('precision without predictions and recall without rows are 0, not NaN', () => {
    expect(score('precision', column([0.1, 0.2]), [1, 0])).toBe(0);
    expect(score('recall', column([0.9, 0.2]), [0, 0])).toBe(0);
    expect(score('f1', column([0.1, 0.2]), [0, 0])).toBe(0);
  });
});

describe('rocAuc', () => {
  const pairs = (scores: readonly number[], y: readonly number[]) => {
    let [wins, total] = [0, 0];
    scores.forEach((a, i) => {
      scores.forEach((b, j) => {
        if (y[i] !== 1 || y[j] !== 0) return;
        wins += a > b ? 1 : a === b ? 0.5 : 0;
        total++;
      });
    });
    return wins / total;
  };

  it('is the share of pairs ranked right, ties counting half', () => {
    const scores = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.nat(1)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(scores, rows => {
        const [p, y] = [rows.map(([a]) => a / 8), rows.map(([, b]) => b)];
        const expected = pairs(p, y);
        const got = score('rocAuc', column(p), y);
        if (Number.isNaN(expected)) expect(got).toBeNaN();
        else expect(got).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('of several classes is the mean of each against the rest, over the classes that occur', () => {
    const outputs = [
      [0.5, 0.3, 0.2],
      [0.2, 0.5, 0.3],
      [0.3, 0.4, 0.3],
      [0.6, 0.3, 0.1],
      [0.1, 0.6, 0.3],
    ];
    const y = [0, 1, 0, 1, 1];
    const of = (c: number) =>
      pairs(
        outputs.map(row => row[c]!),
        y.map(label => Number(label === c)),
      );
    expect(score('rocAuc', outputs, y)).toBeCloseTo((of(0) + of(1)) / 2, 14);
  });

  it('is NaN for rows of one class only, for no rows, and for a NaN score', () => {
    expect(score('rocAuc', column([0.1, 0.9]), [1, 1])).toBeNaN();
    expect(
      score(
        'rocAuc',
        [
          [0.1, 0.5, 0.4],
          [0.2, 0.5, 0.3],
        ],
        [2, 2],
      ),
    ).toBeNaN();
    expect(score('rocAuc', [], [])).toBeNaN();
    expect(score('rocAuc', column([0.1, Number.NaN]), [0, 1])).toBeNaN();
  });
});

describe('metrics of values', () => {
  it('mse, rmse and mae are means over rows and outputs', () => {
    const [p, y] = [
      [1, 2, 3, 4],
      [1, 4, 0, 4],
    ];
    expect(values('mse', p, y)).toBe(13 / 4);
    expect(values('rmse', p, y)).toBe(Math.sqrt(13 / 4));
    expect(values('mae', p, y)).toBe(5 / 4);
    expect(values('mse', p, y, 2)).toBe(13 / 4);
  });

  it('r2 is 1 for perfect predictions, 0 for the mean, and the mean over several outputs', () => {
    expect(values('r2', [1, 2, 3], [1, 2, 3])).toBe(1);
    expect(values('r2', [2, 2, 2], [1, 2, 3])).toBe(0);
    expect(values('r2', [3, 2, 1], [1, 2, 3])).toBe(-3);
    expect(values('r2', [1, 2, 2, 2, 3, 2], [1, 1, 2, 2, 3, 3], 2)).toBe(0.5);
  });

  it('r2 is NaN where the target does not vary, however it rounds', () => {
    expect(values('r2', [0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBeNaN();
    expect(values('r2', [1], [1])).toBeNaN();
  });

  it('a NaN prediction makes them NaN, and so do no rows', () => {
    for (const name of ['mse', 'rmse', 'mae', 'r2'] as const) {
      expect(values(name, [Number.NaN, 1], [0, 1])).toBeNaN();
      expect(values(name, [], [])).toBeNaN();
    }
  });
});

describe('every metric', () => {
  it('has the name it is known by, and says which way is better', () => {
    for (const [name, metric] of Object.entries(metricsByName)) {
      expect(metric.name).toBe(name);
      expect(metric.direction).toBe(['mse', 'rmse', 'mae'].includes(name) ? 'minimize' : 'maximize');
    }
  });

  it('is NaN for no rows', () => {
    for (const metric of Object.values(metricsByName)) {
      expect(metric.compute({ prediction: [], outputs: 1, y: [], targets: 1, rows: 0 })).toBeNaN();
    }
  });

  it('refuses targets of the other kind, and an unknown name with the nearest one', () => {
    expect(() => score('mse', [[0.1, 0.9]], [1])).toThrow(
      'the metric mse compares values, got 2 outputs and 1 targets',
    );
    expect(() => values('accuracy', [1, 2], [1, 2], 2)).toThrow(InputError);
    expect(() => toMetric('acuracy')).toThrow('no metric "acuracy" (did you mean "accuracy"?)');
    expect(() => toMetric('constructor')).toThrow(InputError);
  });
});
