import { expect, test } from 'vitest';
import { optimizeLater } from '../../src/cli/optimize-later.js';

const flagsIn = (v8: string) => {
  const flags: string[] = [];
  optimizeLater(v8, flag => flags.push(flag));
  return flags;
};

test('the V8s in which it was measured optimize later, and no other is given a flag that it may not know', () => {
  expect(flagsIn('11.3.244.8-node.38')).toEqual(['--interrupt-budget=540000']);
  for (const v8 of ['13.6.233.17-node.63', '14.1.146.11-node.25', '14.6.202.34-node.40']) {
    expect(flagsIn(v8).map(flag => flag.replace(/=.*/, ''))).toEqual([
      '--invocation-count-for-maglev',
      '--invocation-count-for-maglev-osr',
      '--invocation-count-for-turbofan',
    ]);
  }
  expect(flagsIn('12.4.254.21-node.33')).toEqual([]);
  expect(flagsIn('113.0.1')).toEqual([]);
});

test('this V8 takes what it is given', () => {
  expect(() => optimizeLater()).not.toThrow();
});
