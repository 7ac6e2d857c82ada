// What `npm run bench --` was asked: parts of the benchmark by name, and options.
import { WORKLOADS } from './workloads.js';

/** The parts in the order in which they run. */
export const PARTS = [
  'training',
  'matmul',
  'streams',
  'startup',
  'tuning',
  'tuner',
  'workers',
  'live',
  'memory',
  'dashboard',
];

/** The systems that are trained side by side, rxnn first. */
export const SYSTEMS = ['rxnn', 'tfjs', 'jax', 'brain', 'brain-adam'];

/** How to call it. */
export const USAGE = `npm run bench -- [${PARTS.join('] [')}] [options]

  parts                 what to measure; all unless stated
  --quick               shorter and fewer rounds, for a look: two minutes instead of ten
  --workloads W1,W4     of the training part: ${WORKLOADS.map(({ name }) => name).join(', ')}
  --systems rxnn,jax    of the training part: ${SYSTEMS.join(', ')}
  --devices webasm,cpu  of rxnn; the first is the one whose ratios are stated; the fast CPU devices unless stated
  --json                one JSON object a line instead of tables
  --write               writes BENCHMARKS.md from what was measured
  --help                this
`;

/** A mistake in the arguments, in one sentence. */
export class ArgumentError extends Error {}

const LISTS = { '--workloads': WORKLOADS.map(({ name }) => name), '--systems': SYSTEMS, '--devices': undefined };

/**
 * @typedef {object} Options
 * @property {string[]} parts in the order in which they run
 * @property {string[]} workloads
 * @property {string[]} systems
 * @property {string[] | undefined} devices undefined: the usual ones
 * @property {boolean} quick
 * @property {boolean} json
 * @property {boolean} write
 * @property {boolean} help
 */

/**
 * Reads the arguments; throws an ArgumentError for one that it does not know.
 *
 * @param {readonly string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  const flags = { '--quick': false, '--json': false, '--write': false, '--help': false };
  /** @type {Record<string, string[] | undefined>} */
  const lists = {};
  /** @type {string[]} */
  const parts = [];
  const rest = [...args];
  while (rest.length > 0) {
    const argument = /** @type {string} */ (rest.shift());
    const [name, ...given] = argument.split('=');
    if (argument in flags) flags[argument] = true;
    else if (name in LISTS) lists[name] = listOf(name, given.length > 0 ? given.join('=') : rest.shift());
    else if (PARTS.includes(argument)) parts.push(argument);
    else if (argument.startsWith('-')) {
      const known = [...Object.keys(flags), ...Object.keys(LISTS)].join(', ');
      throw new ArgumentError(`there is no option ${JSON.stringify(name)}; options are ${known}`);
    } else throw new ArgumentError(`there is no part ${JSON.stringify(argument)}; parts are ${PARTS.join(', ')}`);
  }
  return {
    parts: parts.length === 0 ? PARTS : PARTS.filter(part => parts.includes(part)),
    workloads: lists['--workloads'] ?? WORKLOADS.map(({ name }) => name),
    systems: lists['--systems'] ?? SYSTEMS,
    devices: lists['--devices'],
    quick: flags['--quick'],
    json: flags['--json'],
    write: flags['--write'],
    help: flags['--help'],
  };
}

/** `W1,W4` as a list of names that exist. */
function listOf(option, text) {
  const known = LISTS[option];
  const names = (text ?? '').split(',').filter(name => name !== '');
  const example = known === undefined ? '' : `: ${known.join(', ')}`;
  if (text?.startsWith('-') || names.length === 0) {
    throw new ArgumentError(`${option} needs names with commas between them${example}`);
  }
  const odd = names.find(name => known !== undefined && !known.includes(name));
  if (odd !== undefined) {
    throw new ArgumentError(`${option}: there is no ${JSON.stringify(odd)}; there are ${known.join(', ')}`);
  }
  return names;
}
