// BENCHMARKS.md: what one run measured, as ratios.
import { CHECKED_STEPS, TOLERANCE } from './loss-check.js';
import { markdownTable } from './table.js';

/**
 * The file's text.
 *
 * @param {readonly { part: any, results: readonly any[], goals: readonly any[], problems: readonly string[] }[]} measured
 * @param {{ args: readonly string[], machine: ReturnType<import('./machine.js').machine>, date: Date }} run
 */
export function report(measured, { args, machine, date }) {
  const command = ['npm run bench --', ...args].join(' ');
  const { cpu, cores, memory, system, node } = machine;
  const versions = new Map(
    measured.flatMap(({ results }) =>
      results.flatMap(({ system: name, version }) => (version ? [[name, version]] : [])),
    ),
  );
  const lines = [
    '# Benchmarks',
    '',
    'Written by the benchmark from what it measured; do not edit. Ratios of one run on one machine, the sides taking turns:',
    'absolute speeds differ between machines and hours, ratios far less.',
    '',
    '```',
    command,
    '```',
    '',
    `${date.toISOString().slice(0, 10)}; ${cpu}, ${cores} cores, ${memory} GiB; ${system}; Node ${node}.`,
  ];
  if (versions.size > 0)
    lines.push(
      [...versions]
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')
        .concat('.'),
    );
  if (measured.some(({ part }) => part.name === 'training')) lines.push('', ...HOW_TRAINED);
  for (const { part, results, goals, problems } of measured) {
    lines.push('', `## ${part.title}`);
    if (part.about !== undefined) lines.push('', part.about);
    for (const table of results.length > 0 ? part.ratios(results) : []) lines.push('', ...markdownTable(table));
    if (goals.length > 0) {
      const rows = goals.map(({ goal, got, reached }) => [goal, got, reached ? 'reached' : '**missed**']);
      lines.push('', ...markdownTable({ columns: ['must reach', 'got', ''], rows }));
    }
    if (problems.length > 0) lines.push('', ...problems.map(problem => `- FAILED ${problem}`));
  }
  return `${lines.join('\n')}\n`;
}

const HOW_TRAINED = [
  '## What is compared, and how it is checked',
  '',
  'Every system trains the same networks on the same rows in the same order, each in a process of its own, with Adam (learning rate 0.001),',
  'softmax cross-entropy and the same starting weights: medians of rounds that alternate between the systems, after one that is not counted.',
  'rxnn runs through `batches(…).pipe(forward(net), loss(crossEntropy()), gradients(), update(adam()))`; it cuts its batches and copies them to',
  'the device inside the clock, while tfjs (`optimizer.minimize`) and jax-js (one `jit` around gradient and Adam) find theirs on the device before it starts.',
  "tfjs and jax-js use one thread in Node: tfjs's threads are off there unless forced, jax-js's need a global `Worker`.",
  'brain.js has neither batches nor cross-entropy: it is the same network on some of the same rows with its own trainer, its mean squared error, an update',
  'after every row and weights of its own, once with its default momentum (`brain`) and once with its Adam (`brain-adam`).',
  '',
  `Before it is timed, every system takes ${CHECKED_STEPS} steps from the starting weights. The mean losses over the first and the last tenth of them must`,
  `agree between the systems within ${TOLERANCE * 100} %, the last must be below 0.9 times the first, and those of one rxnn device must be equal to the bit whatever the`,
  "number of threads. brain.js's error must fall as much over a few passes. Otherwise the entry says FAILED and the command exits with 1.",
];
