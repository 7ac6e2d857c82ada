// Bundles the JavaScript of dist/. Node.js reads a few files where the sources have hundreds, and reading files is most of what a
// start costs; bundlers for browsers are given the modules one by one, so that they can leave out those that a page does not use.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './ready.js';
import { rxjsFile } from './rxjs-file.js';

/** The files that something outside of dist/ names, or a thread is started with; all else is in chunks. */
const ENTRIES = ['index', 'cli/main', 'config/search-worker', 'tune/workers/objective-worker'];

/** Left as packages: what users' modules share with us (but see `rxjsFile`), what is large and seldom needed, and what is native. */
const PACKAGES = /^(rxjs|gpu\.js|webgpu|ws|open)$/;

/** What is needed together, from the ground up, as a group brings along what its modules import; the rest is divided by who needs it. */
const GROUPS = [
  { name: 'base', test: /\/src\/(errors|kernels\/device)\.ts$/ },
  // All that a worker thread imports to run trials: the less that is, the sooner it has started.
  {
    name: 'training',
    test: /\/src\/(config\/(open-training|custom-modules|find-references)|tune\/workers\/serve-trials|kernels\/open-device)\.ts$/,
  },
  // All else that an entry imports at once, and not when it is needed.
  { name: 'library', test: /\/src\/(?!cli\/)/, tags: ['$initial'], minShareCount: 2 },
  { name: 'files', test: /\/src\/config\//, minShareCount: 2 },
  { name: 'cli', test: /\/src\/cli\//, tags: ['$initial'], minShareCount: 2 },
  { name: 'progress', test: /\/src\/cli\//, minShareCount: 2 },
];

export async function bundle() {
  await write(
    {
      platform: 'node',
      input: Object.fromEntries(ENTRIES.map(name => [name, `${root}src/${name}.ts`])),
      external: [PACKAGES, /^node:/],
      // The ES modules of packages, of which what is not used can be left out.
      resolve: { mainFields: ['module', 'main'] },
      plugins: [rxjsAtOnce(), plainBuiltins(), ownPlaces(), thirdParty()],
    },
    { chunkFileNames: 'chunks/[name].js', minifyInternalExports: false, codeSplitting: { groups: GROUPS } },
  );
  // The command line's beginning once more as CommonJS, whose loader is there in a quarter of the time; a command's code is an ES module.
  await write(
    {
      platform: 'node',
      input: { 'cli/main': `${root}src/cli/main.ts` },
      external: /^node:/,
      plugins: [commandsInChunks(), ownPlaces(), lateChildProcess()],
    },
    { format: 'cjs', entryFileNames: '[name].cjs' },
  );
  rmSync(`${root}dist/cli/main.js`);
  await write(
    { platform: 'browser', input: `${root}src/browser.ts`, external: /^[^./\0]/, plugins: [withoutThreads()] },
    { preserveModules: true, preserveModulesRoot: `${root}src`, virtualDirname: 'chunks' },
  );
}

async function write(input, output) {
  const build = await rolldown({
    ...input,
    tsconfig: `${root}tsconfig.json`,
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await build.write({ dir: `${root}dist`, format: 'es', entryFileNames: '[name].js', ...output });
  await build.close();
}

/** `import { map } from 'rxjs'` is led through one file, rxjs.cjs (`rxjsFile`). */
function rxjsAtOnce() {
  const used = new Set();
  const imports = /^import \{([^}]+)\} from "rxjs";$/gm;
  return {
    name: 'rxjs-at-once',
    renderChunk(code, { fileName }) {
      return code.replace(imports, (_, names) => {
        for (const name of names.split(',')) used.add(name.trim().split(' as ')[0]);
        return `import {${names}} from "${posix.relative(posix.dirname(`/${fileName}`), '/rxjs.cjs').replace(/^(?!\.)/, './')}";`;
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'rxjs.cjs', source: rxjsFile(used) });
    },
  };
}

/**
 * Node's own modules are taken as they are. To import one asks it for all that it exports, also for what it would only load when it is
 * asked for: all of undici comes with node:http, a third of what loading the page's server takes.
 */
function plainBuiltins() {
  return {
    name: 'plain-builtins',
    renderChunk: code =>
      code.replace(
        /^import \{([^}]+)\} from "(node:[^"]+)";$/gm,
        (_, names, builtin) => `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule("${builtin}");`,
      ),
  };
}

/** In browsers there is one thread: the kernels for several, which no page could use, stay away. */
function withoutThreads() {
  return {
    name: 'without-threads',
    load: id =>
      /wasm-shared\.generated\.ts$/.test(id) ? 'export const shared = { plain: "", fused: "" };' : undefined,
  };
}

/** What the command line imports when a command runs is in the chunks. */
function commandsInChunks() {
  return {
    name: 'commands-in-chunks',
    resolveId: (source, _, { kind }) =>
      kind === 'dynamic-import' ? { id: `rxnn-chunk:${posix.basename(source)}`, external: true } : undefined,
    renderChunk: code => code.replaceAll('rxnn-chunk:', '../chunks/'),
  };
}

/** commander requires what starts processes for commands that are programs of their own, of which there are none here. */
function lateChildProcess() {
  const early = "const childProcess = require('node:child_process');";
  return {
    name: 'late-child-process',
    transform(code, id) {
      if (!/commander\/lib\/command\.js$/.test(id)) return undefined;
      if (!code.includes(early)) throw new Error('commander requires node:child_process in another way than it did');
      return code.replace(
        early,
        "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
      );
    },
  };
}

/** In a chunk, `import.meta.url` of a module is where the module would be, were it not bundled: files are found from there. */
function ownPlaces() {
  return {
    name: 'own-places',
    transform(code, id) {
      if (!id.startsWith(`${root}src/`) || !code.includes('import.meta.url')) return undefined;
      const file = relative(`${root}src`, id).split(sep).join('/').replace(/\.ts$/, '.js');
      return code.replaceAll('import.meta.url', `"rxnn-place:${file}"`);
    },
    renderChunk: (code, { fileName }, { format }) =>
      code.replaceAll(/"rxnn-place:([^"]+)"/g, (_, file) => {
        const path = posix.relative(posix.dirname(fileName), file);
        const own = format === 'cjs' ? 'require("node:url").pathToFileURL(__filename)' : 'import.meta.url';
        return `new URL("${path}", ${own}).href`;
      }),
  };
}

/** Writes the licences of the packages whose code is in the chunks. */
function thirdParty() {
  return {
    name: 'third-party',
    generateBundle(_, chunks) {
      const ids = Object.values(chunks).flatMap(chunk => chunk.moduleIds ?? []);
      const names = new Set(ids.map(id => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]).filter(Boolean));
      names.add('rxjs');
      const texts = [...names].sort().map(name => {
        const folder = `${root}node_modules/${name}/`;
        const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
        const file = readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
        if (file === undefined) throw new Error(`${name} has no licence to go with its code`);
        return `${name} ${version}\n\n${readFileSync(folder + file, 'utf8').trim()}\n`;
      });
      const source = `Code of these packages is in chunks/ and rxjs.cjs.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
    },
  };
}
