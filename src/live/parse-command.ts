import { didYouMean, InputError } from '../errors.js';
import type { HParams } from '../tune/events.js';
import type { StudyCommand } from '../tune/study-control.js';

/** The longest text in a command: a reason, a name, a value; and how many hyperparameters there may be. */
const LONGEST = 1000;
const MOST = 1000;

/** Throws an `InputError` for a value that is none of its kind. */
type Check = (value: unknown, name: string) => void;

interface Keys {
  readonly needed?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

const whole: Check = (value, name) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new InputError(`expected a whole number from 0 up, got ${shown(value)}`, { path: name });
  }
};

const text: Check = (value, name) => {
  if (typeof value !== 'string' || value.length > LONGEST) {
    throw new InputError(`expected a text of at most ${LONGEST} characters, got ${shown(value)}`, { path: name });
  }
};

const outcome: Check = (value, name) => {
  if (value !== 'complete' && value !== 'pruned' && value !== 'failed') {
    throw new InputError(`expected complete, pruned or failed, got ${shown(value)}`, { path: name });
  }
};

const hparams: Check = (value, name) => {
  if (!isObject(value)) {
    throw new InputError(`expected an object such as { "units": 64 }, got ${shown(value)}`, { path: name });
  }
  const entries = Object.entries(value as HParams);
  if (entries.length > MOST) {
    throw new InputError(`expected at most ${MOST} hyperparameters, got ${entries.length}`, { path: name });
  }
  for (const [key, each] of entries) {
    text(key, `${name}, a name`);
    if (typeof each === 'string') text(each, `${name}.${key}`);
    else if (typeof each !== 'number' && typeof each !== 'boolean' && each !== null) {
      throw new InputError(`expected a number, a text, true, false or null, got ${shown(each)}`, {
        path: `${name}.${key}`,
      });
    }
  }
};

const commands: Readonly<Record<StudyCommand['type'], Keys>> = {
  'pause-trial': { needed: { trial: whole } },
  'resume-trial': { needed: { trial: whole } },
  'stop-trial': { needed: { trial: whole }, optional: { reason: text, outcome } },
  'retry-trial': { needed: { trial: whole } },
  'clone-trial': { needed: { trial: whole, hparams } },
  enqueue: { needed: { hparams } },
  set: { optional: { parallel: whole, trials: whole } },
  pause: {},
  resume: {},
  stop: { optional: { reason: text } },
};

/**
 * A command for a study from JSON that anybody may have written; what it means for the study is the study's to check.
 *
 * @throws InputError that says what is wrong with it.
 */
export function parseCommand(value: unknown): StudyCommand {
  if (!isObject(value)) throw new InputError(`expected a command such as { "type": "pause" }, got ${shown(value)}`);
  const { type, ...rest } = value;
  if (typeof type !== 'string' || !Object.hasOwn(commands, type)) {
    const near = typeof type === 'string' && type.length <= LONGEST ? didYouMean(type, Object.keys(commands)) : '';
    throw new InputError(`no command ${shown(type)}${near}; there are ${Object.keys(commands).join(', ')}`);
  }
  const { needed = {}, optional = {} } = commands[type as StudyCommand['type']];
  for (const [name, check] of Object.entries(needed)) check(rest[name], `${type}.${name}`);
  for (const [name, given] of Object.entries(rest)) {
    if (Object.hasOwn(needed, name)) continue;
    const check = Object.hasOwn(optional, name) ? optional[name] : undefined;
    if (check === undefined) throw new InputError(`no key ${shown(name)}`, { path: type });
    check(given, `${type}.${name}`);
  }
  return value as unknown as StudyCommand;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was sent, as much of it as a sentence bears. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length <= 60 ? json : `${json.slice(0, 60)}…`;
}
