import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile } from '../../src/config/search-file.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import { edited, openFolder, search, sentence, table } from './folder.js';

const folder = openFolder();
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('none.mjs', 'export const something = 1;');
  folder.write('bare.mjs', '');
  folder.write('number.mjs', 'export default 3;');
  folder.write('throws.mjs', 'throw new Error("two\\nlines");');
  folder.write('one-class.csv', 'a,class\n1,x\n2,x\n3,x');
  folder.write('empty.csv', '');
  folder.write('inner/x.json', '{}');
  folder.write('ragged.csv', 'a,class\n1,x\n2\n3,y');
  folder.write('word.csv', 'a,class\n1,x\n2,y\n3,y\noops,x');
  folder.write('nan.csv', 'a,class\n1,x\nNaN,y\n3,x');
});
afterAll(() => folder.remove());

const layers = (...some: unknown[]) => edited(search, 'model.layers', some);
const units = (value: unknown) => layers({ dense: { units: value } });
const change = (path: string, value: unknown) => edited(search, path, value);

describe('JSON that is not what it should be is named by line and column', () => {
  test.each([
    ['', 'search.json: the file is empty, expected a JSON object'],
    ['[1]', 'search.json: expected a JSON object, got a list'],
    ['3', 'search.json: expected a JSON object, got 3'],
    ['{', 'search.json: line 1, column 2: invalid JSON: expected a closing brace }'],
    ['{\n  "epochs": 3,\n}', 'search.json: line 3, column 1: invalid JSON: expected a key in double quotes'],
    ['{\r\n"a": 1\r\n"b": 2}', 'search.json: line 3, column 1: invalid JSON: expected a comma'],
    ['// why\n{}', 'search.json: line 1, column 1: invalid JSON: JSON has no comments'],
    ['{"a": "b}', 'search.json: line 1, column 7: invalid JSON: the text is not closed with a double quote'],
    ['{"a": tru}', 'search.json: line 1, column 7: invalid JSON: this is no JSON value; text stands in double quotes'],
    ['{"a": "\\x"}', 'search.json: line 1, column 7: invalid JSON: there is no such escape in JSON'],
    ['{} x', 'search.json: line 1, column 4: invalid JSON: this is no JSON value; text stands in double quotes'],
    ['['.repeat(5000), 'search.json: line 1, column 101: the values are nested more than 100 deep'],
    ['{"epochs": 1, "epochs": 2}', 'search.json: epochs: the key is there twice'],
    ['{"__proto__": {"epochs": 1}}', 'search.json: __proto__: this key is not allowed'],
    ['{"model": {"layers": [{"__proto__": 1}]}}', 'search.json: model.layers[0].__proto__: this key is not allowed'],
  ])('%j', async (text, expected) => {
    expect(await sentence(loadSearchFile(folder.write('search.json', text)), folder)).toBe(expected);
  });
});

const known =
  'loss, valLoss, valAccuracy, valTop3Accuracy, valTop5Accuracy, valPrecision, valRecall, valF1, valRocAuc, parameters';
const activations = 'linear, sigmoid, tanh, relu, leakyRelu, elu, selu, gelu, silu, softplus, softmax';
const rules =
  'diverged, patience, plateau, threshold, timeBudget, sampleBudget, median, percentile, successiveHalving, hyperband, wilcoxon, any, all, not, after, every';
const columns = '"a", "b", "kind", "value", "class", "flag"';

