/** A query for message traces, as its URL tells it. */
import { BadQueryError } from '../../errors.js';
import { readInstant, readSkiptoken, type Skiptoken } from './paging.js';

export interface TraceQuery {
  /** The text of `$filter`: pages of one result name the same one. */
  readonly filter: string;
  /** The bounds of receivedDateTime, both included, in milliseconds since 1970. */
  readonly bounds: { readonly startMs: number; readonly endMs: number };
  /** Where to go on; null where there is no `$skiptoken`. */
  readonly skiptoken: Skiptoken | null;
  /** Rows on a page. */
  readonly top: number;
}

const understood = ['$filter', '$skiptoken', '$top'];
const usualTop = 1_000;
const maxTop = 5_000;

/** Reads the query's options. Throws BadQueryError. */
export function readQuery(parameters: URLSearchParams): TraceQuery {
  for (const name of parameters.keys()) {
    if (name.startsWith('$') && !understood.includes(name)) {
      throw new BadQueryError(`The query option '${name}' is not supported.`);
    }
  }
  const filter = parameters.get('$filter') ?? '';
  const skiptoken = parameters.get('$skiptoken');
  return {
    filter,
    bounds: readFilter(filter),
    skiptoken: skiptoken === null ? null : readSkiptoken(skiptoken),
    top: readTop(parameters.get('$top')),
  };
}

/**
 * What follows an `or`, and clauses with `in` or `ne`, are passed over in silence, as the real service was seen to do.
 */
function readFilter(filter: string): TraceQuery['bounds'] {
  const [considered = ''] = filter.trim().split(/\s+or\s+/i);
  const bounds = new Map<string, number>();
  for (const clause of considered.split(/\s+and\s+/i)) {
    if (clause === '' || /^\w+\s+(in|ne)\s/i.test(clause)) continue;
    const [, operator, text] = /^receivedDateTime\s+(ge|le)\s+(\S+)$/.exec(clause.trim()) ?? [];
    if (operator === undefined || text === undefined) {
      throw new BadQueryError(`Invalid filter clause: '${clause}' is not receivedDateTime ge or le a date.`);
    }
    if (bounds.has(operator)) throw new BadQueryError(`The $filter names receivedDateTime ${operator} twice.`);
    bounds.set(operator, readBound(text));
  }
  const [startMs, endMs] = [bounds.get('ge'), bounds.get('le')];
  if (startMs === undefined || endMs === undefined) {
    throw new BadQueryError('The $filter needs receivedDateTime ge and receivedDateTime le.');
  }
  if (startMs > endMs) throw new BadQueryError('The start of receivedDateTime must not be later than its end.');
  return { startMs, endMs };
}

/** The zone must be there; fractions are read to the millisecond. */
function readBound(text: string): number {
  const instant = readInstant(text);
  if (instant === undefined) throw new BadQueryError(`'${text}' is not a valid DateTimeOffset.`);
  return instant.ms;
}

function readTop(text: string | null): number {
  if (text === null) return usualTop;
  const top = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (top >= 1 && top <= maxTop) return top;
  throw new BadQueryError(`'${text}' is not a valid value for $top: it must be from 1 to ${maxTop}.`);
}
