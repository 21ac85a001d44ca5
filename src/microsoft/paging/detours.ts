import { RangeRefusedError } from '../../model/errors.js';
import type { Page, TimeRange, TraceRecord } from '../../model/ports.js';
import { rowIdentity } from '../../model/record.js';

/**
 * A link to a later page is of no use: the service refuses it, or it leads in a circle, elsewhere or nowhere. What was
 * read before it stays good, so there are cheaper ways to go on than to read the range in halves.
 */
export class DeadLinkError extends RangeRefusedError {}

/** A link that would have carried the credentials to another host. */
export class ForeignLinkError extends DeadLinkError {}

/**
 * How reading goes on where a link leads nowhere, the cheapest first. docs/adr/0015-round-a-dead-link.md has the
 * reasons. `repaired`: what is wrong with the link is known, and was undone before it was followed. `continued`: by a
 * new query that ends at the time of the last row. `rebuilt`: by a link of our own making, where the last row's second
 * is larger than a page. `retried`: by the same page once more, whose link may be better this time. `halved`: not at
 * all: the range is read again in halves.
 */
export type Remedy = 'repaired' | 'continued' | 'rebuilt' | 'retried' | 'halved';

/** Hears what becomes of links that lead nowhere. Its methods neither throw nor take long. */
export interface LinkMonitor {
  /** Told of each such link once, as soon as it is known how reading went on. */
  readonly deadLink: (remedy: Remedy) => void;
  /** Told as soon as the answer with the link is there. */
  readonly foreignLink: (error: ForeignLinkError) => void;
}

/** A page to be asked for. */
export interface Step {
  readonly url: URL;
  /** The first page of a query, rather than one that a link leads to. */
  readonly isQuery: boolean;
  /** Where this is not what the service's own link says. */
  readonly remedy?: Remedy;
  /** How often it is asked for at most; by default as often as any page. */
  readonly tries?: number;
}

/** What a source knows of its API's links and queries. */
export interface DetourOptions {
  readonly range: TimeRange;
  /** The earliest end of a query that is sure to hold everything that was received at a row's time, and before. */
  readonly endAt: (row: TraceRecord) => number;
  readonly query: (range: TimeRange) => URL;
  /** What can be seen of a link without following it: as it is, or as it should be, or that it leads nowhere. */
  readonly inspect?: (link: URL) => URL | 'dead';
  /** A link to what comes after a row, which need not be the last one of its page; undefined where none can be made. */
  readonly rebuild?: (after: TraceRecord, dead: URL | undefined, query: Query) => URL | undefined;
  readonly monitor?: LinkMonitor | undefined;
}

export interface Query {
  readonly url: URL;
  readonly range: TimeRange;
}

/** The last row of a page by which reading can go on, and the one before it. */
interface Anchor {
  readonly row: TraceRecord;
  readonly identity: string;
  readonly receivedMs: number;
  /** With another time or recipient than the last one: the last one must come again after it. */
  readonly before: TraceRecord | undefined;
}

/** Where a page failed time and again, fresh mail must not wait for as many tries once more. */
const triesToResume = 2;
/** Links are dead at random, as far as is known: of four pages one has a good one, even if half of them are dead. */
const maxRetries = 3;
/** Queries are wider than what was asked for by less. */
const roundingMs = 1000;

/**
 * Finds ways round links that lead nowhere. Every way begins at or before the last row that was read, so that this row
 * must come again: only then is a detour believed to have left nothing out, whatever the service makes of bounds,
 * times, order and tokens.
 */
export class Detours {
  readonly #service: string;
  readonly #options: DetourOptions;
  #query: Query;
  #anchor: Anchor | undefined;
  /** The page that the anchor's link was on. */
  #page: Step | undefined;
  #link: URL | undefined;
  /** Rows that must come again. */
  #expected: readonly Anchor[] = [];
  #hasContinued = false;
  /** The pages are newest first, by all that was seen. */
  #isInOrder = true;
  /** Of the query's rows so far. */
  #newestMs = -Infinity;
  /** What was tried for the link after this row. */
  #tried = { identity: '', rebuilt: false, retries: 0 };

  constructor(service: string, options: DetourOptions) {
    this.#service = service;
    this.#options = options;
    this.#query = { url: options.query(options.range), range: options.range };
  }

  /** Where a link leads, by all that can be seen of it. */
  look(link: URL | DeadLinkError): Step | DeadLinkError {
    const { inspect, monitor } = this.#options;
    this.#link = undefined;
    if (link instanceof ForeignLinkError) monitor?.foreignLink(link);
    if (link instanceof DeadLinkError) return link;
    this.#link = link;
    const seen = inspect?.(link) ?? link;
    if (seen === 'dead') return new DeadLinkError(`${this.#service} gave a link to a page that does not exist.`);
    return { url: seen, isQuery: false, ...(seen !== link && { remedy: 'repaired' }) };
  }

