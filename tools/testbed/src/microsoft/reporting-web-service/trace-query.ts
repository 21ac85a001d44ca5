import type { Account } from '../http/messages.js';
import { defaultServiceOptions, type ServiceOptions } from '../service/service-front.js';
import type { DialectName } from './odata.js';
import { BadQueryError } from '../../errors.js';

/** How the Reporting Web Service behaves. */
export interface ReportingOptions extends Account, ServiceOptions {
  /** Rows a page holds at most; 2,000 in the real service. */
  pageRows: number;
  /** `negotiated`: by $format and Accept; else always that one, whatever was asked for. */
  dialect: 'negotiated' | DialectName;
  /**
   * In the dialect odata-2: `{"d":[…]}` in place of `{"d":{"results":[…]}}`. Such an answer has no place for a link.
   */
  dAsArray: boolean;
  /** How a full page names the next one: an absolute link, one relative to the request, or not at all. */
  paging: 'link' | 'relative-link' | 'skiptoken';
  /** Whether `$skiptoken=n` begins at row n (counted from 0) or after it. */
  skiptokenStarts: 'at' | 'after';
  /** Whether the pages of one result are cut from the view of its first page, or each from the present view. */
  stablePages: boolean;
  /** Whether EndDate itself belongs to what is asked for; StartDate always does. */
  inclusiveBounds: boolean;
  /** A StartDate older than that is refused. */
  historyDays: number;
  /** A longer range is refused; null: none is. */
  maxRangeDays: number | null;
  /** The host that the fault `link-to-another-host` names. */
  foreignOrigin: string;
  accountName: string;
  accountPassword: string;
}

export const defaultOptions: Readonly<ReportingOptions> = {
  ...defaultServiceOptions,
  pageRows: 2_000,
  dialect: 'negotiated',
  dAsArray: false,
  paging: 'link',
  skiptokenStarts: 'after',
  stablePages: true,
  inclusiveBounds: true,
  historyDays: 30,
  maxRangeDays: null,
  foreignOrigin: 'https://reports.attacker.example',
  accountName: 'trace.reader@example.corp',
  accountPassword: 'demo-Passw0rd',
};

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
