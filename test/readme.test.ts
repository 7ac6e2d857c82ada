import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { from } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainingSchema } from '../src/config/training-schema.js';
import { serveLive } from '../src/live/serve-live.js';
import { madeUpStudy } from './live/made-up-study.js';
import { pageFolder } from './live/page-folder.js';

// Everything in the README runs: programs are type-checked and run, commands are run, search files are read.
const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(match => match[1]!);

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'rxnn'), 'junction');
  symlinkSync(join(root, 'node_modules', 'rxjs'), join(folder, 'node_modules', 'rxjs'), 'junction');
  symlinkSync(join(root, 'node_modules', 'ws'), join(folder, 'node_modules', 'ws'), 'junction');
  symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'), 'junction');
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "reader", "private": true, "type": "module" }\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (args: string[]) =>
  execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('the README', () => {
  const programs = blocks('ts');

  test('has programs whose types are right', () => {
    expect(programs.length).toBeGreaterThan(1);
    for (const [i, text] of programs.entries()) writeFileSync(join(folder, `program-${i}.ts`), text);
    const compilerOptions = { target: 'es2023', module: 'nodenext', strict: true, types: ['node'], skipLibCheck: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: programs.map((_, i) => `program-${i}.ts`) }),
    );
    node([join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
  });

  test.each(programs.map((_, i) => i))(
    'program %i runs and prints something',
    i => {
      expect(node([`program-${i}.js`]).trim()).not.toBe('');
    },
    120_000,
  );

  test.each(
    blocks('sh')
      .flatMap(text => text.split('\n'))
      .filter(line => line.startsWith('rxnn ')),
  )(
    'command runs: %s',
    line => {
      node([join(root, 'bin/rxnn.js'), ...line.split('#')[0]!.trim().split(/\s+/).slice(1)]);
    },
    120_000,
  );

  test.each(blocks('json').filter(text => text.includes('"data"')))('search file %# is accepted', text => {
    writeFileSync(join(folder, 'examples', 'digits', 'readme.json'), text);
    node([join(root, 'bin/rxnn.js'), 'tune', 'examples/digits/readme.json', '--dry-run']);
  });

  test('shows the search file that its first commands run, under the name by which they ask for it', () => {
    const [shown] = blocks('json');
    const { $schema: _, ...run } = JSON.parse(readFileSync(join(root, 'examples', 'digits', 'search.json'), 'utf8'));
    expect(JSON.parse(shown!)).toEqual(run);
    expect(blocks('sh')[0]).toContain('rxnn tune examples/digits/search.json');
    expect(blocks('sh')[1]).toContain(`rxnn trials ${run.name} `);
  });

  test('has a row for every key of a search file', () => {
    const rows = [...readme.slice(readme.indexOf('\n## The search file')).matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)];
    const named = rows.flatMap(([, keys = '']) => [...keys.matchAll(/\w+/g)].map(String));
    expect(Object.keys(trainingSchema.shape).filter(key => !named.includes(key))).toEqual(['$schema']);
  });

  test('has a program that reads a study along, event by event', async () => {
    const [client, ...others] = blocks('js');
    expect(others).toEqual([]);
    writeFileSync(join(folder, 'client.mjs'), client!);
    const events = [...madeUpStudy({ trials: 4, epochs: 3 })];
    const server = await serveLive(from(events), { dashboards: (await pageFolder()).folder });
    const { stdout } = await promisify(execFile)(process.execPath, ['client.mjs', String(server.port), server.token], {
      cwd: folder,
    });
    await server.close();
    const told = events.map(event => [event.seq, event.type, 'trial' in event ? event.trial : ''].join(' ').trim());
    const lines = stdout.trim().split('\n');
    expect(lines.map(line => line.trim())).toEqual(told);
  });
});
