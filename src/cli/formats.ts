import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';

export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;

export type Format = (typeof FORMATS)[number];

/** The width of a table where nobody knows the terminal's. */
const COLUMNS = 120;
/** Narrower columns show nothing of use. */
const MIN_WIDTH = 8;
/** What a line of the table spends around each cell. */
const FRAME = 3;
/** `2026-11-28 12:00:00` */
const TIME_LENGTH = 19;

/** A column of a list: what it shows, and how wide it is in a table: so many characters, or a share of the rest. */
export interface Column {
  readonly name: string;
  /** Left out of tables, which have no room for everything. */
  readonly hidden?: true;
  readonly width?: number;
  readonly share?: number;
  /** A time, of which a table shows the seconds. */
  readonly isTime?: true;
  /** Shown in tables of terminals that are so wide. */
  readonly from?: number;
}

export type Row = Readonly<Record<string, unknown>>;

/** A list as text, row by row: `head`, each row, `tail`. */
export interface RowWriter {
  head(): string;
  /** @param index of the row in the list, from 0 on */
  row(row: Row, index: number): string;
  /** @param count of all rows */
  tail(count: number): string;
}

export function rowWriter(format: Format, columns: readonly Column[], terminalColumns?: number): RowWriter {
  switch (format) {
    case 'table':
      return new TableWriter(columns, terminalColumns);
    case 'json':
      return {
        head: () => '[',
        row: (row, index) => `${index === 0 ? '' : ','}\n${JSON.stringify(row)}`,
        tail: (count) => (count === 0 ? ']\n' : '\n]\n'),
      };
    case 'ndjson':
      return { head: () => '', row: (row) => `${JSON.stringify(row)}\n`, tail: () => '' };
    case 'csv':
      return {
        head: () => csvLine(columns.map(({ name }) => name)),
        row: (row) => csvLine(columns.map(({ name }) => row[name])),
        tail: () => '',
      };
  }
}

/** Senders choose subjects: a cell that a spreadsheet would run as a formula gets an apostrophe before it. */
function csvLine(cells: readonly unknown[]): string {
  const plain = cells.map((cell) => (typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell));
  return stringify([plain], { escape_formulas: true });
}

/** Holds all rows: widths follow from the terminal, and the table is written at its end. */
class TableWriter implements RowWriter {
  readonly #columns: readonly Column[];
  readonly #widths: readonly number[];
  readonly #rows: string[][] = [];

  constructor(columns: readonly Column[], terminalColumns = COLUMNS) {
    this.#columns = columns.filter(({ hidden, from = 0 }) => hidden !== true && from <= terminalColumns);
    this.#widths = widthsOf(this.#columns, terminalColumns);
  }

  head(): string {
    return '';
  }

  row(row: Row): string {
    this.#rows.push(
      this.#columns.map(({ name, isTime }) => {
        const text = cellText(row[name]);
        return isTime === true ? text.slice(0, TIME_LENGTH).replace('T', ' ') : text;
      }),
    );
    return '';
  }

  tail(count: number): string {
    if (count === 0) return '';
    const table = new Table({
      head: this.#columns.map(({ name }) => name.replaceAll('_', ' ')),
      colWidths: [...this.#widths],
      style: { head: [], border: [] },
      chars: PLAIN_FRAME,
    });
    table.push(...this.#rows);
    return `${table.toString()}\n`;
  }
}

const PLAIN_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
} as const;

function widthsOf(columns: readonly Column[], terminalColumns: number): readonly number[] {
  const fixed = columns.reduce((sum, { width = 0 }) => sum + width + FRAME, 0);
  const shares = columns.reduce((sum, { share = 0 }) => sum + share, 0);
  const rest = Math.max(0, terminalColumns - fixed);
  return columns.map(({ width, share = 0 }) => (width ?? Math.max(MIN_WIDTH, Math.floor((rest * share) / shares))) + 2);
}

/** Senders choose subjects: a character that commands the terminal is shown as a replacement. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

export const rowColumns: readonly Column[] = [
  { name: 'received', width: TIME_LENGTH, isTime: true },
  { name: 'sender', share: 2 },
  { name: 'recipient', share: 2 },
  { name: 'subject', share: 3 },
  { name: 'status', width: 14 },
  { name: 'size', hidden: true },
  { name: 'from_ip', hidden: true },
  { name: 'to_ip', hidden: true },
  { name: 'message_id', hidden: true },
  { name: 'message_trace_id', width: 36, from: 140 },
];

export const recipientColumns: readonly Column[] = [
  { name: 'recipient', share: 1 },
  { name: 'status', width: 14 },
  { name: 'received', width: TIME_LENGTH, isTime: true },
  { name: 'internal', width: 8 },
  { name: 'delivered', width: 9 },
  { name: 'message_trace_id', width: 36, from: 140 },
];

export const stepColumns: readonly Column[] = [
  { name: 'date', width: TIME_LENGTH, isTime: true },
  { name: 'event', width: 16 },
  { name: 'action', width: 16 },
  { name: 'description', share: 1 },
  { name: 'data', hidden: true },
];
