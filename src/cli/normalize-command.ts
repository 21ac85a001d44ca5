import { createReadStream } from 'node:fs';
import { InternalDomains } from '../message-trace/direction.js';
import { eventText } from '../message-trace/event-text.js';
import type { EventOptions } from '../message-trace/event.js';
import { APIS, portalAt } from '../microsoft/clouds.js';
import type { TraceRecord } from '../model/record.js';
import { BrokenJsonError, type FoundRow } from './json-rows.js';
import { recordOf } from './row-forms.js';
import { readRows } from './row-reader.js';
import { ClosedReaderError, EXIT, type ExitCode, type Terminal } from './terminal.js';

/** Events are written in pieces of some size. */
const BUFFER_CHARACTERS = 65_536;

export interface NormalizeRequest {
  /** Standard input where there is none. */
  readonly files: readonly string[];
  readonly eventFormat: EventOptions['eventFormat'];
  /** Without it, the one of the API that the row is of. */
  readonly intakeFormat?: EventOptions['intakeFormat'] | undefined;
  /** The tenant's own, for enriched events. */
  readonly internalDomain?: readonly string[] | undefined;
}

/** `message-trace normalize`. @throws the file system's error where a file cannot be read */
export async function normalizeCommand(request: NormalizeRequest, terminal: Terminal): Promise<ExitCode> {
  const sources = request.files.length === 0 ? ['-'] : request.files;
  let bad = 0;
  try {
    for (const source of sources) bad += await normalizeSource(source, request, terminal);
    await terminal.flush();
  } catch (error) {
    // Who has read enough misses nothing.
    if (!(error instanceof ClosedReaderError)) throw error;
    return bad === 0 ? EXIT.complete : EXIT.failed;
  }
  if (bad === 0) return EXIT.complete;
  terminal.say(`${bad} ${bad === 1 ? 'row' : 'rows'} could not be read. All others were written.`);
  return EXIT.failed;
}

/** @returns how many rows could not be read */
async function normalizeSource(source: string, request: NormalizeRequest, terminal: Terminal): Promise<number> {
  const options = optionsOf(request);
  const name = source === '-' ? 'standard input' : source;
  const stream = source === '-' ? terminal.stdin : createReadStream(source);
  let bad = 0;
  let buffer = '';
  const report = (line: number, problem: string) => {
    bad += 1;
    terminal.say(`${name}, line ${line}: ${problem}`);
  };
  try {
    for await (const found of readRows(stream as AsyncIterable<Buffer>)) {
      if (terminal.signal.aborted) break;
      const record = recordIn(found);
      if (typeof record === 'string') {
        report(found.line, record);
        continue;
      }
      buffer += `${eventText(record, options)}\n`;
      if (buffer.length < BUFFER_CHARACTERS) continue;
      await terminal.write(buffer);
      buffer = '';
    }
  } catch (error) {
    if (!(error instanceof BrokenJsonError)) throw error;
    report(error.line, `${error.message} The rest of it was not read.`);
  }
  await terminal.write(buffer);
  terminal.signal.throwIfAborted();
  return bad;
}

function recordIn({ row, problem }: FoundRow): TraceRecord | string {
  if (row === undefined) return problem ?? 'It is no row.';
  return recordOf(row) ?? 'It is no row of a message trace: it names neither a message nor an address.';
}

/** A row of either API stays in its own dialect, where no other is asked for. */
function optionsOf({ eventFormat, intakeFormat = 'own', internalDomain = [] }: NormalizeRequest): EventOptions {
  const tenant = {
    id: undefined,
    internal: new InternalDomains(internalDomain),
    portalUrl: portalAt(APIS.graph.address),
  };
  return { eventFormat, intakeFormat, tenant };
}
