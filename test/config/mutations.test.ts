import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSearchFile } from '../../src/config/search-file.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import { DeviceError, InputError } from '../../src/errors.js';
import { openFolder } from './folder.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const folder = openFolder();
const files = readdirSync(examples).flatMap(name =>
  readdirSync(join(examples, name))
    .filter(file => /^(search|train.*)\.json$/.test(file))
    .map(file => ({ name: `${name}/${file}`, json: JSON.parse(readFileSync(join(examples, name, file), 'utf8')) })),
);

beforeAll(() => {
  cpSync(examples, folder.path, { recursive: true });
  // Rows enough to be loaded hundreds of times.
  const digits = readFileSync(join(examples, 'digits/digits.csv'), 'utf8').split('\n');
  folder.write('digits/digits.csv', digits.slice(0, 61).join('\n'));
});
afterAll(() => folder.remove());

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place within a JSON value. */
function places(json: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null) return [path];
  const entries: [string | number, Json][] = Array.isArray(json) ? [...json.entries()] : Object.entries(json);
  return [path, ...entries.flatMap(([key, item]) => places(item, [...path, key]))];
}

const strange = fc.oneof(
  fc.constantFrom<Json>(
    ...[0, -1, 1, 2.5, 1e9, 1e308, '', '3', 'relu', 'adam', 'full', 'auto', 'valLoss', './mish.mjs', '../x\u0000y'],
    ...[null, true, false, [], {}, [1, 2], ['a'], { use: './plateau.mjs' }, { use: './none.mjs', with: 1 }],
    ...[{ float: [0, 1] }, { int: [3, 1] }, { int: [1, 3] }, { choice: [] }, { ordinal: [1, 'relu', {}] }],
    ...[{ choice: [{ choice: [1, 2] }, { sgd: {} }] }, { float: [1, 2], log: 1 }, { toString: 1, constructor: 2 }],
    ...['constructor', 'toString', '__proto__', { hasOwnProperty: {} }, { length: 3 }],
  ),
  fc.json().map(text => JSON.parse(text) as Json),
);

type Edit = { readonly kind: 'replace' | 'remove' | 'rename' | 'double'; readonly at: number; readonly value: Json };

function applyEdit(json: Json, { kind, at, value }: Edit): Json {
  const all = places(json);
  const path = all[at % all.length] as readonly (string | number)[];
  const last = path.at(-1);
  if (last === undefined) return kind === 'replace' ? value : json;
  const copy = structuredClone(json);
  let inner = copy as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) inner = inner[key] as Record<string | number, Json>;
  const old = inner[last] as Json;
  if (kind === 'replace') inner[last] = value;
  else if (kind === 'double') inner[last] = [old, old];
  else delete inner[last];
  if (kind === 'rename') inner[`${String(last).slice(1)}x`] = old;
  return Array.isArray(inner) ? JSON.parse(JSON.stringify(copy)) : copy;
}

test('a spoilt example is accepted or refused with one sentence that names a file, whatever was done to it', async () => {
  const edit = fc.record({
    kind: fc.constantFrom(
      'replace' as const,
      'replace' as const,
      'remove' as const,
      'rename' as const,
      'double' as const,
    ),
    at: fc.nat(),
    value: strange,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 3 }), async (file, edits) => {
      const path = folder.write(file.name, edits.reduce(applyEdit, file.json as Json) ?? 'null');
      const load = file.name.endsWith('search.json') ? loadSearchFile : loadTrainingFile;
      const error: unknown = await load(path).then(
        made => made.close(),
        reason => reason,
      );
      if (error === undefined || error instanceof DeviceError) return;
      if (!(error instanceof InputError)) throw error;
      expect(error.place.file).toMatch(/\S/);
      expect(error.message).not.toMatch(/[\n\r]|undefined|\[object/);
    }),
    { numRuns: 400 },
  );
});

test('a spoilt text is JSON or an error with line and column or path', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.string(), async (file, at, piece) => {
      const text = JSON.stringify(file.json, null, 2);
      const place = at % text.length;
      const path = folder.write(file.name, `${text.slice(0, place)}${piece}${text.slice(place + 1)}`);
      const load = file.name.endsWith('search.json') ? loadSearchFile : loadTrainingFile;
      const error: unknown = await load(path).then(
        made => made.close(),
        reason => reason,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(InputError);
    }),
    { numRuns: 150 },
  );
});
