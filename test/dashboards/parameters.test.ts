import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { axisScale } from '../../dashboards/src/chart/axis-scale.js';
import { brushedParts, wantedBetween } from '../../dashboards/src/chart/brush-range.js';
import { jitter } from '../../dashboards/src/chart/jitter.js';
import { kernelField, nodes, type PlacedValue } from '../../dashboards/src/chart/kernel-field.js';
import { objectiveScale } from '../../dashboards/src/chart/objective.js';
import { painter } from '../../dashboards/src/chart/painter.js';
import { notThere, placesOn } from '../../dashboards/src/chart/places.js';
import { isDark, ramp, rampIndex } from '../../dashboards/src/chart/ramp.js';
import { nextIndex } from '../../dashboards/src/chart/walk.js';
import { fieldsOf } from '../../dashboards/src/fields.js';
import { filterText, passes } from '../../dashboards/src/filter.js';
import { lens } from '../../dashboards/src/lens.js';
import { cellsOf } from '../../dashboards/src/views/contour/draw-plane.js';
import { endsOf, stepped } from '../../dashboards/src/views/contour/ends.js';
import { partners } from '../../dashboards/src/views/contour/partners.js';
import { dominatedArea, type Point, steppedLine } from '../../dashboards/src/views/front/dominated-area.js';
import { growingFront } from '../../dashboards/src/views/front/growing-front.js';
import { defaultAxes, keysText, moved, parseKeys, toggled } from '../../dashboards/src/views/parallel/axis-order.js';
import { axisAt, partAfter } from '../../dashboards/src/views/parallel/brush.js';
import {
  axesGeometry,
  distanceFrom,
  dropIndex,
  heightOf,
  segmentAt,
  shareAt,
} from '../../dashboards/src/views/parallel/geometry.js';
import { nearestDot } from '../../dashboards/src/views/slices/dots.js';
import type { HParams, HyperparameterInfo, Objective, StudyInfo } from '../../src/tune/events.js';
import { dominates, hypervolume, paretoFront } from '../../src/tune/pareto.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

const space: readonly HyperparameterInfo[] = [
  { name: 'layers', kind: 'int', low: 1, high: 3 },
  { name: 'units', kind: 'int', low: 16, high: 256, log: true },
  { name: 'rate', kind: 'float', low: 0, high: 0.5 },
  { name: 'optimizer', kind: 'choice', options: ['adam', 'sgd'] },
  { name: 'learningRate', kind: 'float', low: 1e-4, high: 1, log: true },
  { name: 'momentum', kind: 'float', low: 0, high: 0.99, condition: 'optimizer is sgd' },
  { name: 'constant', kind: 'float', low: 2, high: 2 },
];
const info: StudyInfo = {
  name: 's',
  objective: { metric: 'valLoss', direction: 'minimize' },
  space,
  sampler: 'random',
  rules: [],
  parallel: 1,
};
const fields = fieldsOf(info, ['valLoss', 'loss']);
const fieldOf = (name: string) => fields.find(({ key }) => key === `hparam ${name}`)!;
const scaleOf = (name: string) => axisScale(fieldOf(name), { info: space.find(one => one.name === name) });
const trialOf = (number: number, hparams: HParams, values?: readonly number[]): TrialRecord => ({
  number,
  state: 'complete',
  hparams,
  reports: [],
  value: values?.[0],
  values,
  epochs: 1,
  samples: 1,
  startedAt: 0,
});

