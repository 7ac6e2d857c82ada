import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { choice, float, int, ordinal } from '../../src/tune/distributions.js';
import { parseDistributions } from '../../src/tune/distributions-from-json.js';
import { checkEnqueued } from '../../src/tune/enqueued-points.js';
import { valueAt } from '../../src/tune/hyperparameter.js';
import { searchSpace } from '../../src/tune/space.js';

const names = (template: unknown) => searchSpace(template).hyperparameters.map(({ name }) => name);

/** Draws the option or number at an index, for every hyperparameter that is asked for. */
const at = (indices: Readonly<Record<string, number>>) => (h: Parameters<typeof valueAt>[0]) =>
  h.distribution.kind === 'float' ? h.distribution.low : valueAt(h, indices[h.name] ?? 0);

describe('the names of hyperparameters', () => {
  test('a flat space has its keys as names', () => {
    expect(names({ units: int(8, 256), learningRate: float(1e-4, 0.1) })).toEqual(['units', 'learningRate']);
  });

  test('the shortest end of the path is enough when no other path ends so', () => {
    expect(
      names({ model: { layers: [{ dense: { units: int(1, 8) } }, { dropout: { rate: float(0, 0.5) } }] } }),
    ).toEqual(['units', 'rate']);
  });

  test('an ambiguous end is lengthened, key by key, indices included', () => {
    expect(names({ layers: [{ dense: { units: int(1, 8) } }, { dense: { units: int(1, 8) } }] })).toEqual([
      'layers[0].dense.units',
      'layers[1].dense.units',
    ]);
    expect(
      names({ optimizer: choice([{ adam: { learningRate: float(0, 1) } }, { sgd: { learningRate: float(0, 1) } }]) }),
    ).toEqual(['optimizer', 'adam.learningRate', 'sgd.learningRate']);
  });

  test('a path that is the end of another keeps its whole self', () => {
    expect(names({ units: int(1, 2), dense: { units: int(1, 2) } })).toEqual(['units', 'dense.units']);
  });

  test('a stated name is used, and paths make way for it', () => {
    expect(names({ a: { rate: float(0, 1) }, b: float(0, 1, { name: 'rate' }) })).toEqual(['a.rate', 'rate']);
  });

  test('options that are not told apart by their keys are told apart by their index', () => {
    expect(
      names({
        x: choice([
          { a: 1, lr: float(0, 1) },
          { a: 2, lr: float(0, 1) },
        ]),
      }),
    ).toEqual(['x', 'x[0].lr', 'x[1].lr']);
    expect(names({ x: choice([{ adam: { lr: float(0, 1) } }, { adam: { lr: float(1, 2) } }]) })).toEqual([
      'x',
      'x[0].adam.lr',
      'x[1].adam.lr',
    ]);
    expect(names({ x: choice([null, float(0, 1)]) })).toEqual(['x', 'x[1]']);
  });

  test('two equal names are an error that says where', () => {
    expect(() => searchSpace({ a: int(1, 2, { name: 'n' }), b: { c: int(1, 2, { name: 'n' }) } })).toThrow(
      'b.c: the name "n" stands for two hyperparameters; the other is at a',
    );
    expect(() => searchSpace({ a: int(1, 2, { name: 'b' }), b: int(1, 2) })).toThrow(InputError);
  });
});

