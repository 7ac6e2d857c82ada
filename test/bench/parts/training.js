// Training steps side by side: every system in a process of its own, taking turns.
import { startChild } from '../child.js';
import { CHECKED_STEPS, checkLosses, lossSummary } from '../loss-check.js';
import { median, rate, times } from '../numbers.js';
import { threadCounts, usualDevices } from '../open-device.js';
import { describeWorkload, WORKLOADS } from '../workloads.js';

export const name = 'training';
export const title = 'Training steps';

/** The least ratios of the default device to its peers; to brain.js with the workloads' own Adam and with its faster default. */
const TARGETS = {
  W1: { jax: 4, tfjs: 10, 'brain-adam': 50, brain: 50 },
  W2: { jax: 2, tfjs: 9, 'brain-adam': 50, brain: 50 },
  W3: { jax: 2, tfjs: 15, 'brain-adam': 80, brain: 80 },
  W4: { jax: 50, tfjs: 100, 'brain-adam': 8, brain: 8 },
};

/** What runs: rxnn on each device with each number of threads, then the peers. */
async function entriesOf({ systems, devices: asked }) {
  const ours = [];
  for (const device of systems.includes('rxnn') ? (asked ?? usualDevices()) : []) {
    for (const threads of await threadCounts(device)) ours.push({ system: 'rxnn', device, threads });
  }
  return systems.flatMap(system => (system === 'rxnn' ? ours : [{ system }]));
}

/**
 * @param {import('../options.js').Options} options
 * @param {(result: object) => void} emit
 * @param {(text: string) => void} progress
 */
export async function measure(options, emit, progress) {
  const rounds = options.quick ? 3 : 7;
  const milliseconds = options.quick ? 150 : 500;
  const entries = await entriesOf(options);
  const results = [];
  for (const workload of WORKLOADS.filter(({ name: each }) => options.workloads.includes(each))) {
    progress(`${workload.name} (${describeWorkload(workload)})`);
    for (const result of await measureWorkload(workload, entries, { rounds, milliseconds })) {
      results.push(result);
      emit(result);
    }
  }
  return results;
}

async function measureWorkload(workload, entries, { rounds, milliseconds }) {
  const sides = entries.map(entry => ({
    entry,
    child: startChild('systems/side.js', { ...entry, workload: workload.name }),
    about: {},
    /** @type {number[]} */ losses: [],
    /** @type {number[]} */ speeds: [],
    /** @type {string | undefined} */ failed: undefined,
  }));
  /** A system that fails is out; the others go on. */
  const each = async work => {
    for (const side of sides) {
      if (side.failed !== undefined) continue;
      try {
        await work(side);
      } catch (error) {
        side.failed = error instanceof Error ? error.message : String(error);
        side.child.end();
      }
    }
  };
  try {
    await each(async side => {
      side.about = await side.child.ask('about');
      side.losses = await side.child.ask('losses', CHECKED_STEPS);
    });
    const checked = sides.filter(({ failed }) => failed === undefined);
    const wrong = checkLosses(
      checked.map(({ losses, entry: { system, device } }) => ({
        losses,
        alike: !system.startsWith('brain'),
        ...(system === 'rxnn' && { exactly: device }),
      })),
    );
    // The first round is for the compilers.
    for (let round = -1; round < rounds; round++) {
      await each(async side => {
        const { samples, seconds } = await side.child.ask('round', milliseconds);
        if (round >= 0) side.speeds.push(samples / seconds);
      });
    }
    return sides.map(side => {
      const { entry, about, speeds, losses, failed } = side;
      const problem = failed ?? wrong[checked.indexOf(side)];
      return {
        part: name,
        workload: workload.name,
        system: entry.system,
        device: entry.device ?? about.device ?? '',
        threads: about.threads ?? entry.threads ?? 1,
        samplesPerSecond: speeds.length === 0 ? null : median(speeds),
        rounds: speeds,
        ...(losses.length > 0 && { steps: losses.length, ...lossSummary(losses) }),
        version: about.version,
        ok: problem === undefined,
        ...(problem !== undefined && { problem }),
      };
    });
  } finally {
    for (const { child } of sides) child.end();
  }
}

/** The results of a workload, and the one of rxnn's default device and number of threads. */
function byWorkload(results) {
  const names = [...new Set(results.map(({ workload }) => workload))];
  return names.map(workload => {
    const own = results.filter(result => result.workload === workload);
    return { workload, own, ours: own.find(({ system }) => system === 'rxnn') };
  });
}

const label = ({ system, device, threads }) => `${system} (${device}${threads === 1 ? '' : `, ${threads} threads`})`;

const described = name => `${name}  ${describeWorkload(WORKLOADS.find(each => each.name === name))}`;

export const tables = results =>
  byWorkload(results).map(({ workload, own, ours }) => ({
    title: described(workload),
    columns: ['', 'samples/s', 'lowest', 'highest', 'rxnn is', 'loss', '→', ''],
    rows: own.map(result => [
      label(result),
      rate(result.samplesPerSecond ?? Number.NaN),
      rate(Math.min(...result.rounds)),
      rate(Math.max(...result.rounds)),
      result === ours || !ours ? '' : times(ours.samplesPerSecond / result.samplesPerSecond),
      result.firstLoss?.toFixed(4) ?? '',
      result.lastLoss?.toFixed(4) ?? '',
      result.ok ? '' : `FAILED: ${result.problem}`,
    ]),
  }));

export function ratios(results) {
  const of = byWorkload(results).filter(({ ours }) => ours !== undefined);
  if (of.length === 0) return [];
  const entries = [...new Set(of.flatMap(({ own }) => own.map(label)))].filter(
    each => !of.some(({ ours }) => label(ours) === each),
  );
  return [
    {
      title: `How many times as fast as others ${label(of[0].ours)} is`,
      columns: ['', ...entries],
      rows: of.map(({ workload, own, ours }) => [
        described(workload),
        ...entries.map(entry => {
          const other = own.find(result => label(result) === entry);
          if (other === undefined) return '–';
          return other.ok ? times(ours.samplesPerSecond / other.samplesPerSecond) : 'failed';
        }),
      ]),
    },
    {
      title: 'Mean loss over the first and the last of the checked steps',
      columns: ['', ...new Set(of.flatMap(({ own }) => own.map(label)))],
      rows: of.map(({ workload, own }) => [
        workload,
        ...[...new Set(of.flatMap(each => each.own.map(label)))].map(entry => {
          const result = own.find(each => label(each) === entry);
          return result?.firstLoss === undefined
            ? '–'
            : `${result.firstLoss.toFixed(4)} → ${result.lastLoss.toFixed(4)}`;
        }),
      ]),
    },
  ];
}

export const goals = results =>
  byWorkload(results).flatMap(({ workload, own, ours }) =>
    Object.entries(TARGETS[workload] ?? {}).flatMap(([system, least]) => {
      const other = own.find(result => result.system === system);
      if (other === undefined || ours === undefined) return [];
      const ratio = ours.samplesPerSecond / other.samplesPerSecond;
      return [
        { goal: `${workload}: ${least}× ${system}`, got: times(ratio), reached: ours.ok && other.ok && ratio >= least },
      ];
    }),
  );

export const failures = results =>
  results.filter(({ ok }) => !ok).map(result => `${result.workload}, ${label(result)}: ${result.problem}`);
