import { CsvError, parse } from 'csv-parse/sync';
import { InputError } from '../errors.js';
import { type Cell, delimiterHint, type RawTable, requireColumnNames, rowName } from './raw-table.js';

/** How a CSV text is written. */
export interface CsvOptions {
  /** What stands between two cells; a comma. */
  readonly delimiter?: string | undefined;
}

/**
 * Columns of text from CSV with a header (RFC 4180: quoted cells, doubled quotes; LF, CRLF or CR, also mixed); spaces around cells and
 * empty lines do not count.
 *
 * @throws InputError with row and line for a row that is too short or too long, a quote that is not closed, a file
 * without header or rows, and a column name that is missing or there twice.
 */
export function parseCsv(text: string, file?: string, { delimiter = ',' }: CsvOptions = {}): RawTable {
  const lines: number[] = [];
  let columns: readonly string[] | undefined;
  let cells: Cell[][] = [];
  const take = (record: readonly string[], line: number): void => {
    if (columns === undefined) {
      columns = record;
      requireColumnNames(columns, file);
      cells = columns.map(() => []);
      return;
    }
    lines.push(line);
    if (record.length !== columns.length) {
      const path = rowName({ lines }, lines.length - 1);
      const wanted = columns.length === 1 ? '1 cell' : `${columns.length} cells`;
      const hint = delimiterHint(columns);
      throw new InputError(`expected ${wanted}, as the header has, got ${record.length}${hint}`, { file, path });
    }
    for (let c = 0; c < record.length; c++) cells[c]!.push(record[c]);
  };
  if (isPlain(text, delimiter)) takePlain(text, delimiter, take);
  else {
    // The parser counts a CRLF within quotes as two lines.
    let countedTwice = 0;
    try {
      parse(text, {
        delimiter,
        // A file may be written on one system and continued on another.
        record_delimiter: ['\r\n', '\n', '\r'],
        bom: true,
        trim: true,
        relax_column_count: true,
        skip_empty_lines: true,
        // Rows go straight to the columns; nothing is kept twice.
        on_record(record: string[], context) {
          for (const cell of record) if (cell.includes('\r\n')) countedTwice += cell.split('\r\n').length - 1;
          take(record, context.lines - countedTwice);
          return null;
        },
      });
    } catch (error) {
      throw error instanceof CsvError ? syntaxError(error, file) : error;
    }
  }
  if (columns === undefined) throw new InputError('the file is empty, expected a header and rows', { file });
  if (lines.length === 0) throw new InputError('there is a header but no row', { file });
  return { file, columns, rows: lines.length, cells, lines };
}

/** Whether cells are what stands between delimiters. The parser's work is in the quotes, and takes it five times as long without any. */
const isPlain = (text: string, delimiter: string): boolean => /^[,;|\t]$/.test(delimiter) && !text.includes('"');

function takePlain(text: string, delimiter: string, take: (record: readonly string[], line: number) => void): void {
  let line = 0;
  for (const row of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    line++;
    const written = row.split(delimiter);
    const cells = /\s/.test(row) ? written.map(cell => cell.trim()) : written;
    if (cells.length > 1 || cells[0] !== '') take(cells, line);
  }
}

const syntax: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a cell',
  CSV_OPTION_DELIMITER_INVALID: 'delimiter: expected a character such as "," or ";"',
};

function syntaxError(error: CsvError, file: string | undefined): InputError {
  const line = (error as { lines?: unknown }).lines;
  const problem = syntax[error.code] ?? error.message.replace(/\s+/g, ' ');
  return new InputError(problem, { file, path: typeof line === 'number' ? `line ${line}` : undefined });
}
