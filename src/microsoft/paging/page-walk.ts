import { excerpt } from '@sekoia/automation-sdk-shim';
import { DeadLinkError, type DetourOptions, Detours, ForeignLinkError, type Step } from './detours.js';
import { createHash } from 'node:crypto';
import {
  MAX_PAGES_OF_PROBE,
  MAX_PAGES_OF_QUERY,
  MAX_PAGES_OF_RANGE,
  MAX_PAGES_WITHOUT_PROGRESS,
  MAX_PAGES_WITHOUT_PROGRESS_OF_PROBE,
} from '@sekoia/automation-sdk-shim/budgets';
import type { Page, TimeRange } from '../../model/ports.js';
import { rowIdentity } from '../../model/record.js';
import { PlanAgainError, RangeRefusedError, UnavailableError } from '../../model/errors.js';

/** No server takes longer ones. */
const maxLinkLength = 32_768;

/**
 * The address that a link leads to, if that is on the API's own host; else what is wrong with it. Without a name and a
 * password, which would replace the credentials, and without a fragment, which is not sent: two links that differ in
 * these alone lead to the same page.
 * @param base the address of the page that has the link
 */
function resolveLink(service: string, link: string, base: URL): URL | DeadLinkError {
  if (link.length > maxLinkLength || !URL.canParse(link, base.href))
    return new DeadLinkError(`${service} gave a link to a page that is no address.`);
  const url = new URL(link, base);
  // Not by `origin`: that of `blob:https://host/…` is `https://host`.
  if (url.protocol === base.protocol && url.host === base.host) {
    url.username = url.password = url.hash = '';
    return url;
  }
  const place = excerpt(url.host === '' ? url.protocol : `${url.protocol}//${url.host}`);
  return new ForeignLinkError(
    `${service} gave a link to another host (${place}). It was not followed: the credentials would have been sent there.`,
  );
}

export interface LinkedPage extends Page {
  /** The address of the next page as the answer gives it: absolute, or relative to the page's own. */
  readonly nextLink: string | undefined;
}

export interface PageWalk {
  /** Whose pages they are, as the beginning of a sentence. */
  readonly service: string;
  readonly firstUrl: URL;
  /**
   * @param tries how often it is asked for at most; by default as often as any page
   * @throws DeadLinkError for a later page that the service does not know
   */
  readonly read: (url: URL, isFirst: boolean, tries?: number) => Promise<LinkedPage>;
  /**
   * Where to go on after a page without a link; undefined where such a page is the last one.
   * @param rows how many rows the query has had so far
   * @param query the address of the query's first page
   */
  readonly withoutLink?: (page: LinkedPage, rows: number, query: URL) => URL | undefined;
  /** How to go round a link that leads nowhere; without, the range is refused there. */
  readonly detours?: DetourOptions;
  /** Read to find out whether a range or the service is at fault: given up sooner. */
  readonly isProbe?: boolean;
}

interface PageBudget {
  readonly withoutProgress: number;
  readonly ofQuery: number;
  readonly ofRange: number;
}

const BUDGET: PageBudget = {
  withoutProgress: MAX_PAGES_WITHOUT_PROGRESS,
  ofQuery: MAX_PAGES_OF_QUERY,
  ofRange: MAX_PAGES_OF_RANGE,
};
const BUDGET_OF_PROBE: PageBudget = {
  withoutProgress: MAX_PAGES_WITHOUT_PROGRESS_OF_PROBE,
  ofQuery: MAX_PAGES_OF_PROBE,
  ofRange: MAX_PAGES_OF_PROBE,
};

/**
 * Reads page after page of a range, by the links of the answers, as long as they lead to the API's own host and on to
 * pages that were not read yet. Where one does not, it goes on without it, by rows that come again: what was read once
 * is never taken for read to its end by that alone.
 * @throws RangeRefusedError where there is no way on
 */
export async function* walkPages(walk: PageWalk): AsyncGenerator<Page, void, undefined> {
  const trail = new Trail(walk);
  let step: Step | undefined = { url: walk.firstUrl, isQuery: true };
  while (step !== undefined) {
    let page: LinkedPage;
    let next: Step | DeadLinkError | undefined;
    try {
      page = await walk.read(step.url, step.isQuery, step.tries);
      next = trail.pass(step, page);
    } catch (error) {
      step = trail.after(error, step);
      continue;
    }
    yield page;
    step = next instanceof DeadLinkError ? trail.goRound(next) : next;
  }
}

/** What a walk remembers of where it has been. */
class Trail {
  readonly #walk: PageWalk;
  readonly #detours: Detours | undefined;
  readonly #budget: PageBudget;
  /** Digests: a link can have 32 KiB. */
  readonly #asked = new Set<string>();
  #query: URL;
  #rowsOfQuery = 0;
  #pagesOfQuery = 0;
  #pages = 0;
  /** In a row. */
  #pagesWithoutProgress = 0;
  /** When the oldest row of the query so far was received. */
  #oldestMs = Infinity;
  /** The query had more pages than it may have. */
  #isOverBudget = false;
  #previous: LinkedPage | undefined;

  constructor(walk: PageWalk) {
    this.#walk = walk;
    this.#query = walk.firstUrl;
    this.#budget = walk.isProbe === true ? BUDGET_OF_PROBE : BUDGET;
    this.#detours = walk.detours && new Detours(walk.service, walk.detours);
  }