const mistakes: Record<string, readonly (readonly [object, string])[]> = {
  'an unknown key, with the nearest known one': [
    [
      change('modl', {}),
      'modl: unknown key (did you mean "model"?; accepted: $schema, name, data, model, loss, optimizer, clip, batchSize, epochs, metrics, reportEvery, health, seed, device, objective, earlyStopping, sampler, trials, constraints, enqueue, duplicates, nan, deterministic, parallel, workerTimeout, checkpoint)',
    ],
    [
      layers({ dense: { unit: 3 } }),
      'model.layers[0].dense.unit: unknown key (did you mean "units"?; accepted: units, activation, initializer, bias)',
    ],
    [
      change('optimizer', { adam: { learningrate: { float: [0.1, 1] } } }),
      'optimizer.adam.learningrate: unknown key (did you mean "learningRate"?; accepted: learningRate, weightDecay, beta1, beta2, epsilon)',
    ],
    [
      change('clip', { globlNorm: 1 }),
      'clip.globlNorm: unknown key (did you mean "globalNorm"?; accepted: globalNorm, norm, value)',
    ],
    [
      change('objective', { minimise: 'valLoss' }),
      'objective.minimise: unknown key (did you mean "minimize"?; accepted: minimize, maximize)',
    ],
    [
      change('earlyStopping', [{ patience: { epoch: 3 } }]),
      'earlyStopping[0].patience.epoch: unknown key (did you mean "epochs"?; accepted: epochs, minDelta, restoreBest, metric, direction, nan)',
    ],
    [
      units({ int: [1, 8], lgo: true }),
      'model.layers[0].dense.units: unknown key "lgo" beside "int" (did you mean "log"?); it takes log, step, name',
    ],
  ],
  'a wrong type, with what was received': [
    [change('model', 3), 'model: expected an object such as { "layers": [] }, got 3'],
    [change('model', undefined), 'model: missing; expected an object such as { "layers": [] }'],
    [units('3'), 'model.layers[0].dense.units: expected a whole number from 1 up, got "3"'],
    [layers('dense'), 'model.layers[0]: expected a layer such as { "dense": { "units": 64 } }, got "dense"'],
    [layers({}), 'model.layers[0]: expected one of dense, dropout, activation, layers, got none'],
    [
      layers({ dense: { units: 2 }, dropout: { rate: 0.1 } }),
      'model.layers[0]: expected one of dense, dropout, activation, layers, got dense and dropout',
    ],
    [
      layers({ repeat: -1, dense: { units: 3 } }),
      'model.layers[0].repeat: expected a whole number from 0 to 1000, got -1',
    ],
    [
      layers({ dropout: { rate: 1 } }),
      'model.layers[0].dropout.rate: expected a number from 0 up to, but not including, 1, got 1',
    ],
    [change('epochs', '30'), 'epochs: expected a whole number from 1 up, got "30"'],
    [change('epochs', 0), 'epochs: expected a whole number from 1 up, got 0'],
    [change('epochs', null), 'epochs: expected a whole number from 1 up, got null'],
    [change('epochs', undefined), 'epochs: missing; expected a whole number from 1 up'],
    [change('trials', 2.5), 'trials: expected a whole number from 1 up, got 2.5'],
    [change('batchSize', 0), 'batchSize: expected a whole number from 1 up, got 0'],
    [change('batchSize', '32'), 'batchSize: expected a whole number from 1 up or "full", got "32"'],
    [change('parallel', 'autp'), 'parallel: expected a whole number from 1 up or "auto", got "autp"'],
    [change('seed', -1), 'seed: expected a whole number from 0 up, got -1'],
    [change('metrics', 'accuracy'), 'metrics: expected a list of metrics, got "accuracy"'],
    [
      change('optimizer', { adam: { learningRate: '0.1' } }),
      'optimizer.adam.learningRate: expected a number above 0, or a schedule such as { "cosine": { "rate": 0.01 } }, got "0.1"',
    ],
  ],
  'a range that is no range': [
    [
      units({ int: [8, 2] }),
      'model.layers[0].dense.units: int: the range from 8 to 2 is inverted; expected [low, high] with low < high',
    ],
    [
      units({ int: [8, 8] }),
      'model.layers[0].dense.units: int: the range from 8 to 8 is empty; write 8 itself for a fixed value',
    ],
    [units({ int: [0, 8], log: true }), 'model.layers[0].dense.units: int: a log range must lie above 0, got 0 to 8'],
    [units({ int: [1] }), 'model.layers[0].dense.units: int: expected [low, high], got [1]'],
    [
      units({ int: [1, 8], step: 0 }),
      'model.layers[0].dense.units: int: expected `step` to be a whole number above 0, got 0',
    ],
    [units({ choice: [] }), 'model.layers[0].dense.units: choice: expected a list of at least one option, got none'],
    [
      units({ choise: [1, 2] }),
      'model.layers[0].dense.units: expected a whole number from 1 up, got {"choise":[1,2]} (did you mean "choice"?)',
    ],
    [
      change('optimizer', { adam: { learningRate: { float: [0.1, '1'] } } }),
      'optimizer.adam.learningRate: float: expected `high` to be a finite number, got "1"',
    ],
  ],
  'what a distribution could only draw in the middle of a study': [
    [units({ int: [0, 8] }), 'model.layers[0].dense.units.int[0]: expected a whole number from 1 up, got 0'],
    [
      units({ float: [1, 2] }),
      'model.layers[0].dense.units.float: expected a whole number from 1 up, got 1.3183098861837907',
    ],
    [
      units({ choice: [1, { choice: [2, 'x'] }] }),
      'model.layers[0].dense.units.choice[1].choice[1]: expected a whole number from 1 up, got "x"',
    ],
    [
      change('optimizer', { choice: ['adam', { sgd: { momentum: 1 } }] }),
      'optimizer.choice[1].sgd.momentum: expected a number from 0 up to, but not including, 1, got 1',
    ],
    [
      change('optimizer', { choice: [{ adam: {} }, { sgd: { lr: { float: [0.1, 1] } } }] }),
      'optimizer.choice[1].sgd.lr: unknown key (accepted: learningRate, weightDecay, momentum, nesterov)',
    ],
    [
      change('optimizer', { sgd: { nesterov: true, momentum: { float: [0, 0.9] } } }),
      'optimizer.sgd: nesterov needs a momentum above 0',
    ],
    [
      change('earlyStopping', [{ patience: { epochs: { int: [0, 3] } } }]),
      'earlyStopping[0].patience.epochs.int[0]: expected a whole number from 1 up, got 0',
    ],
    [
      change('data.scale', { choice: ['standard', 'nune'] }),
      'data.scale.choice[1]: no scaling "nune" (did you mean "none"?); there are none, standard, minmax',
    ],
    [
      change('trials', { int: [1, 3] }),
      'trials: no distribution can stand here, because it is the same for all trials',
    ],
    [
      layers({ dense: { units: { int: [1, 2], name: 'n' } } }, { dense: { units: { int: [1, 2], name: 'n' } } }),
      'model.layers[1].dense.units: the name "n" stands for two hyperparameters; the other is at model.layers[0].dense.units',
    ],
    [
      change('sampler', 'grid'),
      'optimizer.adam.learningRate: grid: learningRate, every number from 0.001 to 0.1, has no end of values; list the values to try in a "choice"',
    ],
    [
      { ...layers(), optimizer: 'adam' },
      'there is nothing to search, because no value is a distribution such as { "float": [0.001, 0.1], "log": true }; `rxnn train` runs it as it is',
    ],
  ],
  'a name that nobody has': [
    [
      change('loss', 'crossEntropi'),
      'loss: no loss "crossEntropi" (did you mean "crossEntropy"?); there are crossEntropy, binaryCrossEntropy, meanSquaredError, meanAbsoluteError, huber',
    ],
    [
      change('optimizer', 'adm'),
      'optimizer: no optimizer "adm" (did you mean "adam"?); there are sgd, momentum, rmsprop, adagrad, adam, adamw, nadam',
    ],
    [
      layers({ dense: { units: 3, activation: 'relux' } }),
      `model.layers[0].dense.activation: no activation "relux" (did you mean "relu"?); there are ${activations}`,
    ],
    [
      layers({ dense: { units: 3, initializer: 'hee' } }),
      'model.layers[0].dense.initializer: no initializer "hee" (did you mean "he"?); there are zeros, uniform, normal, glorot, he, lecun',
    ],
    [
      change('sampler', 'tpa'),
      'sampler: no sampler "tpa" (did you mean "tpe"?); there are random, grid, sobol, halton, tpe, gp, cmaes, nsga2, auto',
    ],
    [
      change('sampler', { tpa: { seed: 0 } }),
      'sampler.tpa: no sampler "tpa" (did you mean "tpe"?); there are random, grid, sobol, halton, tpe, gp, cmaes, nsga2, auto',
    ],
    [
      change('device', 'gpu'),
      'device: no device "gpu" (did you mean "cpu"?); there are auto, webgpu, webgl2, simd, webasm, cpu',
    ],
    [
      change('earlyStopping', ['divergd']),
      `earlyStopping[0]: no rule "divergd" (did you mean "diverged"?); there are ${rules}`,
    ],
    [
      change('earlyStopping', ['patience']),
      'earlyStopping[0]: "patience" needs options: { "patience": { "epochs": 5 } }',
    ],
    [
      change('earlyStopping', [{ any: ['diverged', { not: { patience: { epochs: 'x' } } }] }]),
      'earlyStopping[0].any[1].not.patience.epochs: expected a whole number from 1 up, got "x"',
    ],
    [
      change('metrics', ['acuracy']),
      'metrics[0]: no metric "acuracy" (did you mean "accuracy"?); there are accuracy, top3Accuracy, top5Accuracy, precision, recall, f1, rocAuc, mse, rmse, mae, r2',
    ],
    [
      change('objective', { minimize: 'valLos' }),
      `objective.minimize: no metric "valLos" is reported (did you mean "valLoss"?); there are ${known}`,
    ],
    [
      { ...change('objective', { minimize: 'valLos' }), loss: 'huber' },
      'objective.minimize: no metric "valLos" is reported (did you mean "valLoss"?); there are loss, valLoss, valMse, valRmse, valMae, valR2, parameters',
    ],
    [
      { ...change('data.task', 'regression'), objective: { maximize: 'valF2' }, loss: undefined },
      'objective.maximize: no metric "valF2" is reported (did you mean "valR2"?); there are loss, valLoss, valMse, valRmse, valMae, valR2, parameters',
    ],
    [
      { ...change('data.task', 'classification'), objective: { minimize: 'valLos' }, loss: undefined },
      'objective.minimize: no metric "valLos" is reported (did you mean "valLoss"?); there are loss, valLoss, valAccuracy, valTop3Accuracy, valTop5Accuracy, valPrecision, valRecall, valF1, valRocAuc, parameters',
    ],
    [
      change('earlyStopping', ['diverged', { any: [{ after: { epochs: 2, rule: 'wilcoxon' } }, 'diverged'] }]),
      'earlyStopping[1].any[0].after.rule: wilcoxon compares trials fold by fold, and the data is not divided into folds; give data "folds", or take median',
    ],
    [
      change('earlyStopping', [{ choice: ['diverged', { wilcoxon: { p: 0.2 } }] }]),
      'earlyStopping[0].choice[1].wilcoxon: wilcoxon compares trials fold by fold, and the data is not divided into folds; give data "folds", or take median',
    ],
    [
      change('earlyStopping', [{ threshold: { metric: 'accuracy', above: 1 } }]),
      `earlyStopping[0].threshold.metric: no metric "accuracy" is reported (did you mean "valAccuracy"?); there are ${known}`,
    ],
  ],
  'what does not fit the data': [
    [change('data.target', 'clas'), `data.target: no column "clas" (did you mean "class"?); there are ${columns}`],
    [change('data.source', 'tabel.csv'), 'data.source: there is no file "tabel.csv"'],
    [change('data.source', './inner'), 'data.source: "inner" is a folder, expected a file'],
    [
      change('data', { source: 'table.csv', target: 'class', split: { validation: 0.2 }, folds: 3 }),
      'data: split and folds exclude each other; leave one of them out',
    ],
    [change('data.split', { validation: 1 }), 'data.split.validation: expected a fraction between 0 and 1, got 1'],
    [change('data.split', { validation: 0.001 }), 'data.split.validation: 0.001 of 24 rows leaves none for validation'],
    [change('data.folds', 25), 'data.folds: 25 folds are more than the 24 rows'],
    [change('data.folds', { count: 25 }), 'data.folds.count: 25 folds are more than the 24 rows'],
    [change('data.ignore', ['foo']), `data.ignore: no column "foo"; there are ${columns}`],
    [
      change('loss', 'binaryCrossEntropy'),
      'loss: binaryCrossEntropy is for two classes, and the target has 3; take crossEntropy',
    ],
    [
      change('data.target', 'value'),
      'loss: crossEntropy is for classes, and the target "value" is numbers; take meanSquaredError',
    ],
    [
      change('loss', { crossEntropy: { classWeights: [1, 2] } }),
      'loss: crossEntropy: classWeights must be one number per class, 3, got 2',
    ],
    [
      change('model.output', { activation: 'softmax' }),
      'model.output.activation: crossEntropy takes the output before softmax, which it applies itself; leave the activation out',
    ],
    [change('metrics', ['r2']), 'metrics[0]: r2 compares numbers, and the target is a class; take accuracy'],
  ],
  "a user's own part that is none": [
    [change('earlyStopping', [{ use: './nope.mjs' }]), 'earlyStopping[0].use: there is no file "nope.mjs"'],
    [
      change('earlyStopping', [{ any: [{ use: './none.mjs' }] }]),
      'earlyStopping[0].any[0].use: "none.mjs" must export a function (export default function …), and has no default export, only "something"',
    ],
    [
      change('earlyStopping', [{ use: './bare.mjs' }]),
      'earlyStopping[0].use: "bare.mjs" must export a function (export default function …), and exports nothing',
    ],
    [
      layers({ dense: { units: 2, activation: { choice: ['relu', { use: './number.mjs' }] } } }),
      'model.layers[0].dense.activation.choice[1].use: "number.mjs" must export a function (export default function …), and exports 3',
    ],
    [
      layers({ activation: { use: './throws.mjs' } }),
      'model.layers[0].activation.use: "throws.mjs" cannot be imported: Error: two lines',
    ],
    [
      layers({ activation: { use: './throws.mjs', whit: {} } }),
      'model.layers[0].activation.whit: unknown key (did you mean "with"?; accepted: use, with)',
    ],
  ],
};

