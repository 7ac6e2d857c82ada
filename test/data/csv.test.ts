import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/data/csv.js';
import { parseJsonLines } from '../../src/data/json-lines.js';
import { readCsv, readJsonLines, readRaw } from '../../src/data/read-table.js';
import { InputError } from '../../src/errors.js';

const BOM = '\ufeff';
const plain = 'a,b,kind\n1,2.5,x\n-3,4e2,"y, z"\n.5,+6,"a ""q"""\n';
const columns = ['a', 'b', 'kind'];
const cells = [
  ['1', '-3', '.5'],
  ['2.5', '4e2', '+6'],
  ['x', 'y, z', 'a "q"'],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxnn-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('parseCsv', () => {
  it.each([',', ';', '|', '\t'])(
    'gives the same without quotes, where it needs no parser, with %j between cells',
    delimiter => {
      const outcome = (header: string, body: string) => {
        try {
          return parseCsv(`${header}${delimiter}b${body}`, 'file', { delimiter });
        } catch (error) {
          return error instanceof InputError ? error.message : error;
        }
      };
      const pieces = fc.constantFrom(
        'a',
        '1',
        'é',
        delimiter,
        delimiter,
        '\n',
        '\n',
        '\r\n',
        '\r',
        ' ',
        '\t',
        '\u00a0',
        BOM,
        "'",
      );
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom('', ' ', BOM), (body, before) => {
          expect(outcome(`${before}a`, body.join(''))).toEqual(outcome(`${before}"a"`, body.join('')));
        }),
        { numRuns: 2000 },
      );
    },
  );

  it.each([
    ['LF', plain],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['a byte order mark', BOM + plain],
    ['CRLF and LF mixed', plain.replace('\n', '\r\n')],
    ['a LF header above CRLF rows', plain.replaceAll('\n', '\r\n').replace('\r\n', '\n')],
    ['no last line break', plain.trimEnd()],
    ['empty lines', plain.replaceAll('\n', '\n\n')],
    ['spaces around cells', plain.replaceAll(',2.5,', ' , 2.5 , ')],
    ['everything quoted', '"a","b","kind"\n"1","2.5","x"\n"-3","4e2","y, z"\n".5","+6","a ""q"""\n'],
  ])('reads the same table from text with %s', (_, text) => {
    expect(parseCsv(text)).toMatchObject({ columns, cells, rows: 3 });
  });

  it('reads back whatever was quoted', () => {
    const cell = fc.string({ unit: 'grapheme' }).map(text => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ['p,q', ...rows.map(row => row.map(quote).join(','))].join(end);
        const read = parseCsv(text);
        expect(read.cells).toEqual([rows.map(row => row[0]), rows.map(row => row[1])]);
      }),
    );
  });

  it.each(['\n', '\r\n'])('counts lines as an editor does, also within quotes, with %j', end => {
    const text = ['"a', 'x",b', '1,2', '', '"3', '', '4",5', '6,7'].join(end);
    expect(parseCsv(text).lines).toEqual([3, 7, 8]);
  });

  it('takes another delimiter when told', () => {
    expect(parseCsv('a;b\n1,5;2', undefined, { delimiter: ';' }).cells).toEqual([['1,5'], ['2']]);
  });

  it('knows the line of a row after a cell with line breaks', () => {
    expect(parseCsv('a,b\n"1\n1",2\n\n3,4').lines).toEqual([3, 5]);
  });

  it.each([
    ['nothing', '', 'f.csv: the file is empty, expected a header and rows'],
    ['empty lines only', '\n\n', 'f.csv: the file is empty, expected a header and rows'],
    ['a header only', 'a,b\n', 'f.csv: there is a header but no row'],
    ['a long row', 'a,b\n1,2\n1,2,3\n', 'f.csv: row 2 (line 3): expected 2 cells, as the header has, got 3'],
    ['a short row', 'a,b\n\n1\n', 'f.csv: row 1 (line 3): expected 2 cells, as the header has, got 1'],
    [
      'decimal commas between semicolons',
      'a;b\n1,5;2\n',
      'f.csv: row 1 (line 2): expected 1 cell, as the header has, got 2: are the cells delimited by ";" (option `delimiter`)?',
    ],
    ['a column twice', 'a,b,a\n1,2,3', 'f.csv: header: there are two columns named "a"'],
    ['a column without a name', ',b\n1,2', 'f.csv: header: column 1 has no name'],
    ['an open quote', 'a,b\n1,"2\n', 'f.csv: line 2: a quote is not closed'],
    ['a quote within a cell', 'a,b\n1,x"y"\n', 'f.csv: line 2: a quote stands in the middle of a cell'],
    ['text after a quote', 'a,b\n1,"x"y\n', 'f.csv: line 2: a closing quote is followed by more text'],
  ])('names what is wrong with %s', (_, text, message) => {
    expect(() => parseCsv(text, 'f.csv')).toThrow(expect.objectContaining({ name: 'InputError', message }));
  });
});