  /**
   * Takes note of a page.
   * @throws DeadLinkError where a detour has led past a row that had to come again, RangeRefusedError where what was
   *   left out may still follow
   */
  pass(step: Step, page: Page, isLast: boolean): void {
    const { range } = this.#query;
    const rows = page.records.filter(
      ({ receivedMs = NaN }) => receivedMs >= range.start - roundingMs && receivedMs <= range.end + roundingMs,
    );
    this.#meet(
      page,
      rows.reduce((oldest, row) => Math.min(oldest, timeOf(row)), Infinity),
      isLast,
    );
    if (step.remedy !== undefined) this.#options.monitor?.deadLink(step.remedy);
    this.#checkOrder(step, rows);
    if (this.#hasContinued && !this.#isInOrder)
      throw new RangeRefusedError(`${this.#service} does not give the newest rows first.`);
    this.#page = step;
    const row = rows.at(-1);
    if (row === undefined) return;
    const before = rows.findLast((one) => one.received !== row.received || one.recipient !== row.recipient);
    this.#anchor = { row, identity: rowIdentity(row), receivedMs: timeOf(row), before };
  }

  /** @throws the error where there is no way on */
  goRound(error: DeadLinkError): Step {
    const step = this.#continued() ?? this.#rebuilt() ?? this.#retried();
    if (step !== undefined) return step;
    this.#options.monitor?.deadLink('halved');
    throw error;
  }

  /**
   * How reading continues after a later page could not be read. A new query starts at the last row, so that the pages
   * before it need not be read again. Undefined where that is not possible.
   */
  resume(): Step | undefined {
    const step = this.#continued();
    return step && { url: step.url, isQuery: true, tries: triesToResume };
  }

  #meet(page: Page, oldestMs: number, isLast: boolean): void {
    if (this.#expected.length === 0) return;
    const identities = new Set(page.records.map(rowIdentity));
    this.#expected = this.#expected.filter(({ identity }) => !identities.has(identity));
    if (this.#expected.some(({ receivedMs }) => isLast || oldestMs < receivedMs))
      throw new DeadLinkError(`${this.#service} does not give the row again from which reading went on.`);
  }

  #checkOrder({ isQuery, remedy }: Step, rows: readonly TraceRecord[]): void {
    const isOlder = (row: TraceRecord, at: number) => timeOf(row) <= timeOf(rows[at - 1] ?? row);
    // Rows that appear meanwhile may shift the pages by less than one.
    const isElsewhere = isQuery || remedy === 'rebuilt' || remedy === 'retried';
    const last = rows.at(-1);
    this.#isInOrder &&=
      rows.every(isOlder) &&
      (isElsewhere || last === undefined || timeOf(last) <= (this.#anchor?.receivedMs ?? Infinity));
    if (isQuery) this.#newestMs = -Infinity;
    this.#newestMs = rows.reduce((newest, row) => Math.max(newest, timeOf(row)), this.#newestMs);
  }

  #continued(): Step | undefined {
    const { endAt, query } = this.#options;
    // Rows of a single time do not show which way the order goes.
    if (this.#anchor === undefined || !this.#isInOrder || this.#anchor.receivedMs === this.#newestMs) return undefined;
    const range = { start: this.#query.range.start, end: endAt(this.#anchor.row) };
    if (range.end >= this.#query.range.end) return undefined;
    this.#query = { url: query(range), range };
    this.#hasContinued = true;
    this.#expect(this.#anchor);
    return { url: this.#query.url, isQuery: true, remedy: 'continued' };
  }

  #rebuilt(): Step | undefined {
    const anchor = this.#anchor;
    const tried = this.#triedHere();
    if (anchor?.before === undefined || !this.#isInOrder || tried.rebuilt) return undefined;
    tried.rebuilt = true;
    const url = this.#options.rebuild?.(anchor.before, this.#link, this.#query);
    if (url === undefined) return undefined;
    this.#expect(anchor);
    return { url, isQuery: false, remedy: 'rebuilt' };
  }

  #retried(): Step | undefined {
    const tried = this.#triedHere();
    if (this.#page === undefined || tried.retries >= maxRetries) return undefined;
    tried.retries += 1;
    if (this.#anchor !== undefined) this.#expect(this.#anchor);
    return { ...this.#page, remedy: 'retried' };
  }

  #expect(anchor: Anchor): void {
    if (!this.#expected.includes(anchor)) this.#expected = [...this.#expected, anchor];
  }

  #triedHere(): { rebuilt: boolean; retries: number } {
    const identity = this.#anchor?.identity ?? '';
    if (this.#tried.identity !== identity) this.#tried = { identity, rebuilt: false, retries: 0 };
    return this.#tried;
  }
}

function timeOf({ receivedMs = NaN }: TraceRecord): number {
  return receivedMs;
}