describe("a user's rule is tried before the study", () => {
  let rules = 0;
  const ownRule = (text: string, rule: object = {}) => {
    // What was imported stays what it was.
    folder.write(`rules/own${++rules}.mjs`, text);
    return change('earlyStopping', ['diverged', { any: [{ use: `./rules/own${rules}.mjs`, ...rule }, 'median'] }]);
  };
  const problem = (json: object) => sentence(loadSearchFile(folder.write('search.json', json)), folder);

  test('and refused with its file when it cannot be made, for any option of a choice', async () => {
    const failing = ownRule('export default () => { throw new Error("no slope\\nat all"); };');
    expect(await problem(failing)).toBe('./rules/own1.mjs: its default export failed: Error: no slope at all');
    const choosy = 'export default ({ slope }) => slope > 1 ? 3 : reports$ => reports$;';
    expect(await problem(ownRule(choosy, { with: { slope: { choice: [1, 2] } } }))).toBe(
      './rules/own2.mjs: its default export must return an operator, a function of a stream of reports, and returned 3',
    );
    folder.write('objective.mjs', 'export default ({ x }) => ({ loss: x });');
    const { earlyStopping } = ownRule(choosy, { with: { slope: 2 } }) as typeof search & { earlyStopping: unknown };
    const objective = { module: './objective.mjs', minimize: 'loss' };
    expect(await problem({ objective, space: { x: { float: [0, 1] } }, earlyStopping })).toContain('and returned 3');
  });

  test('with what it finds at the first trial', async () => {
    const looks =
      'export default (_, { study, ops }) => (study.trials.at(-1).number === 0 && !study.standings.best() && ops.mul ? s => s : 3);';
    expect(await problem(ownRule(looks))).toBe('no error');
  });
});

