import { didYouMean, InputError } from '../errors.js';
import {
  ARTICLES,
  allOf,
  comparable,
  compare,
  type Kind,
  kindOf,
  logical,
  numeric,
  type Part,
  requireKind,
  wrong,
} from './constraint-parts.js';
import { KEYWORDS, type Token, tokensOf } from './constraint-tokens.js';
import type { HParams } from './events.js';
import type { Hyperparameter } from './hyperparameter.js';

// Constraints as text, such as `units1 >= units2` or `optimizer != 'sgd' or momentum < 0.9`. The grammar (EBNF):
//
//   constraint = condition ;
//   condition  = both , { "or" , both } ;
//   both       = negation , { "and" , negation } ;
//   negation   = "not" , negation | comparison ;
//   comparison = sum , { ( "<" | "<=" | ">" | ">=" | "==" | "=" | "!=" ) , sum }
//              | sum , [ "not" ] , "in" , "[" , condition , { "," , condition } , "]" ;
//   sum        = product , { ( "+" | "-" ) , product } ;
//   product    = signed , { ( "*" | "/" | "%" ) , signed } ;
//   signed     = "-" , signed | power ;
//   power      = operand , [ ( "^" | "**" ) , signed ] ;
//   operand    = number | string | "true" | "false" | "null" | name | "(" , condition , ")"
//              | ( "min" | "max" ) , "(" , condition , { "," , condition } , ")"
//              | ( "log" | "abs" ) , "(" , condition , ")" | "exists" , "(" , name , ")" ;
//   number     = digits , [ "." , [ digits ] ] , [ exponent ] | "." , digits , [ exponent ] ;
//   string     = "'" , { any character but "'" } , "'" | '"' , { any character but '"' } , '"' ;
//   name       = word , { "." , word | "[" , digits , "]" } | "`" , { any character but "`" } , "`" ;
//   word       = ( letter | "_" | "$" ) , { letter | digit | "_" | "$" } ;
//
// `a < b < c` means `a < b and b < c`; `log` is the natural logarithm; in a string a backslash stands before a quote or a backslash.
// An option of a choice that is more than a value is compared by its name: `optimizer == 'adam'`.
//
// A hyperparameter that a point does not have (it belongs to an option that was not drawn) is unknown, and so is all that is
// reckoned from it, as well as arithmetic with what is no number ("full" among the batch sizes). `and`, `or` and `not` take the
// unknown as SQL does: `false and unknown` is false, `true or unknown` is true, else it stays unknown. A constraint that comes out
// unknown has nothing to say, and the point is allowed. `exists(name)` is true or false at every point.

const FUNCTIONS: Readonly<Record<string, { readonly most: number; readonly of: (...values: number[]) => number }>> = {
  min: { most: Number.POSITIVE_INFINITY, of: Math.min },
  max: { most: Number.POSITIVE_INFINITY, of: Math.max },
  log: { most: 1, of: Math.log },
  abs: { most: 1, of: Math.abs },
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '**': (a, b) => a ** b,
};

/** How strongly what stands between two parts binds them. */
const BINDING: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '==': 4,
  '=': 4,
  '!=': 4,
  in: 4,
  not: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '^': 8,
  '**': 8,
};
/** Longer than any that a person can read; what is nested is parsed by functions that call themselves. */
const LONGEST = 2000;

const NEGATION = 3;
const SIGNED = 7;

/**
 * Compiles a constraint on some hyperparameters, by the grammar above: what it returns says whether a point is allowed.
 *
 * @throws InputError with the column of a slip of the pen, of a name that no hyperparameter has, of an option that a choice does not
 * have, and of an operator whose operands can never be of its kind.
 */
