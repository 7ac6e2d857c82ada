import { loadModelWithParts } from '../config/saved-parts.js';
import { readRaw } from '../data/read-table.js';
import { transform } from '../data/transform.js';
import { type UnseenCategories, unseenCategories } from '../data/unseen-categories.js';
import { InputError } from '../errors.js';
import type { DeviceName } from '../kernels/device.js';
import { openDevice } from '../kernels/open-device.js';
import type { Model } from '../nn/model-file.js';
import { predict } from '../train/predict.js';
import { type ExitCode, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import { count, counted } from './number.js';
import { type Prediction, predictions } from './predictions.js';
import { printNotes } from './print-notes.js';
import { withDevice } from './refused-device.js';

/** What `rxnn predict` was asked. */
export interface PredictCommandOptions {
  readonly format?: 'csv' | 'json';
  readonly json?: true;
  readonly device?: DeviceName | 'auto';
}

const chunk = 500;

/** `rxnn predict`: one line a row on stdout, in the rows' order, made with the model's own preprocessing. */
export async function predictCommand(
  modelFile: string,
  dataFile: string,
  options: PredictCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const device = options.device && (await withDevice(openDevice(options.device), options.device));
  const model = await loadModelWithParts(modelFile, { device });
  try {
    const { preprocessing } = model.data;
    if (preprocessing === undefined) {
      throw new InputError('the model carries no preprocessing: it was not trained on columns', { file: modelFile });
    }
    const raw = await readRaw(dataFile);
    const { x } = transform(preprocessing, raw);
    const outputs = await predict(model.network, x, { loss: model.loss });
    const asJson = options.json === true || options.format === 'json';
    const lines = asJson ? jsonLines(model, outputs) : csvLines(model, outputs);
    const unseen = unseenCategories(preprocessing, raw).map(seen => unseenNote(seen, raw.rows));
    printNotes([...(await nanNotes(model, outputs)), ...unseen], io);
    for (let i = 0; i < lines.length; i += chunk) io.stdout.write(`${lines.slice(i, i + chunk).join('\n')}\n`);
    return exitCode.done;
  } finally {
    model.network.dispose();
    device?.close();
  }
}

function unseenNote({ column, first, rows }: UnseenCategories, all: number): string {
  const have = `${count(rows)} of ${counted(all, 'row')} ${rows === 1 ? 'has' : 'have'}`;
  return `${have} a "${column}" that the model has not seen in training, first "${first}": it counts as none of those it knows`;
}

/** Says that predictions are not numbers, and why if the weights are none either. */
async function nanNotes({ network }: Model, outputs: Float32Array): Promise<string[]> {
  const rows = outputs.length / network.outputs;
  let wrong = 0;
  for (let row = 0; row < rows; row++) {
    if (outputs.subarray(row * network.outputs, (row + 1) * network.outputs).some(Number.isNaN)) wrong++;
  }
  if (wrong === 0) return [];
  const weights = Object.values(await network.read());
  const because = weights.some(values => values.some(Number.isNaN))
    ? ', because the weights of the model are: its training diverged'
    : '';
  const all = rows === 1 ? 'the prediction' : `all ${count(rows)} predictions`;
  const which = wrong === rows ? all : `${count(wrong)} of ${count(rows)} predictions`;
  return [`${which} ${wrong === 1 ? 'is' : 'are'} NaN${because}`];
}

/** `{ "digit": "3", "probabilities": { "0": 0.01, … } }`, or for a regression `{ "progression": 151.2 }`. */
function jsonLines({ data, network }: Model, outputs: Float32Array): string[] {
  return predictions(data, outputs, network.outputs).map(prediction => {
    if (prediction.label === undefined) return JSON.stringify(namedValues(data.targetNames, prediction));
    const probabilities = namedValues(data.classes, prediction);
    return JSON.stringify({ [data.targetNames[0] ?? 'class']: prediction.label, probabilities });
  });
}

function namedValues(names: readonly string[], { values }: Prediction): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? Number.NaN]));
}

/** A header and a row each: `digit,p(0),p(1),…`, or for a regression the targets. */
function csvLines({ data, network }: Model, outputs: Float32Array): string[] {
  const header =
    data.task === 'classification'
      ? [data.targetNames[0] ?? 'class', ...data.classes.map(name => `p(${name})`)]
      : data.targetNames;
  const rows = predictions(data, outputs, network.outputs).map(({ label, values }) =>
    label === undefined ? values : [label, ...values],
  );
  return [header, ...rows].map(cells => cells.map(cell => csvCell(String(cell))).join(','));
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
