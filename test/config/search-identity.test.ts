import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { searchIdentity } from '../../src/config/search-identity.js';
import { openFolder } from './folder.js';

const folder = openFolder();
afterAll(() => folder.remove());

const json = {
  objective: { module: './objective.mjs', minimize: 'loss' },
  space: { x: { float: [0, 1] } },
  earlyStopping: [{ use: './rule.mjs' }],
};
const identity = (of: object = json) => searchIdentity(folder.write('search.json', of), of as never, undefined);
/** Whether the study is another one when this file has another content. */
const counts = (name: string, of: object = json) => {
  const before = identity(of);
  folder.write(name, 'export const changed = 1;\n');
  return identity(of) !== before;
};

beforeEach(() => {
  folder.write('objective.mjs', 'export default ({ x }) => ({ loss: x });\n');
  folder.write('rule.mjs', "import { take } from 'rxjs';\nexport default () => take(3);\n");
  for (const name of ['helper', 'second', 'third']) folder.write(`${name}.mjs`, `export const ${name} = 0;\n`);
});

describe('the identity of a study', () => {
  it('is what it was before imports counted, where modules have none of their own files', () => {
    expect(identity()).toBe('9e1a247b11bfadf20ede3401fd7e1a80270ecad6a6111db18ab52ca0cae788d4');
    expect(identity({ ...json, objective: { module: './nowhere.mjs' } })).toBe(
      '544a08710a54b257d20683d6a8d208a7fc0fa94190a474f9d821a9f0535a0615',
    );
    folder.write('rule.mjs', "// import './helper.mjs';\n/*\n * from './second.mjs'\n */\nexport default s => s;\n");
    expect([counts('helper.mjs'), counts('second.mjs')]).toEqual([false, false]);
  });

  it.each([
    ["import { helper } from './helper.mjs';"],
    ["import {\n  helper,\n} from './helper.mjs';"],
    ['import{helper as h}from"./helper.mjs";'],
    ["import './helper.mjs';"],
    ["export { helper } from './helper.mjs';"],
    ["export * from './helper.mjs';"],
    ["const { helper } = await import('./helper.mjs');"],
    ['const later = () => import(\n  `./helper.mjs`,\n);'],
    ["import { helper } from './helper.mjs?version=2';"],
    ["import helper from '../FOLDER/helper.mjs';"],
  ])('is another one when a file changes that a module has by %j', line => {
    const name = folder.path.split(/[\\/]/).at(-1)!;
    folder.write('objective.mjs', `${line.replace('FOLDER', name)}\nexport default ({ x }) => ({ loss: x });\n`);
    expect(counts('second.mjs')).toBe(false);
    expect(counts('helper.mjs')).toBe(true);
  });

  it('is another one when a file changes that is imported by a rule, over others, in a circle', () => {
    folder.write('rule.mjs', "import { helper } from './helper.mjs';\nexport default s => s;\n");
    folder.write('helper.mjs', "import { second } from './second.mjs';\nexport const helper = second;\n");
    folder.write('second.mjs', "import './rule.mjs';\nimport './third.cjs';\nexport const second = 0;\n");
    folder.write('third.cjs', "require('./fourth');\n");
    folder.write('fourth.js', 'exports.fourth = 0;\n');
    for (const name of ['fourth.js', 'third.cjs', 'second.mjs', 'helper.mjs']) expect(counts(name)).toBe(true);
  });

  it('is the same wherever the files stand, and follows imports from where a link leads', () => {
    const text = { 'objective.mjs': "import './helper.mjs';\nexport default () => ({ loss: 1 });\n", 'helper.mjs': '' };
    mkdirSync(join(folder.path, 'elsewhere'));
    for (const [name, content] of Object.entries(text)) {
      folder.write(name, content);
      folder.write(join('elsewhere', name), content);
    }
    folder.write(join('elsewhere', 'rule.mjs'), "import { take } from 'rxjs';\nexport default () => take(3);\n");
    const there = searchIdentity(folder.write(join('elsewhere', 'search.json'), json), json as never, undefined);
    expect(there).toBe(identity());
    symlinkSync(join('elsewhere', 'objective.mjs'), join(folder.path, 'link.mjs'));
    const linked = { ...json, objective: { module: './link.mjs', minimize: 'loss' } };
    expect([counts('helper.mjs', linked), counts(join('elsewhere', 'helper.mjs'), linked)]).toEqual([false, true]);
  });
});