describe('the scale of an axis', () => {
  test('gives a number its share of the range, by logarithms where the space says so', () => {
    expect(scaleOf('rate').share(0.125)).toBe(0.25);
    expect(scaleOf('learningRate').share(0.01)).toBeCloseTo(0.5, 12);
    expect(scaleOf('rate').share(7)).toBe(1);
    expect(scaleOf('rate').share(undefined)).toBeNaN();
  });

  test('leads from a share back to the number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('rate', 'learningRate', 'units'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, share) => {
          expect(scaleOf(name).share(scaleOf(name).value(share))).toBeCloseTo(share, 9);
        },
      ),
    );
  });

  test('gives categories and the few steps of a whole number equal room, in their order', () => {
    expect(scaleOf('optimizer').bands).toEqual(['adam', 'sgd']);
    expect(scaleOf('optimizer').share('sgd')).toBe(0.75);
    expect(scaleOf('optimizer').share('lion')).toBeNaN();
    expect(scaleOf('layers').bands).toEqual([1, 2, 3]);
    expect(scaleOf('layers').share(2)).toBe(0.5);
    expect(scaleOf('units').bands).toBeUndefined();
  });

  test('puts the only value of a constant into the middle', () => {
    expect(scaleOf('constant').share(2)).toBe(0.5);
    expect(scaleOf('constant').ticks(5)).toEqual([{ share: 0.5, label: '2' }]);
  });

  test('has ticks in order, within the axis, whole ones for whole numbers', () => {
    for (const { name } of space) {
      const ticks = scaleOf(name).ticks(6);
      expect(ticks.length, name).toBeGreaterThan(0);
      const shares = ticks.map(({ share }) => share);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    }
    for (const { label } of scaleOf('units').ticks(8)) expect(Number.isInteger(Number(label))).toBe(true);
  });
});

describe('the place of a trial', () => {
  test('is outside the axis when the trial lacks a conditional hyperparameter', () => {
    const places = placesOn(scaleOf('momentum'));
    expect(places.of(trialOf(0, { optimizer: 'adam' }))).toBe(notThere);
    expect(places.of(trialOf(1, { optimizer: 'sgd', momentum: 0.495 }))).toBe(0.5);
  });

  test('stays within its band, wherever in it', () => {
    const places = placesOn(scaleOf('layers'));
    for (let number = 0; number < 200; number++) {
      expect(Math.floor(3 * places.of(trialOf(number, { layers: 2 })))).toBe(1);
    }
  });

  test('is spread evenly on every axis, and not alike on axes side by side', () => {
    for (let axis = 0; axis < 5; axis++) {
      const offsets = Array.from({ length: 144 }, (_, i) => jitter(i, axis)).sort((a, b) => a - b);
      for (let i = 1; i < offsets.length; i++) expect(offsets[i]! - offsets[i - 1]!).toBeLessThan(6 / 144);
      const product = offsets.reduce((sum, _, i) => sum + jitter(i, axis) * jitter(i, axis + 1), 0) / 144;
      // Of two that are alike it would be 1/12.
      expect(Math.abs(product)).toBeLessThan(0.02);
    }
  });
});

