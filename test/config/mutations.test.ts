import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import { searchJsonSchema } from '../../src/config/json-schema.js';
import { loadSearchFile, type Search } from '../../src/config/search-file.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import type { StudyView } from '../../src/early-stopping/study-view.js';
import { DeviceError, InputError } from '../../src/errors.js';
import { random } from '../../src/random.js';
import { completePoint } from '../../src/tune/enqueued-points.js';
import { quantile } from '../../src/tune/hyperparameter.js';
import { streamOf } from '../../src/tune/objective-result.js';
import { openFolder } from './folder.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const folder = openFolder();

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every key that the examples do not have. */
const everything: Json = {
  name: 'everything',
  data: {
    source: 'iris.csv',
    target: 'species',
    ignore: ['petal_width'],
    scale: { choice: ['standard', 'minmax'] },
    folds: { count: 2, repeats: 2, groups: 'petal_length', steps: { choice: ['epochs', 'folds'] } },
  },
  model: { layers: [{ repeat: { int: [1, 2] }, dense: { units: { int: [2, 5] }, activation: 'tanh' } }] },
  optimizer: { choice: [{ adam: { learningRate: { float: [0.01, 0.1], log: true } } }, { sgd: { momentum: 0.5 } }] },
  clip: { globalNorm: 1 },
  epochs: 2,
  metrics: ['accuracy'],
  reportEvery: { steps: 3 },
  objective: [{ minimize: 'valLoss' }, { minimize: 'parameters' }],
  sampler: { random: { seed: 1 } },
  trials: 2,
  constraints: ["optimizer != 'adam' or units * learningRate <= 0.4", 'repeat <= units'],
  enqueue: [{ units: 3 }, { learningRate: 0.05, repeat: 2 }],
  duplicates: 'forbid',
  nan: 'prune',
  deterministic: { lanes: 2 },
  parallel: 2,
  checkpoint: { every: 60 },
  earlyStopping: ['diverged', { any: [{ patience: { epochs: { int: [1, 3] } } }, 'median'] }],
};

const own: Json = {
  space: { units: { int: [1, 4] }, deep: [{ rate: { float: [0, 1] } }, 'as it is'] },
  objective: { module: './objective.mjs', with: { offset: 1 }, minimize: 'loss' },
  constraints: ['units >= 2 or rate < 0.5'],
  enqueue: [{ units: 2 }],
  earlyStopping: [{ threshold: { metric: 'loss', below: 0 } }],
  trials: 3,
};

/** An example with fewer networks to make. */
const quick = (text: string): Json => JSON.parse(text.replace('"count": 5', '"count": 2'));

const files: readonly { readonly name: string; readonly json: Json }[] = [
  ...readdirSync(examples).flatMap(name =>
    readdirSync(join(examples, name))
      .filter(file => /^(search|train.*)\.json$/.test(file))
      .map(file => ({ name: `${name}/${file}`, json: quick(readFileSync(join(examples, name, file), 'utf8')) })),
  ),
  { name: 'iris/everything-search.json', json: everything },
  { name: 'iris/own-search.json', json: own },
];
const searches = files.filter(({ name }) => name.endsWith('search.json'));

beforeAll(() => {
  cpSync(examples, folder.path, { recursive: true });
  folder.write(
    'iris/objective.mjs',
    'export default ({ units }, { shared }) => [{ loss: units + (shared.offset ?? 0) }];',
  );
  // Rows enough to be loaded a thousand times.
  const lines = (name: string) => readFileSync(join(examples, name), 'utf8').split('\n');
  const sparse = (name: string, n: number) => {
    const [header, ...rows] = lines(name).filter(line => line !== '');
    const every = Math.max(1, Math.floor(rows.length / n));
    folder.write(name, [header, ...rows.filter((_, i) => i % every === 0)].join('\n'));
  };
  for (const file of ['iris/iris.csv', 'custom-operator/iris.csv', 'diabetes/diabetes.csv']) sparse(file, 30);
  folder.write('digits/digits.csv', lines('digits/digits.csv').slice(0, 61).join('\n'));
});
afterAll(() => folder.remove());

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
    ...[
      'units <= 3',
      'exists(units) and (',
      'valAccuracy',
      'tpe',
      'worst',
      [{ minimize: 'parameters' }],
      [{ units: 3 }],
    ],
    ...[{ steps: 'folds' }, { every: 1 }, { lanes: 1 }, { module: './objective.mjs' }, { order: true, count: 3 }],
    ...['constructor', 'toString', '__proto__', { hasOwnProperty: {} }, { length: 3 }],
  ),
  fc.json().map(text => JSON.parse(text) as Json),
);

