// What it costs a training that a hundred clients look on.
import { startChild } from '../child.js';
import { digits, median } from '../numbers.js';

export const name = 'live';
export const title = 'Live clients';
export const about =
  'The same study of small networks, in the thread that also serves it, without and with 100 clients in another process, of which 10 never read, in turns; processor time of the process that trains, medians of the rounds.';

const CLIENTS = 100;
const DEAF = 10;
const MOST = 0.03;
const MOST_BYTES = 60_000;

export async function measure(options, emit, progress) {
  const rounds = options.quick ? 3 : 7;
  const settings = options.quick ? { trials: 16, epochs: 20 } : { trials: 32, epochs: 40 };
  const [trains, looks] = [startChild('measure-live.js', settings), startChild('live-clients.js', {})];
  const alone = [];
  const watched = [];
  try {
    const run = async clients => {
      const server = await trains.ask('open');
      if (clients > 0) await looks.ask('connect', { ...server, count: clients, deaf: DEAF });
      const { cpu, seconds, reports } = await trains.ask('run');
      const { bytes } = clients > 0 ? await looks.ask('counts') : { bytes: [] };
      if (clients > 0) await looks.ask('disconnect');
      await trains.ask('close');
      return { cpu, seconds, reports, bytesPerSecond: median(bytes) / seconds };
    };
    // The first compiles.
    await run(0);
    await run(CLIENTS);
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`);
      // Who is first takes turns too.
      const order = round % 2 === 0 ? [0, CLIENTS] : [CLIENTS, 0];
      for (const clients of order) (clients === 0 ? alone : watched).push(await run(clients));
    }
  } finally {
    trains.end();
    looks.end();
  }
  const of = (runs, key) => median(runs.map(run => run[key]));
  const result = {
    part: name,
    clients: CLIENTS,
    deaf: DEAF,
    rounds,
    reports: of(alone, 'reports'),
    aloneSeconds: of(alone, 'cpu'),
    watchedSeconds: of(watched, 'cpu'),
    // Each pair has seen the same neighbours.
    cost: median(watched.map(({ cpu }, i) => cpu / alone[i].cpu - 1)),
    reportsPerSecond: of(watched, 'reports') / of(watched, 'seconds'),
    bytesPerSecond: of(watched, 'bytesPerSecond'),
  };
  emit(result);
  return [result];
}

const percent = value => `${digits(100 * value)} %`;

const rows = results =>
  results.map(result => [
    `${result.clients}, ${result.deaf} of which never read`,
    digits(result.aloneSeconds),
    digits(result.watchedSeconds),
    percent(result.cost),
    digits(result.reportsPerSecond),
    digits(result.bytesPerSecond / 1000),
  ]);

const columns = ['clients', 'CPU s without', 'CPU s with', 'cost', 'reports/s', 'kB/s each'];

export const tables = results => [{ columns, rows: rows(results) }];

export const ratios = results => [{ columns, rows: rows(results) }];

export const goals = results =>
  results.flatMap(({ cost, bytesPerSecond, clients }) => [
    { goal: `${clients} clients cost at most ${percent(MOST)}`, got: percent(cost), reached: cost <= MOST },
    {
      goal: 'a client is sent less than 60 kB/s',
      got: `${digits(bytesPerSecond / 1000)} kB/s`,
      reached: bytesPerSecond < MOST_BYTES,
    },
  ]);

export const failures = () => [];
