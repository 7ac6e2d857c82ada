import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { parseDuration } from './duration.js';
import { startEarly } from './early-threads.js';
import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import { deviceName, oneOf, parallelism, several, wholeNumber, words } from './option-parsers.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly debug?: true;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The command line's grammar. Each action loads its command's code only when it runs, so that `--help` is quick, and hands the
 * command's exit code to `finish`. Commands that `args` does not name have no options: nothing that is printed for them says any, and
 * making all takes a quarter of the time that `--help` takes.
 */
export function program(io: Io, finish: (code: ExitCode) => void, args: readonly string[]): Command {
  const rxnn = new Command('rxnn')
    .description('Trains neural networks and searches their hyperparameters, as streams.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride();

  const command = (name: string, summary: string) => {
    const made = rxnn
      .command(name)
      .description(summary)
      .helpOption('-h, --help', 'print this help')
      .option('--debug', 'print the stack of an error');
    if (args.includes(name)) return made;
    return Object.assign(made, { option: () => made, requiredOption: () => made });
  };

  command('tune', 'Searches the hyperparameters of a search file for the best network.')
    .argument('<search.json>', 'the search file')
    .option('--live', 'show the study in a browser while it runs')
    .option('--open', 'the same, and open the browser, where there is one')
    .option('--port <number>', 'port of the live page on 127.0.0.1; 0: any free one', wholeNumber('--port', 0, 65_535))
    .option('--parallel <number>', 'trials at a time; auto: one worker thread per core', parallelism)
    .option('--trials <number>', 'how many trials to run', wholeNumber('--trials', 1))
    .option('--time <duration>', 'when to stop: 90s, 10m, 1h30m', text => parseDuration(text))
    .option('--seed <number>', 'of everything random in the study', wholeNumber('--seed', 0))
    .option('--device <name>', 'webgpu, simd, webasm, cpu or auto', deviceName)
    .option('--out <file>', 'write the best trial as a training file')
    .option('--study <folder>', 'where the study is stored; by default a folder of its own in rxnn-studies')
    .option('--resume', 'go on with the stored study, and fail if there is none')
    .option('--fresh', 'begin the study anew; what is stored of it is put aside')
    .option('--no-journal', 'store nothing')
    .option('--json', 'print one event a line to stdout')
    .option('--dry-run', 'check the file and print what would run')
    .action(async (file, options) => {
      const threads = startEarly(file, options);
      try {
        finish(await (await import('./tune-command.js')).tuneCommand(file, options, io, threads));
      } finally {
        for (const { worker } of threads) void worker.terminate();
      }
    });

  command('train', 'Trains the network of a training file.')
    .argument('<train.json>', 'the training file')
    .option('--epochs <number>', 'how many epochs to train', wholeNumber('--epochs', 1))
    .option('--seed <number>', 'of everything random in the training', wholeNumber('--seed', 0))
    .option('--device <name>', 'webgpu, simd, webasm, cpu or auto', deviceName)
    .option('--out <file>', 'save the trained model')
    .option('--json', 'print one report a line to stdout')
    .action(async (file, options) =>
      finish(await (await import('./train-command.js')).trainCommand(file, options, io)),
    );

  command('predict', 'Predicts the rows of a data file with a saved model, to stdout.')
    .argument('<model>', 'the model, as `rxnn train --out` saves it')
    .argument('<data.csv>', 'the rows, with the columns that the model was trained on (.csv, .jsonl, either with .gz)')
    .option('--format <format>', 'csv or json (one object a line)', oneOf('--format', ['csv', 'json']))
    .option('--json', 'the same as --format json')
    .option('--device <name>', 'webgpu, simd, webasm, cpu or auto', deviceName)
    .action(async (model, data, options) =>
      finish(await (await import('./predict-command.js')).predictCommand(model, data, options, io)),
    );

  command('init', 'Looks at a data file and writes a search file for it.')
    .argument('<data.csv>', 'the rows (.csv, .jsonl, either with .gz)')
    .requiredOption('--target <column>', 'the column to predict')
    .option('--out <file>', 'the search file to write', 'search.json')
    .option('--force', 'replace a file that is there')
    .action(async (file, options) => finish(await (await import('./init-command.js')).initCommand(file, options, io)));

  command(
    'import',
    'Translates a Weights & Biases sweep (YAML) or an NNI search space (JSON or YAML) into a search file.',
  )
    .argument('<file>', 'the sweep or search space')
    .option('--out <file>', 'the search file to write', 'search.json')
    .option('--force', 'replace a file that is there')
    .action(async (file, options) =>
      finish(await (await import('./import-command.js')).importCommand(file, options, io)),
    );

  const ofStudy = (usage: string, summary: string) =>
    command(usage, summary).argument('<study>', 'its folder, its journal, or its name in rxnn-studies');

  command('studies', 'Lists the stored studies of a folder, the newest first.')
    .argument('[folder]', 'the folder; rxnn-studies unless stated')
    .option('--json', 'print one study a line, as JSON')
    .action(async (folder, options) =>
      finish(await (await import('./studies-command.js')).studiesCommand(folder, options, io)),
    );

  ofStudy('trials', 'Lists the trials of a stored study.')
    .option(
      '--where <condition>',
      'only trials such as "valLoss<0.3" or "state=complete"; may be given several times',
      several,
    )
    .option(
      '--sort <field>',
      'in the order of this: value (the best first), epochs, a metric, a hyperparameter (the smallest first), …',
    )
    .option('--reverse', 'the other way round')
    .option('--columns <fields>', 'what to show of each, with commas between', words('--columns'))
    .option('--limit <number>', 'how many at most', wholeNumber('--limit', 1))
    .option('--csv', 'print CSV, with all digits; metrics are those of the best epoch, of which the value is')
    .option('--json', 'print one trial a line, as JSON; `metrics` of the best epoch, `lastMetrics` of the last one')
    .action(async (study, options) =>
      finish(await (await import('./trials-command.js')).trialsCommand(study, options, io)),
    );

  ofStudy('best', 'Shows the best trial of a stored study, or its Pareto front, or writes a trial as a training file.')
    .option('--trial <number>', 'another trial than the best', wholeNumber('--trial', 0))
    .option('--out <file>', 'write the training file that repeats it')
    .option('--json', 'print that file')
    .action(async (study, options) =>
      finish(await (await import('./best-command.js')).bestCommand(study, options, io)),
    );

  ofStudy('importance', 'Says which hyperparameters decide how good a trial of a stored study is.')
    .option('--metric <name>', 'good by this objective only, of several')
    .option('--json', 'print one hyperparameter a line, as JSON')
    .action(async (study, options) =>
      finish(await (await import('./importance-command.js')).importanceCommand(study, options, io)),
    );

  ofStudy('export', 'Prints a stored study in another format, or writes it to a file.')
    .option(
      '--to <format>',
      'csv, json, or optuna: a journal that Optuna loads',
      oneOf('--to', ['csv', 'json', 'optuna']),
    )
    .option('--out <file>', 'the file')
    .action(async (study, options) =>
      finish(await (await import('./export-command.js')).exportCommand(study, options, io)),
    );

  ofStudy('replay', 'Says what other early-stopping rules would have saved of a stored study, and lost.')
    .requiredOption('--rules <rules>', 'a JSON list as in "earlyStopping", or a file with one')
    .option('--json', 'print what became of each rule on a line, as JSON')
    .action(async (study, options) =>
      finish(await (await import('./replay-command.js')).replayCommand(study, options, io)),
    );

  ofStudy('salvage', 'Cuts the damaged journal of a study before the damage, and keeps it beside it as it was.').action(
    async study => finish(await (await import('./salvage-command.js')).salvageCommand(study, io)),
  );

  command('view', 'Serves the live page of stored studies, also while others run, until Ctrl-C.')
    .argument('[place]', 'a folder of studies, or one study; rxnn-studies unless stated')
    .option('--open', 'open the browser, where there is one')
    .option('--port <number>', 'port of the page on 127.0.0.1; 0: any free one', wholeNumber('--port', 0, 65_535))
    .action(async (place, options) =>
      finish(await (await import('./view-command.js')).viewCommand(place, options, io)),
    );

  ofStudy('report', 'Writes the page of a stored study as one HTML file, which needs no server and no network.')
    .option('-o, --out <file>', 'the file; report.html unless stated')
    .action(async (study, options) =>
      finish(await (await import('./report-command.js')).reportCommand(study, options, io)),
    );

  command('devices', 'Lists the devices: which run here, why others do not, and how fast they multiply.')
    .option('--json', 'print one device a line, as JSON')
    .action(async options => finish(await (await import('./devices-command.js')).devicesCommand(options, io)));

  const steering = (usage: string, summary: string) =>
    command(usage, summary)
      .argument('<study>', 'its folder, its journal or its name, of which the beginning is enough')
      .option('--json', 'print the answer as JSON');
  const aTrial = wholeNumber('trial', 0);
  const study = () => import('./study-commands.js');

  steering(
    'pause',
    'Pauses a trial of a running study, whose place others take; or the study, which starts no new ones.',
  )
    .argument('[trial]', 'the number of the trial', aTrial)
    .action(async (name, trial, options) => finish(await (await study()).pauseCommand(name, trial, options, io)));

  steering('resume', 'Lets a paused trial of a running study go on, or the study itself.')
    .argument('[trial]', 'the number of the trial', aTrial)
    .action(async (name, trial, options) => finish(await (await study()).resumeCommand(name, trial, options, io)));

  steering('stop', 'Stops a trial of a running study, or the study, with which rxnn tune goes on.')
    .argument('[trial]', 'the number of the trial', aTrial)
    .option('--reason <text>', 'why, for the record')
    .option(
      '--outcome <outcome>',
      'what becomes of the trial: complete, pruned (unless stated) or failed',
      oneOf('--outcome', ['complete', 'pruned', 'failed']),
    )
    .action(async (name, trial, options) => finish(await (await study()).stopCommand(name, trial, options, io)));

  steering('retry', 'Runs the hyperparameters of a trial of a running study once more.')
    .argument('<trial>', 'the number of the trial', aTrial)
    .action(async (name, trial, options) => finish(await (await study()).retryCommand(name, trial, options, io)));

  steering('enqueue', 'Adds a trial to a running study, the next to be started.')
    .argument('[values...]', 'hyperparameters, name=value; the others are drawn')
    .option('--like <trial>', 'take the others from a trial', wholeNumber('--like', 0))
    .action(async (name, values, options) => finish(await (await study()).enqueueCommand(name, values, options, io)));

  steering('set', 'Changes how many trials a running study has, at a time and in all.')
    .argument('<changes...>', 'parallel=4, trials=200')
    .action(async (name, changes, options) => finish(await (await study()).setCommand(name, changes, options, io)));

  return rxnn;
}