describe('parseJsonLines', () => {
  it('reads keys as columns; what is not there or null is missing', () => {
    expect(parseJsonLines('{"a":1,"b":"x"}\n\n{"b":null,"c":true,"a":2}\r\n')).toMatchObject({
      columns: ['a', 'b', 'c'],
      cells: [
        [1, 2],
        ['x', null],
        [undefined, true],
      ],
      lines: [1, 3],
    });
  });

  it('takes __proto__ and constructor for columns like any other', () => {
    const table = parseJsonLines('{"__proto__":1,"constructor":2}\n{"__proto__":3}');
    expect(table.columns).toEqual(['__proto__', 'constructor']);
    expect(table.cells).toEqual([
      [1, 3],
      [2, undefined],
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['', 'f.jsonl: the file is empty, expected one JSON object a line'],
    ['{"a":1}\n[1]', 'f.jsonl: line 2: expected a JSON object, got an array'],
    ['{"a":1}\n3', 'f.jsonl: line 2: expected a JSON object, got 3'],
    ['{"a":1}\n{"a":{}}', 'f.jsonl: row 2 (line 2), column "a": expected text, a number or a boolean, got an object'],
    ['{}', 'f.jsonl: the rows have no columns'],
  ])('names what is wrong with %j', (text, message) => {
    expect(() => parseJsonLines(text, 'f.jsonl')).toThrow(expect.objectContaining({ name: 'InputError', message }));
  });

  it('names the line that is not JSON', () => {
    expect(() => parseJsonLines('{"a":1}\n{"a":\n', 'f.jsonl')).toThrow(/^f\.jsonl: line 2: invalid JSON \([^\n]+\)$/);
  });
});

describe('files', () => {
  it('are read the same plain and packed, whatever they are called', async () => {
    const options = { target: 'kind', scale: 'standard' } as const;
    const expected = (await readCsv(await file('plain.csv', plain), options)).all();
    for (const [name, content] of [
      ['packed.csv.gz', gzipSync(plain)],
      ['packed-without-a-name.csv', gzipSync(BOM + plain.replaceAll('\n', '\r\n'))],
    ] as const) {
      expect((await readCsv(await file(name, content), options)).all()).toEqual(expected);
    }
    const lines = '{"a":1,"b":2.5,"kind":"x"}\n{"a":-3,"b":400,"kind":"y, z"}\n{"a":0.5,"b":6,"kind":"a \\"q\\""}';
    expect((await readJsonLines(await file('rows.jsonl', lines), options)).all()).toEqual(expected);
    expect((await readRaw(await file('rows.jsonl.gz', gzipSync(lines)))).columns).toEqual(columns);
    expect((await readRaw(join(folder, 'plain.csv'))).columns).toEqual(columns);
  });

  it('that cannot be read are named with the reason', async () => {
    const read = (path: string) => readCsv(path, { target: 'a' });
    await expect(read(join(folder, 'none.csv'))).rejects.toThrow(`${join(folder, 'none.csv')}: no such file`);
    await expect(read(folder)).rejects.toThrow(`${folder}: it is a directory, not a file`);
    await expect(read(await file('latin1.csv', Buffer.from('a,b\n\xe9,1', 'latin1')))).rejects.toThrow(
      'latin1.csv: expected UTF-8 text, got other bytes',
    );
    await expect(read(await file('torn.gz', gzipSync(plain).subarray(0, 20)))).rejects.toThrow(
      'torn.gz: cannot be unpacked (unexpected end of file)',
    );
  });

  it('with a wrong option are named with the option', async () => {
    const path = await file('options.csv', plain);
    await expect(readCsv(path, { target: 'knd' })).rejects.toThrow(
      `${path}: target: no column "knd" (did you mean "kind"?); there are "a", "b", "kind"`,
    );
    await expect(readCsv(path, { target: 'kind', scal: 'standard' } as never)).rejects.toThrow(
      new InputError(
        'readCsv: no option "scal" (did you mean "scale"?); there are target, task, types, features, ignore, scale, impute, weights, delimiter',
      ),
    );
    await expect(readJsonLines(path, { target: 'kind', delimiter: ';' } as never)).rejects.toThrow(
      'readJsonLines: no option "delimiter"',
    );
    await expect(readRaw(path, { delimeter: ';' } as never)).rejects.toThrow(
      new InputError('readRaw: no option "delimeter" (did you mean "delimiter"?); there are delimiter'),
    );
    await expect(readCsv(path, undefined as never)).rejects.toThrow(
      new InputError('readCsv: expected options such as { target: … }, got undefined (undefined)'),
    );
  });
});
