import { MAX_SEARCH_ROWS, SECRETS } from '@sekoia/automation-sdk-shim';
import type { JsonObject } from '../model/json.js';
import { UnavailableError } from '../model/errors.js';
import type { TimeRange } from '../model/progress.js';
import { type Completeness, sentenceFor } from '../search/completeness.js';
import { checkFilter, type TraceFilter } from '../search/filter.js';
import type { GraphSearch } from '../search/graph-search.js';
import { rowResult } from '../search/results.js';
import { openConnection, openSearch } from './connection.js';
import { type Format, rowColumns, type RowWriter, rowWriter } from './formats.js';
import { firstWidth, nextPart, nextWidth } from './parts.js';
import { ProgressBar } from './progress-bar.js';
import { ResumableFile } from './resumable-file.js';
import { type CommandSettings, readCommandSettings } from './settings.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './terminal.js';

/** What a search may take. */
export interface Limits {
  readonly maxRows?: number | undefined;
  readonly maxRequests: number;
  readonly requestsInFiveMinutes: number;
}

export interface SearchRequest {
  readonly filter: TraceFilter;
  readonly format: Format;
  /** Where to write; standard output where it is absent. */
  readonly output?: string | undefined;
  readonly limits: Limits;
  readonly settingsFile?: string | undefined;
}

interface Task {
  readonly filter: TraceFilter;
  readonly format: Format;
  readonly limits: Limits;
  readonly writer: RowWriter;
  readonly terminal: Terminal;
}

/** How a search ended. */
interface End {
  readonly rows: number;
  /** Why it is incomplete; empty where it is complete. */
  readonly reasons: readonly string[];
}

/** `message-trace search`. @throws UsageError, FilterError, ConfigurationError, CollectorError, ClosedReaderError */
export async function searchCommand(request: SearchRequest, terminal: Terminal): Promise<ExitCode> {
  const { filter, format, output, limits, settingsFile } = request;
  const nowMs = Date.now();
  const { range } = checkFilter(filter, nowMs);
  if (output !== undefined && format === 'table')
    throw new UsageError('A table is for a terminal. Give --format ndjson, json or csv with --output.');
  const settings = await readCommandSettings({ file: settingsFile }, terminal);
  const connection = openConnection(terminal);
  try {
    const search = openSearch(settings, connection, limits, terminal);
    const writer = rowWriter(format, rowColumns, terminal.stdout.columns);
    const task = { filter, format, limits, writer, terminal };
    const fixed = { start: range.start, end: Math.min(range.end, nowMs) };
    const end =
      output === undefined
        ? await searchToTerminal(search, task, fixed)
        : await searchToFile(search, task, fixed, { path: output, request: requestOf(request, settings) });
    if (end.reasons.length === 0) return EXIT.complete;
    terminal.say(`Not complete: ${end.reasons.join(' ')}`);
    return EXIT.incomplete;
  } finally {
    connection.close();
  }
}

/** What two searches must have in common for the one to continue the other. It holds no secret. */
function requestOf({ filter, format }: SearchRequest, { kind, values }: CommandSettings): JsonObject {
  const { tenant_id: tenant = null, client_id: client = null, api_url: api } = values;
  const account = kind === 'account' ? values.account_name : null;
  // Without the filters that are undefined, as it comes back from the file.
  return JSON.parse(JSON.stringify({ filter, format, tenant, client, api, account })) as JsonObject;
}

/** In one piece: nothing of it is continued. */
async function searchToTerminal(search: GraphSearch, task: Task, range: TimeRange): Promise<End> {
  const { format, limits, writer, terminal } = task;
  // On one terminal, rows and a bar would write over each other.
  const bar = terminal.isInteractive && format !== 'table' ? undefined : new ProgressBar(terminal, range, range.end, 0);
  let rows = 0;
  try {
    await terminal.write(writer.head());
    const left = { maxRows: limits.maxRows ?? MAX_SEARCH_ROWS, maxRequests: limits.maxRequests, firstIndex: 0 };
    const seen = await searchPart(search, task, range, left, async (text, timeMs) => {
      await terminal.write(text);
      rows += 1;
      bar?.update(timeMs, rows);
    });
    bar?.stop();
    await terminal.write(writer.tail(rows));
    await terminal.flush();
    return { rows, reasons: reasonsOf(seen, limits) };
  } finally {
    bar?.stop();
  }
}

