// Writes the file of dist/ by which Node.js reads rxjs at once. Its hundred files of a few lines each take a third of a thread's start.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { root } from './ready.js';

const RXJS = `${root}node_modules/rxjs/`;

/**
 * The source of a CommonJS module that exports these names of rxjs, from rxjs/internal/operators/map and the like, which rxjs exports
 * too. It carries these files' text and hands it to Node's cache of modules under their names, so that whoever requires rxjs later, a
 * user's module, has the same classes; files that are there already it takes as they are. With another version of rxjs than it was
 * made from, within a bundle, and where a loader gives modules no such cache, it requires the files one by one.
 */
export function rxjsFile(names) {
  const { version } = JSON.parse(readFileSync(`${RXJS}package.json`, 'utf8'));
  const index = readFileSync(`${RXJS}dist/esm/index.js`, 'utf8');
  const fileOf = name => {
    const [, file] = new RegExp(`export \\{[^}]*\\b${name}\\b[^}]*\\} from '\\./internal/([^']+)'`).exec(index);
    return file;
  };
  const sorted = [...names].sort();
  const files = new Map();
  const read = file => {
    if (files.has(file)) return;
    files.set(file, undefined);
    const required = [];
    const text = readFileSync(`${RXJS}dist/cjs/internal/${file}.js`, 'utf8')
      .replace(/^"use strict";\n/, '')
      .replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '')
      .replaceAll(/\brequire\("(\.[^"]+)"\)/g, (_, path) => {
        const target = posix.join(posix.dirname(file), path);
        required.push(target);
        return `require("${target}")`;
      });
    if (/\brequire\((?!"[\w/]+"\))/.test(text))
      throw new Error(`rxjs/internal/${file} requires what is none of its files`);
    for (const target of required) read(target);
    files.set(file, text);
  };
  for (const name of sorted) read(fileOf(name));
  return `'use strict';
// rxjs ${version} (Apache-2.0, see THIRD-PARTY.txt): the files that are in use here, as they are.
const files = {
${[...files].map(([file, text]) => `"${file}": function (exports, require) {\n${text}\n},`).join('\n')}
};

/** Reads a file of rxjs from above into Node's cache of modules; undefined if that is not to be. */
function reader() {
  // In a bundle this code has another file, or none, and rxjs may be in it.
  if (typeof __filename !== 'string' || !/[\\\\/]rxjs\\.cjs$/.test(__filename) || !require.cache) return undefined;
  if (require('rxjs/package.json').version !== '${version}') return undefined;
  const path = require.resolve('rxjs/internal/Observable');
  const folder = path.slice(0, -'Observable.js'.length);
  const separator = path.at(folder.length - 1);
  const Module = module.constructor;
  const read = file => {
    const name = \`\${folder}\${separator === '/' ? file : file.replaceAll('/', separator)}.js\`;
    const known = require.cache[name];
    if (known !== undefined) return known.exports;
    const made = new Module(name, module);
    made.filename = name;
    made.paths = module.paths;
    require.cache[name] = made;
    try {
      files[file].call(made.exports, made.exports, read);
    } catch (error) {
      delete require.cache[name];
      throw error;
    }
    made.loaded = true;
    return made.exports;
  };
  return read;
}

const read = reader();
if (read === undefined) {
${sorted.map(name => `  exports.${name} = require('rxjs/internal/${fileOf(name)}').${name};`).join('\n')}
} else {
${sorted.map(name => `  exports.${name} = read('${fileOf(name)}').${name};`).join('\n')}
}
`;
}