  /**
   * Takes note of a page, and says where to go on; undefined after the last one.
   * @throws DeadLinkError where the link that led to the page has led astray, RangeRefusedError where there is no end
   */
  pass(step: Step, page: LinkedPage): Step | DeadLinkError | undefined {
    const { service } = this.#walk;
    const { url, isQuery, remedy } = step;
    this.#asked.add(digestOf(url));
    if (isQuery) this.#beginQuery(url);
    const rows = page.records.length + page.unreadable.length;
    this.#count(page, rows);
    // The same page once more is what was asked for where its link was dead.
    if (!isQuery && remedy !== 'retried' && this.#previous !== undefined && isSamePage(this.#previous, page))
      throw new DeadLinkError(`${service} answers the same page again and again.`);
    this.#rowsOfQuery += rows;
    this.#previous = page;
    const next = this.#after(url, page);
    this.#detours?.pass(step, page, next === undefined);
    return next === undefined ? undefined : (this.#overBudget() ?? next);
  }

  #beginQuery(url: URL): void {
    this.#query = url;
    this.#rowsOfQuery = this.#pagesOfQuery = 0;
    this.#oldestMs = Infinity;
    this.#isOverBudget = false;
  }

  #count(page: LinkedPage, rows: number): void {
    this.#pages += 1;
    this.#pagesOfQuery += 1;
    this.#pagesWithoutProgress = this.#isProgress(page, rows) ? 0 : this.#pagesWithoutProgress + 1;
  }

  /**
   * What is wrong where there are more pages than there can be with good reason: a new query may help, the same page
   * once more does not.
   * @throws where no new query was made after that
   */
  #overBudget(): DeadLinkError | undefined {
    const problem = this.#problemOfBudget();
    if (problem === undefined) return undefined;
    if (this.#isOverBudget || this.#pages >= this.#budget.ofRange) throw new RangeRefusedError(problem);
    this.#isOverBudget = true;
    return new DeadLinkError(problem);
  }

  #problemOfBudget(): string | undefined {
    const { service } = this.#walk;
    const { withoutProgress, ofQuery, ofRange } = this.#budget;
    if (this.#pages >= ofRange) return `${service} gave ${this.#pages} pages without an end.`;
    if (this.#pagesWithoutProgress >= withoutProgress)
      return `${service} gave ${this.#pagesWithoutProgress} pages in a row without earlier rows.`;
    if (this.#pagesOfQuery >= ofQuery)
      return `${service} gave ${this.#pagesOfQuery} pages for one query without an end.`;
    return undefined;
  }

  /**
   * Whether a page leads further back, as pages do that come to an end; of a service without order, any row will do.
   */
  #isProgress({ records }: LinkedPage, rows: number): boolean {
    const { detours } = this.#walk;
    if (detours === undefined) return rows > 0;
    const oldestMs = records
      .map(({ receivedMs = NaN }) => receivedMs)
      .filter((receivedMs) => isNear(receivedMs, detours.range))
      .reduce((oldest, receivedMs) => Math.min(oldest, receivedMs), Infinity);
    if (oldestMs >= this.#oldestMs) return false;
    this.#oldestMs = oldestMs;
    return true;
  }

  goRound(error: DeadLinkError): Step {
    if (this.#detours === undefined) throw error;
    return this.#detours.goRound(error);
  }

  /** Where to continue after a page that could not be read. @throws the error where there is no way to continue */
  after(error: unknown, { isQuery }: Step): Step {
    if (error instanceof DeadLinkError) return this.goRound(error);
    const isPassing = error instanceof UnavailableError && !(error instanceof PlanAgainError);
    // A query that fails has no page before it to go on from.
    const step = isPassing && !isQuery ? this.#detours?.resume() : undefined;
    if (step === undefined) throw error;
    return step;
  }

  #after(url: URL, page: LinkedPage): Step | DeadLinkError | undefined {
    const { service, withoutLink } = this.#walk;
    if (page.nextLink === undefined) {
      const next = withoutLink?.(page, this.#rowsOfQuery, this.#query);
      return next && this.#onward({ url: next, isQuery: false });
    }
    const link = resolveLink(service, page.nextLink, url);
    if (this.#detours === undefined)
      return link instanceof DeadLinkError ? link : this.#onward({ url: link, isQuery: false });
    const next = this.#detours.look(link);
    return next instanceof DeadLinkError ? next : this.#onward(next);
  }

  #onward(step: Step): Step | DeadLinkError {
    return this.#asked.has(digestOf(step.url))
      ? new DeadLinkError(`${this.#walk.service} gave a link to a page that was read already.`)
      : step;
  }
}

/** Queries are wider than what was asked for by less. */
const ROUNDING_MS = 1_000;

function isNear(timeMs: number, { start, end }: TimeRange): boolean {
  return timeMs >= start - ROUNDING_MS && timeMs <= end + ROUNDING_MS;
}

function digestOf({ href }: URL): string {
  return createHash('sha256').update(href).digest('base64');
}

/** A service that ignores where it was asked to go on would be asked for the same rows for ever. */
function isSamePage(one: LinkedPage, other: LinkedPage): boolean {
  const ends = ({ records }: LinkedPage) =>
    [records.length, records.at(0), records.at(-1)].map((it) => (typeof it === 'object' ? rowIdentity(it) : it));
  return one.records.length > 0 && ends(one).join('\n') === ends(other).join('\n');
}
