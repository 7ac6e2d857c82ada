import { concat, defer, ignoreElements, map, type Observable, tap } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import { watchRestores } from '../early-stopping/restores.js';
import type { StudyView } from '../early-stopping/study-view.js';
import { InputError } from '../errors.js';
import type { DeviceName } from '../kernels/device.js';
import { openDevice } from '../kernels/open-device.js';
import type { Loss } from '../nn/losses/loss.js';
import type { Metric } from '../nn/metrics/metric.js';
import type { Network } from '../nn/network.js';
import type { Metrics, Report } from '../train/report.js';
import type { Objective } from '../tune/events.js';
import { pathText } from '../tune/path.js';
import { parseTemplate } from './check-search.js';
import { checkTraining } from './check-training.js';
import { checkWithData, isValidated } from './check-with-data.js';
import { importModules } from './custom-modules.js';
import { deviceNotes } from './device-notes.js';
import { findReferences } from './find-references.js';
import { inSequence, makeRules } from './make-rules.js';
import { openDataFiles, type PreparedData } from './open-data.js';
import { openNetwork, reportsOf, runTrial, stepsAreFolds, trainNetwork } from './open-training.js';
import { inFile, readJsonObject } from './read-json.js';
import { distributionPath } from './representatives.js';
import { ruleNames } from './rule-names.js';
import { saveModelWithParts } from './saved-parts.js';
import { isModuleSearch } from './search-kind.js';
import type { TrainingFile } from './training-schema.js';

/** What the command line may state instead of the file. */
export interface TrainingOverrides {
  readonly epochs?: number | undefined;
  /** Of starting weights, batches and dropout; how data is divided has a seed of its own. */
  readonly seed?: number | undefined;
  readonly device?: DeviceName | 'auto' | undefined;
}

/** A training file, checked and ready to run. */
export interface Training {
  readonly name: string;
  /** Reports of a training that is not stopped: one an epoch, or with folds in turn one a fold. */
  readonly epochs: number;
  /** Trained by `reports$`; freed by `close`. */
  readonly net: Network;
  readonly loss: Loss;
  /** The rows that the network is trained on. */
  readonly data: Dataset;
  /** Rows to validate with, when the file has a `split`. */
  readonly validation?: Dataset | undefined;
  readonly metrics: readonly Metric[];
  readonly objective: Objective;
  readonly rules: readonly string[];
  /** `digits.csv: 1797 rows, 64 columns, 10 classes`. */
  readonly summary: string;
  /** What people should know before it runs, a sentence each. */
  readonly notes: readonly string[];
  /**
   * One report per epoch, the rules applied: if one of them ends the training, the last report says why (`stop`). With `folds`
   * they are the means over the folds' networks; then, before it completes, `net` is trained on all rows for as many epochs.
   */
  readonly reports$: Observable<Report>;
  /** Writes `net` as a model that `loadModelWithParts` loads, wherever it stands. */
  save(path: string, metrics?: Metrics): Promise<void>;
  /** Frees the network and the device; due when the training has ended and the model is saved. */
  close(): void;
}

/**
 * Reads a training file with its data and modules, checks all of it, and opens the device. Without `split` and `folds` every row is
 * trained on.
 *
 * @throws InputError with file and path for what is wrong, DeviceError for a device that cannot run; nothing stays open then.
 */
export async function loadTrainingFile(file: string, overrides: TrainingOverrides = {}): Promise<Training> {
  const training = await readTraining(file, overrides);
  const custom = await importModules(
    file,
    findReferences(training, path => path),
  );
  const files = openDataFiles(file);
  await files.read(training.data);
  const { data, head, wanted, notes } = inFile(file, () => checkWithData(training, files));
  const { name = 'training', epochs, earlyStopping = [] } = training;
  const { metrics, objective } = wanted;
  // Alone: rules that compare trials find none to compare with.
  const study: StudyView = { objective, trial: 0, trials: [] };
  const part = data.folds ? { train: data.all() } : data.parts[0]!;

  const device = await openDevice(overrides.device ?? training.device);
  try {
    const workplace = { device, custom };
    const net = openNetwork(training, part.train.features, head, workplace);
    const rules = () => inSequence(makeRules(earlyStopping, study, custom));
    let untrained = data.folds;
    /** The folds' reports, then the network's own training, for as many epochs as were best, of folds in turn on average. */
    const throughFolds = () => {
      let best = epochs;
      const inTurn = stepsAreFolds(training);
      const ends: number[] = [];
      const restores = watchRestores();
      const folds$ = runTrial(training, data, workplace, {
        ended: ({ bestEpoch }) => ends.push(bestEpoch),
        summarize: false,
      }).pipe(
        map(restores.watched),
        rules(),
        tap({
          next: ({ epoch, stop }) => {
            if (!inTurn) best = stop?.restoredEpoch ?? epoch;
          },
          // Rules restore at the end of the epochs too, where there is no decision to say so.
          complete: () => {
            best = inTurn ? Math.round(mean(ends)) : (restores.epoch() ?? best);
          },
        }),
      );
      const final = () =>
        trainNetwork(net, training, part, head, { metrics: [], parameters: false }, best).pipe(
          ignoreElements(),
          tap({
            complete: () => {
              untrained = false;
            },
          }),
        );
      return concat(folds$, defer(final));
    };
    return {
      name,
      epochs: reportsOf(training, data),
      net,
      loss: head.loss,
      data: part.train,
      validation: data.folds ? undefined : part.validation,
      metrics,
      objective,
      rules: ruleNames(earlyStopping, objective),
      summary: data.summary,
      notes: [...notes, ...foldNotes(data, part.train), ...deviceNotes(device)],
      reports$: defer(() =>
        data.folds ? throughFolds() : trainNetwork(net, training, part, head, wanted).pipe(rules()),
      ),
      async save(path, metrics) {
        if (untrained)
          throw new Error('there is no model to save: it is trained when all folds are, and that was interrupted');
        await saveModelWithParts(path, { network: net, loss: head.loss, data: part.train, metrics }, file);
      },
      close() {
        net.dispose();
        device.close();
      },
    };
  } catch (error) {
    device.close();
    throw error;
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function foldNotes({ folds, parts }: PreparedData, { rows }: Dataset): string[] {
  return folds
    ? [`the reports are means over ${parts.length} folds; then the network is trained on all ${rows} rows`]
    : [];
}

async function readTraining(file: string, { epochs, seed }: TrainingOverrides): Promise<TrainingFile> {
  const stated = await readJsonObject(file);
  return inFile(file, () => {
    if (isModuleSearch(stated)) {
      throw new InputError(
        'this file has an objective of its own and no network to train; `rxnn tune` searches with it',
        {
          path: 'objective',
        },
      );
    }
    const json = {
      ...stated,
      ...(epochs === undefined ? {} : { epochs }),
      ...(seed === undefined ? {} : { seed }),
    };
    const drawn = distributionPath(parseTemplate(json));
    if (drawn !== undefined) {
      throw new InputError(
        'a training file has a value here, not a distribution; `rxnn tune` searches for the best one',
        {
          path: pathText(drawn),
        },
      );
    }
    return checkTraining(json, path => path, isValidated);
  });
}