describe('a brush', () => {
  test('wants the trials whose place is under it, and no others', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('layers', 'units', 'rate', 'optimizer', 'learningRate'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, a, b, at) => {
          const scale = scaleOf(name);
          const value =
            scale.field.kind === 'category' ? scale.bands![Math.min(1, Math.floor(2 * at))]! : scale.value(at);
          const given = typeof value === 'number' && scale.integer ? Math.round(value) : value;
          const wanted = wantedBetween(scale, a, b);
          if (wanted === undefined) return;
          const share = scale.share(given);
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          // Ranges are rounded to a thousandth, and their ends left open near those of the axis.
          if (Math.min(Math.abs(share - from), Math.abs(share - to)) < 0.01) return;
          const passed = passes({ [scale.field.key]: wanted }, fields, trialOf(0, { [name]: given }));
          expect(passed).toBe(share > from && share < to);
        },
      ),
    );
  });

  test('over the whole axis wants anything', () => {
    expect(wantedBetween(scaleOf('rate'), 0, 1)).toBeUndefined();
    expect(wantedBetween(scaleOf('optimizer'), 0.01, 0.99)).toBeUndefined();
    expect(wantedBetween(scaleOf('rate'), 0.5, 1)).toEqual({ low: 0.25, high: undefined });
    expect(wantedBetween(scaleOf('optimizer'), 0.6, 0.9)).toEqual({ of: ['sgd'] });
    expect(wantedBetween(scaleOf('layers'), 0, 0.6)).toEqual({ low: 1, high: 2 });
    expect(wantedBetween(scaleOf('units'), 0.1, 0.9)).toEqual({ low: 22, high: 194 });
  });

  test('is shown where it was drawn', () => {
    const [[low, high]] = brushedParts(scaleOf('learningRate'), wantedBetween(scaleOf('learningRate'), 0.2, 0.7)) as [
      [number, number],
    ];
    expect(low).toBeCloseTo(0.2, 2);
    expect(high).toBeCloseTo(0.7, 2);
    expect(brushedParts(scaleOf('layers'), { low: 2, high: 3 })).toEqual([[1 / 3, 1]]);
    expect(brushedParts(scaleOf('optimizer'), { of: ['sgd'] })).toEqual([[0.5, 1]]);
    expect(brushedParts(scaleOf('rate'), undefined)).toEqual([]);
  });

  test('moves an end, the whole part, or begins anew, by where it takes hold', () => {
    expect(partAfter([0.2, 0.6], 0.21, 0.1, 0.02)).toEqual([0.1, 0.6]);
    expect(partAfter([0.2, 0.6], 0.6, 0.1, 0.02)).toEqual([0.1, 0.2]);
    const [low, high] = partAfter([0.2, 0.6], 0.4, 0.95, 0.02);
    expect([low, high]).toEqual([expect.closeTo(0.6, 9), expect.closeTo(1, 9)]);
    expect(partAfter([0.2, 0.6], 0.9, 0.7, 0.02)).toEqual([0.7, 0.9]);
    expect(partAfter(undefined, 0.3, 0.5, 0.02)).toEqual([0.3, 0.5]);
  });

  test('sees of the filter what the lens sees, looking at fewer fields', () => {
    const filter = { 'hparam rate': { low: 0.1 }, 'hparam optimizer': { of: ['sgd'] }, 'not known': { low: 3 } };
    const looking = lens({
      get: key => (key === 'where' ? filterText(filter) : undefined),
      set: () => {},
      go: () => {},
      href: () => '',
      onChange: () => {},
    });
    looking.setFields(fields);
    for (const hparams of [
      { rate: 0.2, optimizer: 'sgd' },
      { rate: 0.05, optimizer: 'sgd' },
      { rate: 0.2 },
      {},
    ] as HParams[]) {
      const trial = trialOf(0, hparams);
      expect(looking.passes(trial)).toBe(passes(filter, fields, trial));
    }
  });
});

