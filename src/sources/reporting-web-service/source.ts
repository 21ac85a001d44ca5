import type { Page, ReadOptions, Source, SourceLimits, TimeRange } from '../../collector/contracts.js';
import type { MicrosoftClient } from '../../microsoft/client.js';
import { pageReader } from '../page-reader.js';
import type { LinkMonitor } from '../dead-link.js';
import { walkPages } from '../page-walk.js';
import type { Guidance } from '../refusals.js';
import { parsePage } from './page.js';
import { endAt, pageRows, pageUrl, rangeUrl } from './query.js';
import { httpErrorOf } from './refusal.js';

const dayMs = 86_400_000;

/**
 * The Reporting Web Service's MessageTrace. Pages hold 2,000 rows at most, newest first. How far back it can be asked
 * is documented differently in different places (10 and 30 days), so it is learned from its refusal; for the width of a
 * range, the smaller of the two is safe.
 */
export class ReportingWebServiceSource implements Source {
  readonly name = 'reporting_web_service';
  /** Queries begin a second early. */
  readonly limits: SourceLimits = { pageRows, rangeMs: 10 * dayMs - 1000 };
  readonly #client: MicrosoftClient;
  readonly #apiUrl: string;
  readonly #guidance: Guidance;
  readonly #links: LinkMonitor | undefined;

  constructor(apiUrl: string, client: MicrosoftClient, guidance: Guidance, links?: LinkMonitor) {
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#guidance = guidance;
    this.#links = links;
  }

  pages(range: TimeRange, signal: AbortSignal, options: ReadOptions = {}): AsyncGenerator<Page, void, undefined> {
    const query = (part: TimeRange) => rangeUrl(this.#apiUrl, part, options.exact);
    return walkPages({
      service: 'The Reporting Web Service',
      firstUrl: query(range),
      read: pageReader({
        client: this.#client,
        httpErrorOf: (response, isFirst) => httpErrorOf(response, isFirst, this.#guidance),
        parsePage,
        signal,
        ...options,
      }),
      // A full page without a link is asked on from by offset, less one row: clients disagree whether the offset names
      // the first row of the page or the last one before it, and a row read twice is known by its fingerprint, a row
      // left out by nothing.
      withoutLink: ({ records, unreadable }, rows, firstUrl) =>
        records.length + unreadable.length >= pageRows ? pageUrl(firstUrl, rows - 1) : undefined,
      isProbe: options.tries !== undefined,
      detours: { range, query, endAt, monitor: this.#links },
    });
  }
}