interface Target {
  readonly path: string;
  readonly request: JsonObject;
}

/** Part by part: each is recorded once it was searched to its end and is on disk. */
async function searchToFile(
  search: GraphSearch,
  task: Task,
  range: TimeRange,
  { path, request }: Target,
): Promise<End> {
  const { terminal } = task;
  const file = await ResumableFile.open(path, { request, range, width: firstWidth(range) });
  const { record } = file;
  if (record.searched_from < record.end)
    terminal.say(`Continued: ${record.rows} rows from ${iso(record.searched_from)} on are in ${path} already.`);
  const whole = { start: record.start, end: record.end };
  const bar = new ProgressBar(terminal, whole, record.searched_from, record.rows);
  try {
    const stopped = await searchParts(search, task, file, bar);
    const { rows, reasons } = file.record;
    bar.stop();
    if (stopped !== undefined) {
      await file.leave();
      return { rows, reasons: [...reasons, ...stopped, `Run the same command again to continue ${path}.`] };
    }
    await file.finish(task.writer.tail(rows));
    terminal.say(`${rows} rows are in ${path}.`);
    return { rows, reasons };
  } catch (error) {
    bar.stop();
    await file.leave().catch(() => undefined);
    throw error;
  }
}

/** @returns why the search stopped before its end; undefined where it came to it */
async function searchParts(
  search: GraphSearch,
  task: Task,
  file: ResumableFile,
  bar: ProgressBar,
): Promise<readonly string[] | undefined> {
  const { limits, writer, terminal } = task;
  if (file.record.bytes === 0) await file.write(writer.head());
  let requests = 0;
  for (;;) {
    const { start, searched_from: end, width, rows: before, reasons } = file.record;
    const part = nextPart({ start, end }, width);
    if (part === undefined) return undefined;
    const left = {
      maxRows: (limits.maxRows ?? Infinity) - before,
      maxRequests: limits.maxRequests - requests,
      firstIndex: before,
    };
    let rows = 0;
    let seen: Completeness;
    try {
      seen = await searchPart(search, task, part, left, async (text, timeMs) => {
        await file.write(text);
        rows += 1;
        bar.update(timeMs, before + rows);
      });
    } catch (error) {
      if (error instanceof UnavailableError && end < file.record.end) return [error.message];
      throw error;
    }
    requests += seen.requests;
    // An interruption between two pages throws nothing.
    if (terminal.signal.aborted) return ['The search was interrupted.'];
    // Only what was searched to its end is recorded: what lies in the file beyond that is cut off at the next start.
    if (!seen.finished) return reasonsOf(seen, limits);
    await file.commit({
      searched_from: part.start,
      width: nextWidth(width, rows),
      rows: before + rows,
      reasons: seen.complete ? reasons : [...reasons, ...reasonsOf(seen, limits)],
    });
  }
}

interface Part {
  readonly maxRows: number;
  readonly maxRequests: number;
  /** Of its first row in the whole list. */
  readonly firstIndex: number;
}

/** Searches one range, and hands over each row as text, with when it was received. */
async function searchPart(
  search: GraphSearch,
  { filter, writer, terminal }: Task,
  part: TimeRange,
  { maxRows, maxRequests, firstIndex }: Part,
  take: (text: string, timeMs: number) => Promise<void>,
): Promise<Completeness> {
  const found = search.search(
    { ...filter, period: undefined, start: iso(part.start), end: iso(part.end) },
    {
      signal: terminal.signal,
      maxRows,
      maxRequests,
      onRetry: (error) => terminal.say(`${error.message} Trying again.`),
    },
  );
  let index = firstIndex;
  try {
    for await (const row of found) {
      await take(SECRETS.redact(writer.row({ ...rowResult(row) }, index)), row.receivedMs ?? part.end);
      index += 1;
    }
  } catch (error) {
    // What was interrupted is incomplete, which `completeness` says.
    if (!terminal.signal.aborted) throw error;
  }
  return found.completeness;
}

function reasonsOf({ complete, stoppedBy, reason = '' }: Completeness, limits: Limits): readonly string[] {
  if (complete) return [];
  // A part knows only what was left for it.
  if (stoppedBy === 'rows') return [sentenceFor('rows', String(limits.maxRows ?? MAX_SEARCH_ROWS))];
  if (stoppedBy === 'requests') return [sentenceFor('requests', String(limits.maxRequests))];
  return [reason];
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
