// A process that writes an endless study to a folder, to be killed: `node writer.js <folder> <what the journal is created with>`.
import { openJournal } from '../../dist/index.js';

const [, , folder, init] = process.argv;
const journal = await openJournal(folder, JSON.parse(init), { flushEvery: 5, syncEvery: 20 });
let seq = journal.events.length;
const write = body => journal.write({ seq, time: 1_700_000_000_000 + seq++, ...body });

function burst() {
  const trial = seq;
  write({ type: 'trial-started', trial, hparams: { units: seq } });
  for (let epoch = 1; epoch <= 40; epoch++) {
    const metrics = { loss: 1 / epoch, valLoss: epoch % 7 === 0 ? Number.NaN : Math.sqrt(epoch) };
    write({ type: 'trial-reported', trial, report: { epoch, step: epoch, samples: epoch, seconds: epoch, metrics } });
  }
  const stop = { by: 'epochs', reason: 'all 40 epochs done', outcome: 'complete', epoch: 40 };
  write({ type: 'trial-finished', trial, state: 'complete', value: 1, epochs: 40, seconds: 1, stop });
  setTimeout(burst, 1);
}
burst();
await journal.flush();
process.stdout.write('writing\n');
