import type { ActionResults } from '../../../src/wire/module.js';
import type { ResultSchema } from '../../../src/form/settings-schema.js';

/** A value among results, named. */
export interface Fact {
  readonly name: string;
  readonly title: string;
  readonly help: string | undefined;
  readonly value: unknown;
}

export interface Column {
  readonly name: string;
  readonly title: string;
  readonly help: string | undefined;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Table extends Column {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Results as they are shown. */
export interface ResultLayout {
  readonly tables: readonly Table[];
  readonly facts: readonly Fact[];
  /** Whether everything was found; undefined where the action does not say. */
  readonly completeness: { readonly complete: boolean; readonly reason: string | undefined } | undefined;
}

const COMPLETE = 'complete';
const REASON = 'incomplete_reason';

/** Lists of objects are tables, all else is facts, in the order of the card. */
export function layOut(schema: ResultSchema, results: ActionResults): ResultLayout {
  const { properties = {} } = schema;
  const names = [...new Set([...Object.keys(properties), ...Object.keys(results)])].filter((name) => name in results);
  const tables: Table[] = [];
  const facts: Fact[] = [];
  for (const name of names) {
    const part = properties[name] ?? {};
    const value = results[name];
    if (isTable(value, part)) tables.push(tableOf(name, part, value));
    else if (name !== COMPLETE && name !== REASON) facts.push({ ...columnOf(name, part), value });
  }
  const complete = results[COMPLETE];
  const reason = results[REASON];
  return {
    tables,
    facts,
    completeness:
      typeof complete === 'boolean' ? { complete, reason: typeof reason === 'string' ? reason : undefined } : undefined,
  };
}

function isTable(value: unknown, { items }: ResultSchema): value is readonly Row[] {
  if (!Array.isArray(value)) return false;
  return value.length === 0 ? items?.properties !== undefined : value.every(isRow);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Columns that no row fills are left out. IDs come last: they are for the next action, not for the eye. */
function tableOf(name: string, schema: ResultSchema, rows: readonly Row[]): Table {
  const { properties = {} } = schema.items ?? {};
  const filled = new Set(rows.flatMap((row) => Object.keys(row).filter((column) => !isEmpty(row[column]))));
  const known = Object.keys(properties).filter((column) => filled.has(column));
  const others = [...filled].filter((column) => !(column in properties));
  const columns = [...known.filter((column) => !isId(column)), ...others, ...known.filter(isId)];
  return {
    ...columnOf(name, schema),
    columns: columns.map((column) => columnOf(column, properties[column] ?? {})),
    rows,
  };
}

function isId(column: string): boolean {
  return column.endsWith('_id');
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (isRow(value) && Object.keys(value).length === 0);
}

function columnOf(name: string, { title, description }: ResultSchema): Column {
  return { name, title: title ?? wordsOf(name), help: description };
}

const ABBREVIATIONS: Readonly<Record<string, string>> = { id: 'ID', ip: 'IP' };

/** `Message trace ID` for `message_trace_id`. */
export function wordsOf(name: string): string {
  const words = name
    .split('_')
    .map((word) => ABBREVIATIONS[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

const texts = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows without a value in that column come last, either way. */
export function sortRows(rows: readonly Row[], sorting: Sorting | null): readonly Row[] {
  if (sorting === null) return rows;
  const { column, descending } = sorting;
  const [filled, empty] = [rows.filter((row) => !isEmpty(row[column])), rows.filter((row) => isEmpty(row[column]))];
  const sorted = filled.toSorted((one, other) => compare(one[column], other[column]));
  return [...(descending ? sorted.toReversed() : sorted), ...empty];
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return texts.compare(textOf(one), textOf(other));
}

/** As one line: members of an object by their names. */
export function textOf(value: unknown): string {
  if (isRow(value))
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${textOf(one)}`)
      .join(', ');
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** Milliseconds since 1970; undefined for what is no time. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : atMs;
}
