import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { activation, initializer, loss, optimizer } from '../../src/config/part-schemas.js';
import { activations } from '../../src/nn/activations.js';
import { initializersByName, toInitializer } from '../../src/nn/initializers.js';
import { lossesByName, lossFromConfig } from '../../src/nn/losses/by-name.js';
import { optimizerFromConfig, optimizersByName } from '../../src/nn/optimizers/by-name.js';
import { schedulesByName, toSchedule } from '../../src/nn/schedules.js';

// The files' schemas and the functions that make the parts are written apart; here they are held together.

type JsonSchema = {
  anyOf: [{ enum: string[] }, { properties: Record<string, { properties: Record<string, unknown> }> }];
};

/** The options that a function accepts, as its own error lists them. */
function acceptedBy(make: (options: object) => unknown): string[] {
  try {
    make({ nobodysOption: 1 });
  } catch (error) {
    const list = /; it takes (.*)$/.exec((error as Error).message)?.[1] ?? '';
    return list === 'no options' ? [] : list.split(', ').sort();
  }
  throw new Error('it accepts everything');
}

describe.each([
  ['optimizer', optimizer, Object.keys(optimizersByName), optimizerFromConfig],
  ['loss', loss, Object.keys(lossesByName), lossFromConfig],
  ['initializer', initializer, Object.keys(initializersByName), toInitializer],
] as const)('every %s', (_, schema, names, make) => {
  const { anyOf } = z.toJSONSchema(schema) as unknown as JsonSchema;

  test('may be named in a file', () => {
    expect([...anyOf[0].enum].sort()).toEqual([...names].sort());
    expect(Object.keys(anyOf[1].properties).sort()).toEqual([...names].sort());
  });

  test.each(names)('%s takes the same options in a file and in code', name => {
    const inFile = Object.keys(anyOf[1].properties[name]!.properties).sort();
    expect(inFile).toEqual(acceptedBy(options => make({ [name]: options } as never)));
  });
});

test('every schedule may stand for a learning rate, with the options that it takes in code', () => {
  const text = JSON.stringify(z.toJSONSchema(optimizer));
  for (const name of Object.keys(schedulesByName)) {
    const options = acceptedBy(options => toSchedule({ [name]: options }));
    expect(options.length).toBeGreaterThan(0);
    expect(text).toContain(`"${name}":{"type":"object"`);
    for (const option of options) expect(text).toContain(`"${option}":`);
  }
});

test('every activation may be named in a file', () => {
  for (const name of Object.keys(activations)) expect(activation.safeParse(name).success).toBe(true);
});
