// Required before a program: at its end it appends the seconds of processor time that all its threads took to the file RXNN_BENCH_CPU.
const { appendFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const file = process.env.RXNN_BENCH_CPU;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    appendFileSync(file, `${(user + system) / 1e6}\n`);
  });
}