describe.each(Object.entries(mistakes))('%s', (_, cases) => {
  test.each(cases.map(([json, expected]) => [expected, json] as const))('%s', async (expected, json) => {
    const file = folder.write('search.json', json);
    expect(await sentence(loadSearchFile(file), folder)).toBe(`search.json: ${expected}`);
  });
});

describe('data that cannot be used is named by its file, row and column', () => {
  test.each([
    [
      'one-class.csv',
      'one-class.csv: column "class": there is one class only, "x", and a classification needs at least two',
    ],
    ['empty.csv', 'empty.csv: the file is empty, expected a header and rows'],
    ['ragged.csv', 'ragged.csv: row 2 (line 3): expected 2 cells, as the header has, got 1'],
    [
      'nan.csv',
      'nan.csv: row 2 (line 3), column "a": the value is missing ("NaN"); mend it or impute with mean, median or mostFrequent',
    ],
    ['word.csv', 'word.csv: row 4 (line 5), column "a": expected a number, got "oops"'],
  ])('%s', async (source, expected) => {
    const json = { ...search, data: { source, target: 'class' } };
    expect(await sentence(loadSearchFile(folder.write('search.json', json)), folder)).toBe(expected);
  });
});

describe('training files', () => {
  const training = edited(edited(search, 'model.layers', []), 'optimizer', 'adam');

  test.each([
    [
      edited(training, 'epochs', { int: [1, 3] }),
      'epochs: a training file has a value here, not a distribution; `rxnn tune` searches for the best one',
    ],
    [
      edited(training, 'earlyStopping', [{ patience: { epochs: 3 } }]),
      'earlyStopping[0].patience: "valLoss" needs validation rows; give data a "split" or "folds", or watch "loss"',
    ],
    [
      edited(training, 'objective', { maximize: 'valAccuracy' }),
      'objective.maximize: "valAccuracy" needs validation rows; give data a "split" or "folds", or watch "loss"',
    ],
  ])('%j', async (json, expected) => {
    expect(await sentence(loadTrainingFile(folder.write('train.json', json)), folder)).toBe(`train.json: ${expected}`);
  });
});

test('a missing file and a folder in place of one are named', async () => {
  expect(await sentence(loadSearchFile(`${folder.path}/nothing.json`), folder)).toBe('nothing.json: no such file');
  expect(await sentence(loadTrainingFile(`${folder.path}/inner`), folder)).toBe('inner: it is a directory, not a file');
});
