import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { style, wantsColor } from '../../src/cli/style.js';
import { clean, columns, padEnd, padStart, truncate, wrap } from '../../src/cli/text.js';

const red = style(true).red;

describe('text for a terminal', () => {
  it('measures columns without colours, with wide characters and combining marks', () => {
    expect(columns(red('abc'))).toBe(3);
    expect(columns('数字')).toBe(4);
    expect(columns('e\u0301')).toBe(1);
    expect(columns('🚀')).toBe(2);
  });

  it('never lets a line run over its width, whatever it holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.string().map(text => red(clean(text))),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 0, max: 40 }), (pieces, width) => {
        const cut = truncate(pieces.map(text => (text.includes('\u001b') ? text : clean(text))).join(' '), width);
        expect(columns(cut)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('cuts with an ellipsis and closes the colours', () => {
    expect(truncate('abcdef', 4)).toBe('abc…');
    expect(truncate('abcd', 4)).toBe('abcd');
    expect(truncate(red('abcdef'), 4)).toBe(red('abc…'));
  });

  it('takes the sting out of foreign text', () => {
    expect(clean('a\u001b[2Jb\nc\u202813\u009b')).toBe('a [2Jb c 13');
    expect(clean('a\u202efdp.exe\u2069'), 'which would turn the line around').toBe('a fdp.exe');
  });

  it('pads to columns', () => {
    expect(padEnd('数', 4)).toBe('数  ');
    expect(padStart(red('1'), 3)).toBe(`  ${red('1')}`);
  });

  it('wraps words, keeping the separator at the end of a line', () => {
    expect(wrap(['units 64', 'rate 0.1', 'batch 32'], 21, ' ·')).toEqual(['units 64 · rate 0.1 ·', 'batch 32']);
    expect(wrap(['a', 'b', 'c'], 3)).toEqual(['a b', 'c']);
    expect(wrap([], 10)).toEqual([]);
  });
});

describe('colours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, {}, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('of %j under %j: %s', (stream, env, expected) => {
    expect(wantsColor(stream, env)).toBe(expected);
    expect(style(expected).bold('x') === 'x').toBe(!expected);
  });
});