type Edit = {
  readonly kind: 'replace' | 'remove' | 'rename' | 'double' | 'nudge';
  readonly at: number;
  readonly value: Json;
};

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
  else if (kind === 'nudge')
    inner[last] = typeof old === 'number' ? old * 1.5 + 1 : typeof old === 'boolean' ? !old : old;
  else delete inner[last];
  if (kind === 'rename') inner[`${String(last).slice(1)}x`] = old;
  return Array.isArray(inner) ? JSON.parse(JSON.stringify(copy)) : copy;
}

const edit = fc.record({
  kind: fc.constantFrom<Edit['kind']>(
    'replace',
    'replace',
    'remove',
    'remove',
    'rename',
    'double',
    'nudge',
    'nudge',
    'nudge',
  ),
  at: fc.nat(),
  value: strange,
});
const edits = fc.oneof(fc.tuple(edit), fc.array(edit, { minLength: 1, maxLength: 3 }));

/** What `load` comes to: nothing, or an `InputError` with a file and a sentence; anything else fails the test. */
async function refusal(load: () => Promise<unknown>): Promise<InputError | undefined> {
  const error: unknown = await load().then(
    () => undefined,
    reason => reason,
  );
  if (error === undefined || error instanceof DeviceError) return undefined;
  if (!(error instanceof InputError)) throw error;
  expect(exitCodeOf(error)).toBe(2);
  expect(error.place.file).toMatch(/\S/);
  expect(error.message).not.toMatch(/[\n\r]|undefined|\[object/);
  return error;
}

/** Networks that are too large to be made in a test are only looked at. */
const isSmall = (json: Json) => !/\d{4}|e\+/.test(JSON.stringify(json));

const usesModules = (json: Json) => /"(use|module)":/.test(JSON.stringify(json));

/** The first report of the first trial: a file that is accepted must run. */
async function runFirst({ options }: Search): Promise<void> {
  const { space } = options;
  const [given = {}] = options.enqueue ?? [];
  let attempt = 0;
  const draw = () => completePoint(space, given, h => quantile(h, random(0, 'mutations', attempt, h.name).uniform()));
  let hparams = draw();
  while (!space.allows(hparams)) {
    attempt++;
    hparams = draw();
  }
  const context = { trial: 0, seed: 0, hparams, waitFor: () => {} };
  const study: StudyView = { objective: { metric: 'loss', direction: 'minimize' }, trial: 0, trials: [] };
  options.earlyStopping?.({ ...context, study });
  const report = await firstValueFrom(streamOf(options.objective(space.substitute(hparams) as never, context)));
  expect(report.epoch).toBe(1);
}

test('a thousand spoilt search files: each runs its first batches, or gets one sentence and exit code 2', async () => {
  const validate = new Ajv({ strictTypes: false }).compile(searchJsonSchema());
  const seen = { ran: 0, refused: 0, rejected: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...searches), edits, async (file, changes) => {
      const json = changes.reduce(applyEdit, file.json);
      const path = folder.write(file.name, json ?? 'null');
      const refused = await refusal(async () => {
        const search = await loadSearchFile(path, { device: 'simd', threads: false });
        try {
          const running = isSmall(json) ? runFirst(search) : Promise.resolve();
          // A user's rule in place of an activation fails its trial, in its own words.
          await (usesModules(json) ? running.catch(() => {}) : running);
          seen.ran++;
        } finally {
          await search.close();
        }
      });
      if (refused !== undefined) seen.refused++;
      if (validate(json)) return;
      seen.rejected++;
      // What an editor underlines does not run.
      expect(refused, JSON.stringify(validate.errors?.at(-1))).toBeDefined();
    }),
    { numRuns: 1000 },
  );
  expect(seen.ran).toBeGreaterThan(100);
  expect(seen.rejected).toBeGreaterThan(300);
}, 120_000);

test('a spoilt training file is accepted or refused with one sentence that names a file', async () => {
  const trainings = files.filter(({ name }) => !name.endsWith('search.json'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...trainings), edits, async (file, changes) => {
      const path = folder.write(file.name, changes.reduce(applyEdit, file.json) ?? 'null');
      await refusal(async () => (await loadTrainingFile(path)).close());
    }),
    { numRuns: 150 },
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
