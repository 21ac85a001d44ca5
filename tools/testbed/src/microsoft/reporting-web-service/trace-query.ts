import { BadQueryError } from '../../errors.js';

/** A query for message traces, as its URL tells it. */
export interface TraceQuery {
  /** The text of `$filter`, null where there is none: pages of one result name the same one. */
  readonly filter: string | null;
  /** StartDate and EndDate in milliseconds since 1970; null where neither is given. */
  readonly bounds: { readonly startMs: number; readonly endMs: number } | null;
  readonly skiptoken: number | null;
  readonly top: number | null;
}

const understood = ['$filter', '$format', '$skiptoken', '$top'];
const literal = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$/;

/** Reads the query's options. Throws BadQueryError; nothing that is not understood is passed over in silence. */
export function readQuery(parameters: URLSearchParams): TraceQuery {
  for (const name of parameters.keys()) {
    if (name.startsWith('$') && !understood.includes(name)) {
      throw new BadQueryError(`The query option '${name}' is not supported.`);
    }
  }
  const filter = parameters.get('$filter');
  return {
    filter,
    bounds: filter === null ? null : readFilter(filter),
    skiptoken: readCount(parameters, '$skiptoken'),
    top: readCount(parameters, '$top'),
  };
}

/** Despite `eq`, the two dates are the bounds of Received. */
function readFilter(filter: string): TraceQuery['bounds'] {
  const dates = new Map<string, number>();
  for (const clause of filter.trim().split(/\s+and\s+/i)) {
    const [, name, text] = /^(StartDate|EndDate)\s+eq\s+datetime'([^']*)'$/.exec(clause.trim()) ?? [];
    if (name === undefined || text === undefined) {
      throw new BadQueryError(`Syntax error in $filter: '${clause}' is not StartDate or EndDate eq datetime'…'.`);
    }
    if (dates.has(name)) throw new BadQueryError(`The $filter names ${name} twice.`);
    dates.set(name, readInstant(text));
  }
  const [startMs, endMs] = [dates.get('StartDate'), dates.get('EndDate')];
  if (startMs === undefined || endMs === undefined) {
    throw new BadQueryError('StartDate and EndDate must be given both, or neither of them.');
  }
  if (startMs > endMs) throw new BadQueryError('The StartDate must not be later than the EndDate.');
  return { startMs, endMs };
}

/** Without a zone it is UTC; fractions are read to the millisecond. */
function readInstant(text: string): number {
  const [, seconds, fraction, zone] = literal.exec(text) ?? [];
  const instant = seconds === undefined ? NaN : Date.parse(`${seconds}${fraction?.slice(0, 4) ?? ''}${zone ?? 'Z'}`);
  if (Number.isNaN(instant)) throw new BadQueryError(`'${text}' is not a valid datetime literal.`);
  return instant;
}

function readCount(parameters: URLSearchParams, name: string): number | null {
  const text = parameters.get(name);
  if (text === null) return null;
  if (!/^\d{1,15}$/.test(text)) throw new BadQueryError(`'${text}' is not a valid value for ${name}.`);
  return Number(text);
}