describe('the colours from worse to better', () => {
  /** Lightness in OKLab, from sRGB bytes. */
  const lightness = (bytes: Uint8ClampedArray, i: number) => {
    const [r, g, b] = [...bytes.subarray(3 * i, 3 * i + 3)].map(byte => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  };

  test.each([
    ['light', false],
    ['dark', true],
  ])('on a %s ground change their lightness in even steps, the better the further from the ground', (_, dark) => {
    const { bytes, colors } = ramp(dark);
    const steps = colors.slice(1).map((_, i) => lightness(bytes, i + 1) - lightness(bytes, i));
    const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
    expect(Math.sign(mean)).toBe(dark ? 1 : -1);
    // A byte's rounding is up to 0.003 of lightness; colours at the edge of sRGB a little more.
    for (const step of steps) expect(Math.abs(step - mean)).toBeLessThan(0.006);
  });

  test('know a dark ground from a light one', () => {
    expect([isDark('#ffffff'), isDark('#15181e')]).toEqual([false, true]);
    expect([rampIndex(0), rampIndex(1), rampIndex(-3)]).toEqual([0, 63, 0]);
  });
});

describe('the scale of an objective', () => {
  test('is better towards its direction, and by logarithms when the values are wide', () => {
    const scale = objectiveScale([0.01, 0.1, 1, 10], 'minimize', undefined);
    expect(scale.log).toBe(true);
    expect(scale.goodness(0.01)).toBeCloseTo(1, 9);
    expect(scale.goodness(10)).toBeCloseTo(0, 9);
    expect(scale.goodness(0.1)).toBeCloseTo(2 / 3, 9);
    expect(scale.valueAt(0.5)).toBeCloseTo(Math.sqrt(0.1), 9);
    expect(objectiveScale([1, 2, 3], 'maximize', undefined)).toMatchObject({ log: false });
    expect(objectiveScale([1, 2, 3], 'maximize', undefined).goodness(3)).toBeCloseTo(1, 9);
    expect(objectiveScale([-1, 2, 300], 'maximize', undefined).log).toBe(false);
    expect(objectiveScale([], 'minimize', undefined).goodness(0.4)).toBeGreaterThan(0);
  });
});

describe('the field of values over a plane', () => {
  const smooth = { count: nodes, banded: false };
  const onNodes = fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: nodes - 1 }).map(i => i / (nodes - 1)),
      y: fc.integer({ min: 0, max: nodes - 1 }).map(i => i / (nodes - 1)),
      value: fc.double({ min: -5, max: 5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  test('is the mean weighted by a Gaussian of the distance, as computed from each value', () => {
    fc.assert(
      fc.property(onNodes, fc.nat(nodes - 1), fc.nat(nodes - 1), (points, i, j) => {
        const field = kernelField(points, smooth, smooth);
        const [x, y] = [i / (nodes - 1), j / (nodes - 1)];
        const h = field.bandwidth;
        expect(h).toBeCloseTo(0.2 * points.length ** (-1 / 6), 12);
        const weights = points.map((p: PlacedValue) => Math.exp(-((p.x - x) ** 2 + (p.y - y) ** 2) / (2 * h * h)));
        const weight = weights.reduce((a, b) => a + b, 0);
        // The kernel ends at four widths, where it is 0.0003.
        expect(field.weight(x, y)).toBeCloseTo(weight, 2);
        if (Math.abs(weight - Math.exp(-(1.5 ** 2) / 2)) < 0.01) return;
        if (weight < Math.exp(-(1.5 ** 2) / 2)) {
          expect(field.at(x, y)).toBeNaN();
          return;
        }
        const mean = points.reduce((sum, p, k) => sum + p.value * weights[k]!, 0) / weight;
        expect(Math.abs(field.at(x, y) - mean)).toBeLessThan(0.08);
      }),
      { numRuns: 60 },
    );
  });

  test('lies between the least and the greatest value', () => {
    fc.assert(
      fc.property(
        onNodes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (points, x, y) => {
          const value = kernelField(points, smooth, smooth).at(x, y);
          if (Number.isNaN(value)) return;
          const values = points.map(point => point.value);
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('does not mix bands', () => {
    const bands = { count: 2, banded: true };
    const field = kernelField(
      [
        { x: 0.25, y: 0.5, value: 1 },
        { x: 0.75, y: 0.5, value: 9 },
      ],
      bands,
      smooth,
    );
    expect(field.at(0.4, 0.5)).toBeCloseTo(1, 9);
    expect(field.at(0.6, 0.5)).toBeCloseTo(9, 9);
    expect(field.at(0.4, 0.99)).toBeNaN();
  });

  test('of categories alone is the mean of each cell, with the number of its trials', () => {
    const trials = [1, 3, 8].map((layers, i) => trialOf(i, { layers: i < 2 ? 1 : 2, optimizer: 'sgd' }, [layers]));
    const cells = cellsOf(trials, scaleOf('layers'), scaleOf('optimizer'), trial => trial.value!);
    expect([...cells]).toEqual([
      [3, { mean: 2, count: 2 }],
      [4, { mean: 8, count: 1 }],
    ]);
  });

  test('has colours for what its means are, in steps, but makes no mountain of a small difference', () => {
    expect(endsOf([0.2, 0.6, 0.4])).toEqual([0.2, 0.6]);
    expect(endsOf([])).toEqual([0, 1]);
    const [low, high] = endsOf([0.5, 0.501]);
    expect(high - low).toBeCloseTo(0.05, 9);
    expect([0, 0.2, 0.39, 0.4, 0.6, 1].map(goodness => stepped(goodness, [0.2, 0.6], 2))).toEqual([
      0.25, 0.25, 0.25, 0.75, 0.75, 0.75,
    ]);
  });

  test('is of the two hyperparameters asked for, else of two that make a plane, never of one twice', () => {
    expect(partners(space, undefined, undefined)).toEqual(['units', 'rate']);
    expect(partners(space, 'rate', 'rate')).toEqual(['rate', 'units']);
    expect(partners(space, 'optimizer', 'units')).toEqual(['optimizer', 'units']);
    expect(partners(space.slice(0, 1), undefined, undefined)).toEqual(['layers', undefined]);
    expect(partners(space, 'nothing', 'units')).toEqual(['rate', 'units']);
  });
});

describe('the axes of parallel coordinates', () => {
  test('are the hyperparameters and the objective, and others as asked', () => {
    const axes = defaultAxes(info, fields);
    expect(axes).toEqual([...space.map(({ name }) => `hparam ${name}`), 'value']);
    expect(moved(['a', 'b', 'c'], 'a', 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 'c', -4)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b'], 'x', 0)).toEqual(['a', 'b']);
    expect(toggled(['a', 'b', 'c'], 'b', ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(toggled(['a', 'b'], 'b', ['a', 'b'])).toEqual(['a', 'b']);
    expect(toggled(['c', 'a'], 'b', ['a', 'b', 'c'])).toEqual(['c', 'a', 'b']);
  });

  test('stand in the link whatever their names are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' })), keys => {
        expect(parseKeys(keysText(keys))).toEqual(keys);
      }),
    );
    expect(parseKeys('a,%,b,a')).toEqual(['a', 'b']);
  });

  test('have heights that lead back to their shares, inverted or not; what is not there is beneath', () => {
    const geometry = axesGeometry(4, 800, 400, true);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (share, inverted) => {
        expect(shareAt(heightOf(share, inverted, geometry), inverted, geometry)).toBeCloseTo(share, 9);
      }),
    );
    expect(heightOf(notThere, false, geometry)).toBe(heightOf(notThere, true, geometry));
    expect(heightOf(notThere, false, geometry)).toBeGreaterThan(geometry.bottom);
    expect(heightOf(1, false, geometry)).toBe(geometry.top);
  });

  test('are found by the pointer, as are the lines between them', () => {
    const geometry = axesGeometry(3, 296, 300, false);
    expect(geometry.xs).toEqual([48, 148, 248]);
    expect([axisAt(50, geometry), axisAt(100, geometry), axisAt(240, geometry)]).toEqual([0, undefined, 2]);
    expect([segmentAt(0, geometry), segmentAt(149, geometry), segmentAt(400, geometry)]).toEqual([0, 1, 1]);
    expect([dropIndex(90, geometry), dropIndex(110, geometry), dropIndex(999, geometry)]).toEqual([0, 1, 2]);
    expect(distanceFrom(100, 100, 0, geometry, { x: 98, y: 90 })).toBe(10);
    // A steep line is nearer across than straight up.
    expect(distanceFrom(50, 150, 0, geometry, { x: 98, y: 90 })).toBeCloseTo(10 / Math.SQRT2, 9);
    expect(distanceFrom(Number.NaN, 150, 0, geometry, { x: 98, y: 90 })).toBe(Number.POSITIVE_INFINITY);
    expect(axesGeometry(1, 296, 300, false).xs).toEqual([148]);
  });
});

describe('a painter', () => {
  afterEach(() => vi.unstubAllGlobals());

  const frames: (() => void)[] = [];
  const run = () => {
    while (frames.length > 0) frames.shift()?.();
  };
  beforeEach(() => {
    frames.length = 0;
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  });

  test('paints every trial once, over several frames, and begins anew with another key or with fewer trials', () => {
    let [cleared, told] = [0, 0];
    let painted: number[] = [];
    const own = painter({ finished: () => told++ });
    const paint = (key: string, count: number) => {
      const trials = Array.from({ length: count }, (_, number) => trialOf(number, {}));
      own.paint(
        key,
        trials,
        () => {
          cleared++;
          painted = [];
        },
        some => painted.push(...some.map(({ number }) => number)),
      );
      run();
    };
    const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
    paint('a', 60);
    expect([painted, cleared, own.painted, told]).toEqual([upTo(60), 1, 60, 1]);
    paint('a', 70);
    expect([painted, cleared]).toEqual([upTo(70), 1]);
    paint('b', 70);
    expect([painted, cleared]).toEqual([upTo(70), 2]);
    paint('b', 30);
    expect([painted, cleared, own.painted]).toEqual([upTo(30), 3, 30]);
    expect([own.shows('a'), own.shows('b')]).toEqual([false, true]);
  });

  test('shows some of many trials at once, from all over the list, and the last ones last', () => {
    const painted: number[] = [];
    const trials = Array.from({ length: 10_000 }, (_, number) => trialOf(number, {}));
    painter().paint(
      'a',
      trials,
      () => {},
      some => painted.push(...some.map(({ number }) => number)),
    );
    expect(painted.length).toBeGreaterThan(200);
    expect(painted.length).toBeLessThan(300);
    for (const thousand of [0, 4, 8]) expect(painted.some(number => Math.floor(number / 1000) === thousand)).toBe(true);
    run();
    expect(painted.toSorted((a, b) => a - b)).toEqual(trials.map(({ number }) => number));
    expect(painted.slice(-500)).toEqual(trials.slice(-500).map(({ number }) => number));
  });

  test('rests while nobody can see it', () => {
    let [seen, painted] = [true, 0];
    const own = painter({ seen: () => seen });
    const trials = Array.from({ length: 20_000 }, (_, number) => trialOf(number, {}));
    own.paint(
      'a',
      trials,
      () => {},
      some => {
        painted += some.length;
      },
    );
    frames.shift()?.();
    const before = painted;
    expect(before).toBeLessThan(20_000);
    seen = false;
    run();
    expect([painted, own.painted]).toEqual([before, before]);
    seen = true;
    own.resume();
    run();
    expect(painted).toBe(20_000);
  });
});

test('the keys go through a list and stop at its ends', () => {
  expect(nextIndex('ArrowRight', -1, 3)).toBe(0);
  expect(nextIndex('ArrowRight', 2, 3)).toBe(2);
  expect(nextIndex('ArrowLeft', 0, 3)).toBe(0);
  expect(nextIndex('End', 0, 30)).toBe(29);
  expect(nextIndex('PageDown', 3, 30)).toBe(13);
  expect(nextIndex('a', 0, 3)).toBeUndefined();
});

test('the nearest dot is the one within reach that is nearest, of equal ones the last', () => {
  const trials = [0, 1, 2].map(number => trialOf(number, {}));
  const at = ({ number }: TrialRecord) => (number === 0 ? undefined : { x: 10, y: 10 });
  expect(nearestDot(trials, at, { x: 12, y: 10 })?.number).toBe(2);
  expect(nearestDot(trials, at, { x: 40, y: 10 })).toBeUndefined();
});

describe('the Pareto front', () => {
  const objectives: readonly Objective[] = [
    { metric: 'a', direction: 'minimize' },
    { metric: 'b', direction: 'maximize' },
    { metric: 'c', direction: 'minimize' },
  ];

  test('that grows trial by trial is the front of all of them', () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(values, fc.boolean()), { maxLength: 40 }),
        fc.integer({ min: 2, max: 3 }),
        (all, count) => {
          const some = objectives.slice(0, count);
          const trials = all.map(([own, complete], number): TrialRecord => {
            const trial = trialOf(number, {}, own.slice(0, count));
            return complete ? trial : { ...trial, state: 'pruned' };
          });
          const front = growingFront(some);
          for (const trial of [...trials, ...trials]) front.add(trial);
          expect(front.trials()).toEqual(paretoFront(trials, some));
          for (const { number } of paretoFront(trials, some)) expect(front.has(number)).toBe(true);
        },
      ),
    );
  });

  test('dominates an area that is the hypervolume of the points so far', () => {
    const coordinate = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { maxLength: 25 }), points => {
        const areas = dominatedArea(points, [10, 10]);
        for (const i of points.keys()) {
          expect(areas[i]).toBeCloseTo(hypervolume(points.slice(0, i + 1), [10, 10]), 9);
        }
      }),
    );
  });

  test('is bounded by a stepped line through its points, which never rises', () => {
    expect(
      steppedLine([
        [3, 1],
        [1, 3],
        [2, 2],
      ]),
    ).toEqual([
      [1, 3],
      [2, 3],
      [2, 2],
      [3, 2],
      [3, 1],
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 1 }), (points: Point[]) => {
        const line = steppedLine(points);
        for (let i = 1; i < line.length; i++) {
          expect(line[i]![0]).toBeGreaterThanOrEqual(line[i - 1]![0]);
          expect(line[i]![1]).toBeLessThanOrEqual(line[i - 1]![1]);
        }
        const best = points.filter(point => !points.some(other => dominates(other, point)));
        for (const point of best) expect(line).toContainEqual(point);
      }),
    );
  });
});
