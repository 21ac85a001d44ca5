/** Reads rows from a stream of any form that is known, without holding more than some of them. */
import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import type { JsonObject } from '../model/json.js';
import { BrokenJsonError, type FoundRow, JsonRows, parsedRow } from './json-rows.js';
import { CsvForm } from './row-forms.js';

/** So much is looked at to find out the form. */
const BEGINNING_CHARACTERS = 4_096;
const UTF16_LE = [0xff, 0xfe];

type Form = 'json' | 'lines' | 'csv';

/** @throws BrokenJsonError where the rest cannot be read */
export async function* readRows(source: AsyncIterable<Buffer>): AsyncGenerator<FoundRow, void, undefined> {
  const texts = decoded(source);
  const beginning: string[] = [];
  let text = '';
  while (text.trimStart().length < BEGINNING_CHARACTERS) {
    const next = await texts.next();
    if (next.done === true) break;
    beginning.push(next.value);
    text += next.value;
  }
  if (text.trim() === '') return;
  const all = prefixed(beginning, texts);
  switch (formOf(text)) {
    case 'json':
      yield* jsonRows(all);
      break;
    case 'lines':
      yield* lineRows(all);
      break;
    case 'csv':
      yield* csvRows(all);
  }
}

/**
 * An object that begins and goes on in one line is one of many lines, each of which stands for itself: a bad one is
 * passed over. A list, or an object over several lines, is one text.
 */
function formOf(text: string): Form {
  const beginning = text.trimStart();
  if (/^\{[^\r\n]*\S/.test(beginning)) return 'lines';
  return /^[[{]/.test(beginning) ? 'json' : 'csv';
}

/** Windows PowerShell writes UTF-16, and Excel a mark before UTF-8. */
async function* decoded(source: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    decoder ??= new TextDecoder(UTF16_LE.every((byte, at) => chunk[at] === byte) ? 'utf-16le' : 'utf-8');
    yield decoder.decode(chunk, { stream: true });
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield rest;
}

async function* prefixed(beginning: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield* beginning;
  yield* rest;
}

async function* jsonRows(texts: AsyncIterable<string>): AsyncGenerator<FoundRow, void, undefined> {
  const rows = new JsonRows();
  for await (const text of texts) yield* rows.push(text);
  rows.finish();
}

/** A line may hold a row, an answer or a list. */
async function* lineRows(texts: AsyncIterable<string>): AsyncGenerator<FoundRow, void, undefined> {
  let line = 0;
  for await (const text of linesOf(texts)) {
    line += 1;
    if (text.trim() !== '') yield* rowsOfLine(text, line);
  }
}

function* rowsOfLine(text: string, line: number): Generator<FoundRow, void, undefined> {
  const found = parsedRow(text, line);
  const isPlain = found.row !== undefined && !['value', 'd'].some((name) => typeof found.row?.[name] === 'object');
  const isList = /^\s*\[/.test(text);
  if (isPlain || (found.problem !== undefined && !isList)) {
    yield found;
    return;
  }
  try {
    const rows = new JsonRows();
    for (const row of rows.push(text)) yield { ...row, line };
    rows.finish();
  } catch (error) {
    if (!(error instanceof BrokenJsonError)) throw error;
    yield { line, problem: error.message };
  }
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function* csvRows(texts: AsyncIterable<string>): AsyncGenerator<FoundRow, void, undefined> {
  const parser = Readable.from(texts).pipe(
    parse({ bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true }),
  );
  let form: CsvForm | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvLine>) {
      if (form === undefined) {
        form = new CsvForm(record);
        if (!form.isKnown)
          throw new BrokenJsonError(1, 'It is neither JSON nor CSV whose header names a recipient and a time.');
        continue;
      }
      const rows: readonly JsonObject[] = form.rows(record);
      if (rows.length === 0) yield { line: info.lines, problem: 'It names no recipient.' };
      for (const row of rows) yield { line: info.lines, row };
    }
  } catch (error) {
    if (error instanceof BrokenJsonError) throw error;
    const { lines = 0, code = 'unknown error' } = error as { lines?: number; code?: string };
    throw new BrokenJsonError(lines, `The CSV cannot be read (${code}).`);
  }
}

interface CsvLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}
