import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableJson } from '../../src/cli/readable-json.js';

test('readable JSON is the same value, and what fits on a line stands on one', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(JSON.parse(readableJson(value, 40))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const text = readableJson(
    { epochs: 20, layers: [{ repeat: { int: [1, 2] }, dense: { units: { int: [32, 128], log: true } } }] },
    64,
  );
  expect(text).toBe(`{
  "epochs": 20,
  "layers": [
    {
      "repeat": { "int": [1, 2] },
      "dense": { "units": { "int": [32, 128], "log": true } }
    }
  ]
}`);
});