describe('resolving a template', () => {
  const template = {
    epochs: 5,
    batchSize: choice([16, 32]),
    layers: [{ units: int(4, 9) }],
    optimizer: choice([
      { adam: { learningRate: float(0.1, 1) } },
      { sgd: { learningRate: float(0.2, 1), momentum: choice([0, { nesterov: float(0.5, 1) }]) } },
      'none',
    ]),
  };

  test('draws only the hyperparameters of the branches taken, each after the choice it depends on', () => {
    const space = searchSpace(template);
    expect(space.resolve(at({}))).toEqual({
      hparams: { batchSize: 16, units: 4, optimizer: 'adam', 'adam.learningRate': 0.1 },
      value: { epochs: 5, batchSize: 16, layers: [{ units: 4 }], optimizer: { adam: { learningRate: 0.1 } } },
    });
    expect(space.resolve(at({ batchSize: 1, units: 3, optimizer: 1, momentum: 1 }))).toEqual({
      hparams: {
        batchSize: 32,
        units: 7,
        optimizer: 'sgd',
        'sgd.learningRate': 0.2,
        momentum: 'nesterov',
        nesterov: 0.5,
      },
      value: {
        epochs: 5,
        batchSize: 32,
        layers: [{ units: 7 }],
        optimizer: { sgd: { learningRate: 0.2, momentum: { nesterov: 0.5 } } },
      },
    });
    expect(space.resolve(at({ optimizer: 2 })).value).toMatchObject({ optimizer: 'none' });
  });

  test('substituting the hparams of a resolution gives its value again', () => {
    const space = searchSpace(template);
    for (const optimizer of [0, 1, 2]) {
      const { hparams, value } = space.resolve(at({ optimizer, momentum: 1 }));
      expect(space.substitute(hparams)).toEqual(value);
    }
  });

  test('conditions are told in words, from the outside in', () => {
    expect(searchSpace(template).info).toEqual([
      { name: 'batchSize', kind: 'choice', options: ['16', '32'] },
      { name: 'units', kind: 'int', low: 4, high: 9 },
      { name: 'optimizer', kind: 'choice', options: ['adam', 'sgd', 'none'] },
      { name: 'adam.learningRate', kind: 'float', low: 0.1, high: 1, condition: 'optimizer = adam' },
      { name: 'sgd.learningRate', kind: 'float', low: 0.2, high: 1, condition: 'optimizer = sgd' },
      { name: 'momentum', kind: 'choice', options: ['0', 'nesterov'], condition: 'optimizer = sgd' },
      { name: 'nesterov', kind: 'float', low: 0.5, high: 1, condition: 'optimizer = sgd, momentum = nesterov' },
    ]);
  });

  const labels = (options: readonly unknown[]) => searchSpace({ x: choice(options) }).hyperparameters[0]?.labels;

  test('options are labelled by themselves, their single key, what they use, or their name', () => {
    const square = (x: number) => x * x;
    const options = [1, '1', null, true, { adam: {} }, { use: './f.mjs', with: {} }, square, float(0, 1)];
    expect(labels(options)).toEqual([1, '1', null, true, 'adam', './f.mjs', 'square', 'float']);
  });

  test.each<[string, unknown[], unknown[]]>([
    ['one has no name', [{ k: 'a', m: float(0, 1) }, 'none', { k: 'b' }], ['#0', 'none', '#2']],
    ['two have the same name', [{ k: 'b' }, { k: 'c' }, { other: 1 }], ['#0', '#1', '#2']],
    ['they are lists', [[1, 2], [3]], ['#0', '#1']],
  ])('options that are objects are all labelled by their index when %s', (_, options, wanted) => {
    expect(labels(options)).toEqual(wanted);
  });

  test('the index is accepted where a user types the label', () => {
    const space = searchSpace({ opt: choice([{ k: 'a', m: float(0, 1) }, { k: 'b' }]), x: float(0, 1) });
    expect(checkEnqueued(space, [{ opt: '#1' }, { m: 0.5 }])).toEqual([{ opt: '#1' }, { m: 0.5, opt: '#0' }]);
    expect(space.substitute({ opt: '#1', x: 0 }).opt).toEqual({ k: 'b' });
  });

  test('no two options of a choice have the same label, whatever their names look like', () => {
    const hostile = fc.oneof(
      fc.constantFrom('a', 'a#0', 'a#1', 'a#2', '#0', '#1', '#1#1', 'a#2#2'),
      fc.constantFrom('a', 'a#0', 'a#1', '#0').map(key => ({ [key]: 1 })),
      fc.constantFrom([], {}).map(structuredClone),
    );
    const same = (a: unknown, b: unknown) => a === b;
    fc.assert(
      fc.property(fc.uniqueArray(hostile, { minLength: 1, maxLength: 6, comparator: same }), options => {
        const space = searchSpace({ x: choice<unknown>(options) });
        const [x] = space.hyperparameters;
        expect(new Set(x?.labels).size).toBe(options.length);
        expect(x?.labels.map(label => space.substitute({ x: label }).x)).toEqual(options);
      }),
    );
    const optimizers = choice(['adam#2', 'adam', { adam: { beta: 0.5 } }]);
    expect(searchSpace({ optimizers }).hyperparameters[0]?.labels).toEqual(['adam#2', 'adam', 'adam#2#2']);
  });

  test('the same distribution object in two places is two hyperparameters', () => {
    const rate = float(0, 1);
    let drawn = 0;
    expect(searchSpace({ a: rate, b: rate }).resolve(() => drawn++)).toEqual({
      hparams: { a: 0, b: 1 },
      value: { a: 0, b: 1 },
    });
  });

  test('what is neither plain object nor array nor distribution is passed on as it is', () => {
    const data = { x: new Float32Array(2), when: new Date(0), f: () => 1 };
    const value = searchSpace({ data, n: int(1, 2) }).resolve(() => 1).value;
    expect(value.data.x).toBe(data.x);
    expect(value.data.when).toBe(data.when);
    expect(value.data.f).toBe(data.f);
  });

  test('values that are missing, unknown or out of range are refused by name', () => {
    const space = searchSpace({ units: int(1, 8), kind: choice(['a', 'b']) });
    expect(() => space.substitute({ units: 3 })).toThrow('the hyperparameter "kind" has no value');
    expect(() => space.substitute({ units: 3, kind: 'a', unit: 1 })).toThrow(
      'no hyperparameter "unit" (did you mean "units"?)',
    );
    expect(() => space.substitute({ units: 3.5, kind: 'a' })).toThrow(
      'units: expected a whole number from 1 to 8, got 3.5',
    );
    expect(() => space.substitute({ units: 9, kind: 'a' })).toThrow('units: expected');
    expect(() => space.substitute({ units: 3, kind: 'c' })).toThrow('kind: expected one of a, b, got "c"');
  });

  test('a key named __proto__ is a key like any other', () => {
    const { value, hparams } = searchSpace(JSON.parse('{"__proto__": {"evil": 1}}')).resolve(() => 1);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { evil?: unknown }).evil).toBeUndefined();
    expect(hparams).toEqual({});
  });

  test('the resolved value is typed by the template', () => {
    const { value } = searchSpace({
      units: int(1, 8),
      activation: choice(['tanh', 'relu']),
      layers: [{ rate: float(0, 1) }],
      optimizer: choice([{ adam: { learningRate: float(0, 1) } }, 'none']),
      size: ordinal([16, 32]),
    }).resolve(at({}));
    expectTypeOf(value.units).toEqualTypeOf<number>();
    expectTypeOf(value.activation).toEqualTypeOf<'tanh' | 'relu'>();
    expectTypeOf(value.layers[0].rate).toEqualTypeOf<number>();
    expectTypeOf(value.size).toEqualTypeOf<16 | 32>();
    expectTypeOf(value.optimizer).toEqualTypeOf<'none' | { readonly adam: { readonly learningRate: number } }>();
  });
});

