import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type Schema, searchJsonSchema, trainingJsonSchema } from '../../src/config/json-schema.js';
import { samplerFrom } from '../../src/config/samplers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples');
const files = readdirSync(examples).flatMap(name => readdirSync(join(examples, name)).map(file => `${name}/${file}`));
const json = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

describe('the JSON Schemas in schema/', () => {
  // `npx vitest run test/config/json-schema.test.ts -u` writes them.
  test.each([
    ['search', searchJsonSchema],
    ['training', trainingJsonSchema],
  ])('%s.schema.json is what the validator is', async (name, make) => {
    await expect(`${JSON.stringify(make(), undefined, 1)}\n`).toMatchFileSnapshot(
      join(root, `schema/${name}.schema.json`),
    );
  });

  test.each([searchJsonSchema, trainingJsonSchema])('%o makes a schema of draft 7', make => {
    expect(new Ajv({ strictTypes: false }).validateSchema(make())).toBe(true);
  });

  test('say what each key of the files means', () => {
    const wordless: string[] = [];
    const look = (schema: Schema, path: string): void => {
      for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
        if (property.description === undefined) wordless.push(`${path}.${name}`);
      }
    };
    const schema = searchJsonSchema() as { then: Schema; else: Schema; definitions: Record<string, Schema> };
    look(schema.then, 'then');
    look(schema.else, 'else');
    for (const name of ['data', 'model', 'layers', 'folds', 'split']) {
      const forms = (schema.definitions[name]?.anyOf ?? []) as Schema[];
      for (const form of forms) look(form, name);
    }
    expect(wordless).toEqual([]);
  });

  test('name the sampler of a file that states none', () => {
    const { properties } = (searchJsonSchema() as { then: Schema }).then as { properties: Record<string, Schema> };
    expect(properties.sampler?.description).toContain(`${samplerFrom(undefined, 0).name} unless stated`);
  });
});

describe('the schema of search files', () => {
  const validate = new Ajv({ strictTypes: false, allErrors: true }).compile(searchJsonSchema());
  const errorsOf = (value: unknown) =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

  test.each(files.filter(file => file.endsWith('search.json')))('accepts examples/%s, which names it', file => {
    expect(errorsOf(json(`examples/${file}`))).toEqual([]);
    expect(json(`examples/${file}`)).toHaveProperty('$schema', '../../schema/search.schema.json');
  });

  const base = json('examples/digits/search.json') as Record<string, unknown>;

  test.each<[string, Record<string, unknown>]>([
    ['a distribution in place of a section', { model: { choice: [base.model, { layers: [] }] } }],
    [
      'a distribution within a schedule',
      { optimizer: { adam: { learningRate: { warmup: { steps: 5, after: { float: [0.1, 1], log: true } } } } } },
    ],
    ['distributions in rules', { earlyStopping: [{ any: ['diverged', { patience: { epochs: { int: [1, 5] } } }] }] }],
    [
      'distributions in a module’s options',
      { earlyStopping: [{ use: './x.mjs', with: { slope: { float: [0, 1] } } }] },
    ],
    ['several objectives', { objective: [{ minimize: 'valLoss' }, { minimize: 'parameters' }] }],
    [
      'what a study needs',
      {
        constraints: ['units <= 3'],
        enqueue: [{ units: 3 }],
        nan: 'worst',
        deterministic: { lanes: 3 },
        checkpoint: { every: 3 },
      },
    ],
    ['a column named like a distribution', { data: { source: 'a.csv', target: 'b', types: { choice: 'category' } } }],
  ])('accepts %s', (_, changes) => {
    expect(errorsOf({ ...base, ...changes })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['an unknown key', { modl: {} }],
    ['a text for a number', { epochs: '20' }],
    ['a distribution where a value is the same for all trials', { trials: { int: [1, 3] } }],
    ['an option that can never be', { batchSize: { choice: [32, 'half'] } }],
    ['a range that leaves what is accepted', { epochs: { int: [0, 3] } }],
    ['an unknown key beside a distribution', { epochs: { int: [1, 3], lgo: true } }],
    ['two optimizers at once', { optimizer: { adam: {}, sgd: {} } }],
    [
      'a split beside folds',
      { data: { source: 'a.csv', target: 'b', split: { validation: 0.2 }, folds: { count: 3 } } },
    ],
    ['numbers that are not whole where they must be', { epochs: { float: [2, 8] } }],
    ['steps of none', { loss: 'crossEntropy', optimizer: { adam: { learningRate: { float: [0.1, 1], step: 0 } } } }],
    ['both sides of an objective', { objective: { minimize: 'a', maximize: 'b' } }],
  ])('rejects %s', (_, changes) => {
    expect(errorsOf({ ...base, ...changes })).not.toEqual([]);
  });

  test('knows files with an objective of their own', () => {
    const own = {
      space: { x: { float: [0, 1] }, deep: [{ y: { choice: ['a', { z: 1 }] } }] },
      objective: { module: './o.mjs', minimize: 'loss' },
    };
    expect(errorsOf(own)).toEqual([]);
    expect(errorsOf({ ...own, epochs: 3 })).not.toEqual([]);
    expect(errorsOf({ ...own, objective: { module: './o.mjs' } })).not.toEqual([]);
    const objectives = [{ minimize: 'loss' }, { maximize: 'accuracy' }];
    expect(errorsOf({ ...own, objective: { module: './o.mjs', objectives } })).toEqual([]);
    expect(errorsOf({ ...own, objective: { module: './o.mjs', minimize: 'loss', objectives } })).not.toEqual([]);
    for (const wrong of [{ float: [0, 1], step: 0 }, { choice: 'a' }, { int: [0, 1], lgo: true }]) {
      expect(errorsOf({ ...own, space: { deep: [{ x: wrong }] } })).not.toEqual([]);
    }
  });
});

test('the schema of training files accepts the examples, and no distribution', () => {
  const validate = new Ajv({ strictTypes: false }).compile(trainingJsonSchema());
  for (const file of files.filter(name => /\/train[^/]*\.json$/.test(name))) {
    expect(validate(json(`examples/${file}`)), file).toBe(true);
    expect(validate({ ...(json(`examples/${file}`) as object), epochs: { int: [1, 3] } })).toBe(false);
  }
});
