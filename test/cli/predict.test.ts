import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { readCsv } from '../../src/data/read-table.js';
import { dense } from '../../src/nn/layers/dense.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { saveModel } from '../../src/nn/model-file.js';
import { network } from '../../src/nn/network.js';
import { openFolder } from '../config/folder.js';
import { fakeIo } from './fake-io.js';

const folder = openFolder();
const at = (name: string) => join(folder.path, name);
afterAll(() => folder.remove());

beforeAll(async () => {
  folder.write('train.csv', 'size,kind,color,y\n1,x,red,no\n2,y,blue,yes\n3,x,red,yes\n4,y,,no\n');
  const data = (await readCsv(at('train.csv'), { target: 'y', impute: 'mostFrequent' })).all();
  const net = network([dense(2)], { inputs: data.features, seed: 1 });
  await saveModel(at('good.model'), { network: net, loss: crossEntropy(), data });
  const weights = await net.read();
  net.load(Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.map(() => Number.NaN)])));
  await saveModel(at('wild.model'), { network: net, loss: crossEntropy(), data });
  net.dispose();
});

/** What is said on stderr, and the number of lines on stdout. */
async function predicted(model: string, data: string) {
  const { io, stdout, stderr } = fakeIo();
  const code = await run(['predict', at(model), at(data)], io);
  return { code, rows: stdout.text().trim().split('\n').length - 1, said: stderr.text() };
}

describe('rxnn predict', () => {
  it('says nothing where all is known and every prediction is a number', async () => {
    expect(await predicted('good.model', 'train.csv')).toEqual({ code: 0, rows: 4, said: '' });
  });

  it('says once that the weights are no numbers', async () => {
    expect(await predicted('wild.model', 'train.csv')).toEqual({
      code: 0,
      rows: 4,
      said: 'note: all 4 predictions are NaN, because the weights of the model are: its training diverged\n',
    });
  });

  it('says of one row what it says of many', async () => {
    folder.write('one.csv', 'kind,size,color\nx,1,red\n');
    expect((await predicted('wild.model', 'one.csv')).said).toMatch(
      /^note: the prediction is NaN, because the weights/,
    );
  });

  it('names every column with categories that the training did not have, the first of them and how many rows', async () => {
    folder.write('new.csv', 'kind,size,color\nx,1,red\nz,2,green\nw,3,\ny,4,blue\nz,5,red\n');
    expect(await predicted('good.model', 'new.csv')).toEqual({
      code: 0,
      rows: 5,
      said: [
        'note: 3 of 5 rows have a "kind" that the model has not seen in training, first "z": it counts as none of those it knows',
        'note: 1 of 5 rows has a "color" that the model has not seen in training, first "green": it counts as none of those it knows',
        '',
      ].join('\n'),
    });
  });
});