describe('distributions in files', () => {
  test('the search files of the examples give the hyperparameters that they name', () => {
    const namesOf = (example: string) => {
      const url = new URL(`../../examples/${example}/search.json`, import.meta.url);
      return names(parseDistributions(JSON.parse(readFileSync(url, 'utf8'))));
    };
    expect(namesOf('digits')).toEqual([
      'repeat',
      'units',
      'activation',
      'rate',
      'optimizer',
      'adam.learningRate',
      'sgd.learningRate',
      'momentum',
      'batchSize',
    ]);
    expect(namesOf('custom-operator')).toEqual(['units', 'activation', 'learningRate']);
  });

  test('distributions within options become distributions too', () => {
    const json = { o: { choice: [{ adam: { lr: { float: [1, 2], log: true, name: 'rate' } } }, 'sgd'], name: 'opt' } };
    expect(parseDistributions(json)).toEqual({
      o: choice([{ adam: { lr: float(1, 2, { log: true, name: 'rate' }) } }, 'sgd'], { name: 'opt' }),
    });
  });

  test('what lies at a skipped path is left alone', () => {
    const json = { types: { choice: 'category' }, n: { int: [1, 2] } };
    expect(parseDistributions(json, path => path[0] === 'types')).toEqual({ types: json.types, n: int(1, 2) });
  });

  test.each([
    [
      { a: [{ float: [1, 0] }] },
      'a[0]: float: the range from 1 to 0 is inverted; expected [low, high] with low < high',
    ],
    [{ a: { float: [1, 1] } }, 'a: float: the range from 1 to 1 is empty; write 1 itself for a fixed value'],
    [{ a: { float: [1] } }, 'a: float: expected [low, high], got [1]'],
    [{ a: { float: 3 } }, 'a: float: expected [low, high], got 3'],
    [{ a: { float: ['0', 1] } }, 'a: float: expected `low` to be a finite number, got "0"'],
    [{ a: { int: [0, 1.5] } }, 'a: int: expected `high` to be a whole number, got 1.5'],
    [{ a: { float: [0, 1], log: true } }, 'a: float: a log range must lie above 0, got 0 to 1'],
    [{ a: { float: [-1, 1], log: true } }, 'a: float: a log range must lie above 0, got -1 to 1'],
    [{ a: { float: [0, 1], log: 'yes' } }, 'a: float: expected `log` to be true or false, got "yes"'],
    [{ a: { float: [0, 1], step: 0 } }, 'a: float: expected `step` to be a finite number above 0, got 0'],
    [{ a: { int: [0, 9], step: 0.5 } }, 'a: int: expected `step` to be a whole number above 0, got 0.5'],
    [{ a: { int: [0, 9], step: 10 } }, 'a: int: expected `step` to be at most 9, the width of its range, got 10'],
    [{ a: { int: [1, 9], step: 2, log: true } }, 'a: int: `step` cannot be combined with `log`; leave one of them out'],
    [
      { a: { int: [1, 9], lg: true } },
      'a: unknown key "lg" beside "int" (did you mean "log"?); it takes log, step, name',
    ],
    [{ a: { choice: [] } }, 'a: choice: expected a list of at least one option, got none'],
    [{ a: { choice: 'x' } }, 'a: choice: expected a list of at least one option, got "x"'],
    [{ a: { choice: ['x', 'x'] } }, 'a: choice: the option "x" is listed twice'],
    [{ a: { ordinal: [1, 2], name: 3 } }, 'a: ordinal: expected `name` to be a name, got 3'],
    [
      { o: { choice: [{ b: { int: [2, 1] } }] } },
      'o.choice[0].b: int: the range from 2 to 1 is inverted; expected [low, high] with low < high',
    ],
  ])('%j is refused in one sentence', (json, message) => {
    const parse = () => parseDistributions(json);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(expect.objectContaining({ message }));
  });
});