export function compileConstraint(
  text: string,
  hyperparameters: readonly Hyperparameter[],
): (hparams: HParams) => boolean {
  if (text.length > LONGEST)
    throw new InputError(`a constraint of ${text.length} characters is longer than ${LONGEST}`);
  const tokens = tokensOf(text);
  let next = 0;
  const peek = () => tokens[next] as Token;
  const take = () => tokens[next++] as Token;
  const isWord = (token: Token, word: string) => token.kind === 'name' && !token.quoted && token.text === word;
  const isSign = (token: Token, sign: string) => token.kind === 'sign' && token.text === sign;
  const expectSign = (sign: string, after: string) => {
    if (!isSign(peek(), sign)) throw wrong(peek().at, `expected "${sign}" ${after}, got ${shownToken(peek())}`);
    next++;
  };

  const hyperparameterOf = (token: Token): Hyperparameter => {
    const found = hyperparameters.find(({ name }) => name === token.text);
    if (found !== undefined) return found;
    const names = hyperparameters.map(({ name }) => name);
    const known = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ');
    throw wrong(token.at, `no hyperparameter "${token.text}"${didYouMean(token.text, names)}; there are ${known}`);
  };

  const list = (close: string, after: string): Part[] => {
    const parts = [parse(0)];
    while (isSign(peek(), ',')) {
      next++;
      parts.push(parse(0));
    }
    expectSign(close, after);
    return parts;
  };

  const call = (token: Token): Part => {
    const { text: name, at } = token;
    next++;
    if (name === 'exists') {
      const inside = take();
      if (inside.kind !== 'name')
        throw wrong(inside.at, `exists takes the name of a hyperparameter, got ${shownToken(inside)}`);
      const { name: tested } = hyperparameterOf(inside);
      expectSign(')', 'after the name');
      return { evaluate: hparams => Object.hasOwn(hparams, tested), kinds: new Set(['boolean']), at };
    }
    const made = FUNCTIONS[name];
    if (made === undefined || !Object.hasOwn(FUNCTIONS, name)) {
      const functions = [...Object.keys(FUNCTIONS), 'exists'];
      throw wrong(at, `no function "${name}"${didYouMean(name, functions)}; there are ${functions.join(', ')}`);
    }
    const parts = list(')', `after what ${name} takes`);
    if (parts.length > made.most) throw wrong(at, `${name} takes one number, got ${parts.length}`);
    for (const part of parts) requireKind(part, 'number', name);
    return numeric(at, parts, made.of);
  };

  const operand = (): Part => {
    const token = take();
    const { at } = token;
    if (token.kind === 'number') return { evaluate: () => token.value, kinds: new Set(['number']), at };
    if (token.kind === 'string') {
      return { evaluate: () => token.value, kinds: new Set(['string']), at, literal: token.value };
    }
    if (isSign(token, '(')) {
      const inside = parse(0);
      expectSign(')', 'to close the parenthesis');
      return inside;
    }
    if (isSign(token, '-')) {
      const inside = requireKind(parse(SIGNED), 'number', '-');
      return numeric(at, [inside], value => -value);
    }
    if (isWord(token, 'not')) {
      const { evaluate } = requireKind(parse(NEGATION), 'boolean', 'not');
      return {
        evaluate: hparams => {
          const value = evaluate(hparams);
          return typeof value === 'boolean' ? !value : undefined;
        },
        kinds: new Set(['boolean']),
        at,
      };
    }
    if (token.kind !== 'name')
      throw wrong(at, `expected a number, a name or a text in quotes, got ${shownToken(token)}`);
    if (!token.quoted && isSign(peek(), '(') && !KEYWORDS.includes(token.text)) return call(token);
    if (!token.quoted && KEYWORDS.includes(token.text)) {
      if (token.text === 'null') return { evaluate: () => null, kinds: new Set(['null']), at };
      if (token.text === 'true' || token.text === 'false') {
        const value = token.text === 'true';
        return { evaluate: () => value, kinds: new Set(['boolean']), at };
      }
      throw wrong(at, `expected a number, a name or a text in quotes, got "${token.text}"`);
    }
    const hyperparameter = hyperparameterOf(token);
    const { name, labels } = hyperparameter;
    const kinds = new Set<Kind>(labels.length === 0 ? ['number'] : labels.map(kindOf));
    return {
      evaluate: hparams => (Object.hasOwn(hparams, name) ? hparams[name] : undefined),
      kinds,
      at,
      choice: labels.length === 0 ? undefined : hyperparameter,
    };
  };

  const membership = (left: Part, negated: boolean, at: number): Part => {
    expectSign('[', 'after "in"');
    const items = list(']', 'to close the list');
    for (const item of items) comparable(left, item, '==', at);
    return {
      evaluate: hparams => {
        const value = left.evaluate(hparams);
        if (value === undefined) return undefined;
        const values = items.map(item => item.evaluate(hparams));
        if (values.includes(value)) return !negated;
        return values.includes(undefined) ? undefined : negated;
      },
      kinds: new Set(['boolean']),
      at: left.at,
    };
  };

  const comparison = (first: Part, sign: string, at: number): Part => {
    const parts = [first, parse((BINDING[sign] as number) + 1)];
    const signs = [{ sign, at }];
    while (peek().kind === 'sign' && BINDING[peek().text] === BINDING[sign]) {
      const token = take();
      signs.push({ sign: token.text, at: token.at });
      parts.push(parse((BINDING[sign] as number) + 1));
    }
    for (const [i, each] of signs.entries()) comparable(parts[i] as Part, parts[i + 1] as Part, each.sign, each.at);
    return {
      evaluate: hparams => {
        const values = parts.map(part => part.evaluate(hparams));
        return allOf(signs.map((each, i) => compare(each.sign, values[i], values[i + 1])));
      },
      kinds: new Set(['boolean']),
      at: first.at,
    };
  };

  // Pratt, "Top down operator precedence" (1973): a part, then whatever binds it more strongly than what stands before it.
  const parse = (strength: number): Part => {
    let left = operand();
    for (;;) {
      const token = peek();
      const between = token.kind === 'sign' || (token.kind === 'name' && !token.quoted) ? token.text : '';
      const binding = Object.hasOwn(BINDING, between) ? (BINDING[between] as number) : 0;
      if (binding === 0 || binding < strength) return left;
      next++;
      if (between === 'not') {
        if (!isWord(peek(), 'in')) throw wrong(peek().at, `expected "in" after "not", got ${shownToken(peek())}`);
        next++;
        left = membership(left, true, token.at);
      } else if (between === 'in') {
        left = membership(left, false, token.at);
      } else if (between === 'and' || between === 'or') {
        requireKind(left, 'boolean', between);
        left = logical(between, left, requireKind(parse(binding + 1), 'boolean', between));
      } else if (Object.hasOwn(ARITHMETIC, between)) {
        // A power's exponent may be signed, and is itself a power.
        requireKind(left, 'number', between);
        const right = requireKind(parse(binding === BINDING['^'] ? SIGNED : binding + 1), 'number', between);
        left = numeric(left.at, [left, right], ARITHMETIC[between] as never);
      } else {
        left = comparison(left, between, token.at);
      }
    }
  };

  if (peek().kind === 'end') throw new InputError('the constraint is empty');
  const whole = parse(0);
  const rest = peek();
  if (rest.kind !== 'end')
    throw wrong(rest.at, `expected the constraint to end, or "and" or "or", got ${shownToken(rest)}`);
  if (!whole.kinds.has('boolean')) {
    throw new InputError(
      `expected a condition such as a <= b, got ${[...whole.kinds].map(each => ARTICLES[each]).join(' or ')}`,
    );
  }
  return hparams => whole.evaluate(hparams) !== false;
}

function shownToken(token: Token): string {
  return token.kind === 'end' ? 'the end' : token.kind === 'string' ? token.text : `"${token.text}"`;
}
