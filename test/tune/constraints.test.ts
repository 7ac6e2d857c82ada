import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { compileConstraint } from '../../src/tune/constraint-expression.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import { checkEnqueued, completePoint } from '../../src/tune/enqueued-points.js';
import type { HParams } from '../../src/tune/events.js';
import { searchSpace } from '../../src/tune/space.js';

const template = {
  a: int(0, 10),
  b: int(0, 10),
  x: float(-5, 5),
  flag: choice([true, false]),
  size: choice([16, 32, 'full']),
  nothing: choice([null, 'some']),
  optimizer: choice(['adam', { sgd: { momentum: float(0, 1), nesterov: choice([true, false]) } }]),
  layers: [{ units: int(1, 9) }, { units: int(1, 9) }],
  odd: int(0, 1, { name: 'an odd-name' }),
  word: int(0, 1, { name: 'and' }),
};
const { hyperparameters } = searchSpace(template);
const allows = (text: string, point: HParams) => compileConstraint(text, hyperparameters)(point);
const problem = (text: string): string => {
  try {
    compileConstraint(text, hyperparameters);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).problem;
  }
  return 'none';
};

describe('a constraint as text', () => {
  const point: HParams = {
    a: 3,
    b: 5,
    x: -2,
    flag: true,
    size: 32,
    nothing: null,
    optimizer: 'sgd',
    momentum: 0.5,
    nesterov: false,
    'layers[0].units': 4,
    'layers[1].units': 2,
    'an odd-name': 1,
    and: 0,
  };

  test.each([
    ['a <= b', true],
    ['a > b', false],
    ['a + 2 == b', true],
    ['a = 3', true],
    ['a != 3', false],
    ['2 + 3 * 4 == 14', true],
    ['(2 + 3) * 4 == 20', true],
    ['10 - 4 - 3 == 3', true],
    ['12 / 3 / 2 == 2', true],
    ['7 % 4 == 3', true],
    ['2 ^ 3 ^ 2 == 512', true],
    ['2 ** -1 == .5', true],
    ['-2 ^ 2 == -4', true],
    ['- - a == 3', true],
    ['1 <= a <= b < 6', true],
    ['1 <= a <= 2 < 6', false],
    ['not a == b', true],
    ['not a == 3 or b == 5', true],
    ['not (a == 3 or b == 5)', false],
    ['a == 1 and b == 1 or b == 5', true],
    ['a == 1 and (b == 1 or b == 5)', false],
    ['a in [1, 3]', true],
    ['a in[3]', true],
    ['a not in [1, 3]', false],
    ['optimizer in ["adam", \'sgd\']', true],
    ['flag', true],
    ['not flag', false],
    ['flag == (a < b)', true],
    ['size == 32', true],
    ['nothing == null', true],
    ['min(a, b, 1) == 1 and max(a, b) == 5', true],
    ['abs(x) == 2 and log(1) == 0', true],
    ['log(max(a, 1)) > 1', true],
    ['layers[0].units >= layers[1].units', true],
    ['`an odd-name` == 1 and `and` == 0', true],
    ['1e3 * 1.5e-3 <= 1.51', true],
    ["optimizer < 'z'", true],
  ] as const)('%s is %s', (text, expected) => {
    expect(allows(text, point)).toBe(expected);
  });

  const { momentum: _, nesterov: _n, ...rest } = point;
  const adam: HParams = { ...rest, optimizer: 'adam' };

  test.each([
    ['momentum < 0.1', true, 'it has nothing to say of a point without a momentum'],
    ['not momentum < 2', true, 'the opposite of the unknown is unknown'],
    ["optimizer != 'sgd' or momentum < 0.1", true, 'true or unknown is true'],
    ['a == 7 and momentum < 0.1', false, 'false and unknown is false'],
    ['a == 3 and momentum < 0.1', true, 'true and unknown is unknown'],
    ['a == 7 or momentum < 0.1', true, 'false or unknown is unknown'],
    ['exists(momentum)', false, 'exists is known everywhere'],
    ['not exists(momentum) or momentum < 0.1', true, 'a guard'],
    ['max(momentum, 9) < 1', true, 'what is reckoned from the unknown is unknown'],
    ['momentum in [0.5]', true, 'is the unknown in a list'],
    ['a in [momentum, 7]', true, 'may the unknown be it'],
    ['a in [momentum, 3] and a == 7', false, 'a list that has it'],
  ] as const)('where a hyperparameter does not exist, %s is %s: %s', (text, expected, _why) => {
    expect(allows(text, adam)).toBe(expected);
  });

  test('arithmetic and order have nothing to say of an option that is no number', () => {
    expect(allows('size * 2 <= 32', { size: 'full' })).toBe(true);
    expect(allows('size * 2 <= 32', { size: 32 })).toBe(false);
    expect(allows('size <= 16', { size: 'full' })).toBe(true);
  });

  test.each([
    ['', 'the constraint is empty'],
    ['   ', 'the constraint is empty'],
    [
      'c <= b',
      'column 1: no hyperparameter "c" (did you mean "a"?); there are a, b, x, flag, size, nothing, optimizer, momentum, nesterov, layers[0].units, layers[1].units, an odd-name, …',
    ],
    [
      'a <= momentun',
      'column 6: no hyperparameter "momentun" (did you mean "momentum"?); there are a, b, x, flag, size, nothing, optimizer, momentum, nesterov, layers[0].units, layers[1].units, an odd-name, …',
    ],
    ["optimizer == 'sdg'", 'column 14: no option "sdg" of optimizer (did you mean "sgd"?); there are adam, sgd'],
    [
      "optimizer in ['adam', 'adamw']",
      'column 23: no option "adamw" of optimizer (did you mean "adam"?); there are adam, sgd',
    ],
    ['a <=', 'column 5: expected a number, a name or a text in quotes, got the end'],
    ['a <= b b', 'column 8: expected the constraint to end, or "and" or "or", got "b"'],
    ['(a <= b', 'column 8: expected ")" to close the parenthesis, got the end'],
    ['a + b', 'expected a condition such as a <= b, got a number'],
    ['optimizer', 'expected a condition such as a <= b, got a text'],
    ['a && b', 'column 3: "&" has no meaning here; write "and"'],
    ['a ≤ b', 'column 3: "≤" has no meaning here; write "<="'],
    ["optimizer == 'sgd", 'column 14: the text is not closed with a single quote'],
    ['`a', 'column 1: the name is not closed with a backquote'],
    ['sqrt(a) < 2', 'column 1: no function "sqrt"; there are min, max, log, abs, exists'],
    ['toString(a) < 2', 'column 1: no function "toString"; there are min, max, log, abs, exists'],
    ['log(a, b) < 2', 'column 1: log takes one number, got 2'],
    ['exists(3)', 'column 8: exists takes the name of a hyperparameter, got "3"'],
    [
      'exists(zzzzzz)',
      'column 8: no hyperparameter "zzzzzz"; there are a, b, x, flag, size, nothing, optimizer, momentum, nesterov, layers[0].units, layers[1].units, an odd-name, …',
    ],
    ['a not b', 'column 7: expected "in" after "not", got "b"'],
    ['a in b', 'column 6: expected "[" after "in", got "b"'],
    ['optimizer + 1 < 2', 'column 1: "+" takes numbers, got a text'],
    ['a and b', 'column 1: "and" takes conditions, got a number'],
    ['not a', 'column 5: "not" takes conditions, got a number'],
    ["a < 'x'", 'column 3: "<" cannot compare a number with a text'],
    ['flag < true', 'column 6: "<" cannot compare true or false with true or false'],
    ['a == true', 'column 3: "==" cannot compare a number with true or false'],
    ['and == 1', 'column 1: expected a number, a name or a text in quotes, got "and"'],
  ])('%s is refused with its column', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  test('one that is too long to be read is refused, however deep it is nested', () => {
    expect(problem(`a < ${'('.repeat(2000)}`)).toBe('a constraint of 2004 characters is longer than 2000');
    expect(problem(`a < ${'('.repeat(1900)}`)).toMatch(/^column 1905: expected a number/);
  });

  test('any text is compiled or refused with an InputError, in no time', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'x',
        'flag',
        'size',
        '(',
        ')',
        '[',
        ']',
        ',',
        '+',
        '-',
        '*',
        '/',
        '^',
        '<',
        '<=',
        '==',
        '!=',
      ),
      fc.constantFrom(
        'and',
        'or',
        'not',
        'in',
        'min(',
        'exists(',
        '1',
        '.5',
        "'sgd'",
        '"',
        '`',
        'momentum',
        'true',
        'null',
        '\\',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        try {
          expect(typeof compileConstraint(pieces.join(' '), hyperparameters)(point)).toBe('boolean');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  /** Arithmetic and comparisons with the parentheses that the grammar implies left out, and JavaScript's own idea of their value. */
  test('numbers are reckoned as JavaScript reckons them, with its precedence', () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 9 }).map(n => [String(n), String(n)] as const),
      fc.constantFrom('a', 'b', 'x').map(name => [name, `h.${name}`] as const),
    );
    const { sum } = fc.letrec<{ sum: readonly [string, string] }>(tie => ({
      sum: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        number,
        fc
          .tuple(tie('sum'), fc.constantFrom('+', '-', '*', '/', '%'), tie('sum'))
          .map(([[l, lj], op, [r, rj]]) => [`${l} ${op} ${r}`, `${lj} ${op} ${rj}`] as const),
        tie('sum').map(([text, js]) => [`(${text})`, `(${js})`] as const),
        tie('sum').map(([text, js]) => [`abs(${text})`, `Math.abs(${js})`] as const),
      ),
    }));
    fc.assert(
      fc.property(sum, fc.constantFrom('<', '<=', '>', '>='), sum, ([left, leftJs], sign, [right, rightJs]) => {
        // The oracle only: the library itself has no eval.
        const oracle = new Function('h', `return (${leftJs}) ${sign} (${rightJs})`) as (h: HParams) => boolean;
        expect(allows(`${left} ${sign} ${right}`, point)).toBe(oracle(point));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the constraints of a space', () => {
  test('are predicates of the template with the point put in, typed by it, and texts by the names', () => {
    const space = searchSpace(
      { a: int(0, 9), deep: { b: int(0, 9) } },
      { constraints: [h => h.a <= h.deep.b, 'a + b <= 9'] },
    );
    expect(space.allows({ a: 1, b: 2 })).toBe(true);
    expect(space.allows({ a: 3, b: 2 })).toBe(false);
    expect(space.allows({ a: 4, b: 7 })).toBe(false);
    expect(space.constraints).toEqual(['(h) => h.a <= h.deep.b', 'a + b <= 9']);
  });

  test('a space without constraints allows every point', () => {
    expect(searchSpace({ a: int(0, 9) }).allows({ a: 1 })).toBe(true);
    expect(searchSpace({ a: int(0, 9) }).constraints).toEqual([]);
  });

  test('that no point can fulfil are refused, and the one to blame is named', () => {
    const of =
      (...constraints: string[]) =>
      () =>
        searchSpace({ a: int(0, 9), b: int(0, 9) }, { constraints });
    expect(of('a >= 0', 'a + b > 18')).toThrow(
      'constraints[1]: none of 10000 points drawn at random fulfils "a + b > 18"',
    );
    expect(of('a > 4', 'a < 4')).toThrow('constraints: none of 10000 points drawn at random fulfils all 2');
    expect(of('a >= ')).toThrow('constraints[0]: column 6: expected a number');
    expect(() => searchSpace({ a: int(0, 9) }, { constraints: [3 as never] })).toThrow(
      'constraints[0]: expected a function or a text such as "a <= b", got number',
    );
  });
});

describe('points to begin with', () => {
  test('show that constraints which hardly any point fulfils can be fulfilled', () => {
    const rare = { constraints: ['x == 1', 'y < 0.5'] };
    const of = (...points: HParams[]) => searchSpace({ x: float(0, 1), y: float(0, 1) }, { ...rare, points });
    expect(() => of()).toThrow('constraints[0]: none of 10000 points drawn at random fulfils "x == 1"');
    expect(() => of({ x: 0.5 }, { x: 1, y: 0.7 })).toThrow('none of 10000 points');
    expect(of({ x: 1 }).allows({ x: 1, y: 0.25 })).toBe(true);
  });

  const space = searchSpace(
    {
      units: int(8, 64, { step: 8 }),
      rate: float(0, 1, { step: 0.1 }),
      optimizer: choice(['adam', { sgd: { momentum: float(0, 1) } }]),
    },
    { constraints: ['units * rate <= 32', "optimizer == 'adam' or momentum < 0.95"] },
  );
  const check = (point: HParams) => checkEnqueued(space, [point])[0];

  test('may be partial; what a hyperparameter depends on follows from it', () => {
    expect(check({ units: 16 })).toEqual({ units: 16 });
    expect(check({ momentum: 0.5 })).toEqual({ momentum: 0.5, optimizer: 'sgd' });
    expect(check({})).toEqual({});
    expect(check({ rate: 0.30000000000000004 })).toEqual({ rate: 0.30000000000000004 });
  });

  test('are completed by drawing only what they leave open', () => {
    const drawn: string[] = [];
    const full = completePoint(space, check({ units: 16, momentum: 0.5 })!, h => {
      drawn.push(h.name);
      return 0.5;
    });
    expect(full).toEqual({ units: 16, rate: 0.5, optimizer: 'sgd', momentum: 0.5 });
    expect(drawn).toEqual(['rate']);
  });

  test.each([
    [
      { unit: 8 },
      'enqueue[0]: no hyperparameter "unit" (did you mean "units"?); there are units, rate, optimizer, momentum',
    ],
    [{ units: 12 }, 'enqueue[0].units: expected a whole number from 8 to 64 by 8, got 12'],
    [{ rate: 0.25 }, 'enqueue[0].rate: expected a number from 0 to 1 by 0.1, got 0.25'],
    [{ units: 72 }, 'enqueue[0].units: expected a whole number from 8 to 64 by 8, got 72'],
    [{ optimizer: 'adm' }, 'enqueue[0].optimizer: expected one of adam, sgd, got "adm"'],
    [
      { optimizer: 'adam', momentum: 0.5 },
      'enqueue[0].momentum: it exists only if optimizer = sgd, and optimizer is adam',
    ],
    [
      { units: 64, rate: 0.9 },
      `enqueue[0]: the point cannot fulfil the space's constraints: "units * rate <= 32", "optimizer == 'adam' or momentum < 0.95"`,
    ],
    [
      { momentum: 0.99 },
      `enqueue[0]: the point cannot fulfil the space's constraints: "units * rate <= 32", "optimizer == 'adam' or momentum < 0.95"`,
    ],
  ] as const)('%j is refused with its path', (point, message) => {
    expect(() => check(point as HParams)).toThrow(expect.objectContaining({ message }));
  });
});
