import type { Page } from '../collector/contracts.js';
import { rowIdentity } from '../collector/record.js';
import { PlanAgainError, RangeRefusedError, UnavailableError } from '../errors.js';
import { DeadLinkError } from './dead-link.js';
import { Detours, type DetourOptions, type Step } from './detours.js';
import { resolveLink } from './link.js';

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
}

/** A page may be empty although more follow. */
const mostEmptyPages = 100;
/** Millions of rows: many more than any range is planned for. */
const mostPages = 10_000;

/**
 * Reads page after page of a range, by the links of the answers, as long as they lead to the API's own host and on to pages that were not read yet.
 * Where one does not, it goes on without it, by rows that come again: what was read once is never taken for read to its end by that alone.
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
  readonly #asked = new Set<string>();
  #query: URL;
  #rowsOfQuery = 0;
  #pages = 0;
  #emptyPages = 0;
  #previous: LinkedPage | undefined;

  constructor(walk: PageWalk) {
    this.#walk = walk;
    this.#query = walk.firstUrl;
    this.#detours = walk.detours && new Detours(walk.service, walk.detours);
  }

  /**
   * Takes note of a page, and says where to go on; undefined after the last one.
   * @throws DeadLinkError where the link that led to the page has led astray, RangeRefusedError where there is no end
   */
  pass(step: Step, page: LinkedPage): Step | DeadLinkError | undefined {
    const { service } = this.#walk;
    const { url, isQuery, remedy } = step;
    this.#asked.add(url.href);
    this.#pages += 1;
    const rows = page.records.length + page.unreadable.length;
    this.#emptyPages = rows === 0 ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > mostEmptyPages || this.#pages > mostPages)
      throw new RangeRefusedError(`${service} gives page after page without an end.`);
    // The same page once more is what was asked for where its link was dead.
    if (!isQuery && remedy !== 'retried' && this.#previous !== undefined && isSamePage(this.#previous, page))
      throw new DeadLinkError(`${service} answers the same page again and again.`);
    if (isQuery) [this.#query, this.#rowsOfQuery] = [url, 0];
    this.#rowsOfQuery += rows;
    this.#previous = page;
    const next = this.#after(url, page);
    this.#detours?.pass(step, page, next === undefined);
    return next;
  }

  goRound(error: DeadLinkError): Step {
    if (this.#detours === undefined) throw error;
    return this.#detours.goRound(error);
  }

  /** Where to go on after a page that could not be had. @throws the error where there is no way on */
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
    return this.#asked.has(step.url.href)
      ? new DeadLinkError(`${this.#walk.service} gave a link to a page that was read already.`)
      : step;
  }
}

/** A service that ignores where it was asked to go on would be asked for the same rows for ever. */
function isSamePage(one: LinkedPage, other: LinkedPage): boolean {
  const ends = ({ records }: LinkedPage) =>
    [records.length, records.at(0), records.at(-1)].map((it) => (typeof it === 'object' ? rowIdentity(it) : it));
  return one.records.length > 0 && ends(one).join('\n') === ends(other).join('\n');
}
