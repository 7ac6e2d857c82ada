// Runs the benchmark's parts and prints what they measured: `npm run bench`, which builds rxnn and installs the peers first.
import { writeFileSync } from 'node:fs';
import { machine } from './machine.js';
import { report } from './markdown.js';
import { devices } from './open-device.js';
import { ArgumentError, parseOptions, USAGE } from './options.js';
import { textTable } from './table.js';

/**
 * Measures, prints and perhaps writes; resolves to the exit code: 0, 1 when something failed, 2 for wrong arguments.
 *
 * @param {readonly string[]} args
 */
export async function main(args) {
  let options;
  try {
    options = parseOptions(args);
    const odd = options.devices?.find(name => !devices.includes(name));
    if (odd !== undefined) {
      throw new ArgumentError(`--devices: there is no ${JSON.stringify(odd)}; there are ${devices.join(', ')}`);
    }
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return run(options, args);
}

async function run(options, args) {
  const print = lines => {
    if (!options.json) process.stdout.write(`${lines.join('\n')}\n`);
  };
  const failed = [];
  const measured = [];
  for (const name of options.parts) {
    const part = await import(`./parts/${name}.js`);
    print(['', part.title]);
    const emit = result => {
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    };
    let results;
    try {
      results = await part.measure(options, emit, text => process.stderr.write(`${name}: ${text}\n`));
    } catch (error) {
      // The other parts can still be measured.
      const problem = `${name}: ${error instanceof Error ? error.message : error}`;
      failed.push(problem);
      measured.push({ part, results: [], goals: [], problems: [problem] });
      continue;
    }
    const goals = part.goals(results);
    for (const table of part.tables(results)) print(['', ...textTable(table)]);
    if (goals.length > 0) print(['', ...goalLines(goals)]);
    if (options.json) for (const goal of goals) process.stdout.write(`${JSON.stringify({ part: name, ...goal })}\n`);
    const problems = part.failures(results);
    failed.push(...problems);
    measured.push({ part, results, goals, problems });
  }
  if (options.write) {
    writeFileSync(
      new URL('../../BENCHMARKS.md', import.meta.url),
      report(measured, { args, machine: machine(), date: new Date() }),
    );
    process.stderr.write('BENCHMARKS.md is written\n');
  }
  for (const failure of failed) process.stderr.write(`FAILED ${failure}\n`);
  return failed.length > 0 ? 1 : 0;
}

const goalLines = goals =>
  textTable({
    title: 'must reach',
    columns: ['', 'got', ''],
    rows: goals.map(({ goal, got, reached }) => [goal, got, reached ? 'reached' : 'MISSED']),
  });

if (import.meta.url === `file://${process.argv[1]}`) process.exitCode = await main(process.argv.slice(2));
