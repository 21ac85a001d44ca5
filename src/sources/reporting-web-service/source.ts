import type { Page, Source, SourceLimits, TimeRange } from '../../collector/contracts.js';
import { RangeRefusedError } from '../../errors.js';
import type { Answer, MicrosoftClient } from '../../microsoft/http.js';
import { parseJson } from '../../microsoft/json.js';
import { rowIdentity } from '../../collector/record.js';
import { parsePage, type ParsedPage } from './page.js';
import { pageUrl, rangeUrl } from './query.js';
import { refusalOf } from './refusal.js';

const dayMs = 86_400_000;

/**
 * The Reporting Web Service's MessageTrace. Pages hold 2,000 rows at most, newest first. How far back it can be asked is documented
 * differently in different places (10 and 30 days), so it is learned from its refusal; for the width of a range, the smaller of the two is safe.
 */
export class ReportingWebServiceSource implements Source {
  readonly limits: SourceLimits = { pageRows: 2000, rangeMs: 10 * dayMs };
  readonly #client: MicrosoftClient;
  readonly #apiUrl: string;

  constructor(apiUrl: string, client: MicrosoftClient) {
    this.#apiUrl = apiUrl;
    this.#client = client;
  }

  async *pages(range: TimeRange, signal: AbortSignal): AsyncGenerator<Page, void, undefined> {
    const firstUrl = rangeUrl(this.#apiUrl, range);
    const asked = new Set<string>();
    let rows = 0;
    let previous: ParsedPage | undefined;
    for (let url: URL | undefined = firstUrl; url !== undefined;) {
      asked.add(url.href);
      const page = await this.#page(url, firstUrl, signal);
      if (previous !== undefined && isSamePage(previous, page)) {
        throw new RangeRefusedError('The Reporting Web Service answers the same page again and again.');
      }
      rows += page.records.length + page.unreadable.length;
      yield page;
      url = this.#next(page, url, firstUrl, rows);
      if (url !== undefined && asked.has(url.href)) {
        throw new RangeRefusedError('The Reporting Web Service gave a link to a page that was read already.');
      }
      previous = page;
    }
  }

  #page(url: URL, firstUrl: URL, signal: AbortSignal): Promise<ParsedPage> {
    const interpret = (answer: Answer) => {
      const refusal = refusalOf(answer, url === firstUrl);
      if (refusal !== undefined) throw refusal;
      return parsePage(parseJson(answer.body, url.host));
    };
    return this.#client.get(url, interpret, signal);
  }

  /**
   * By the link, where there is one. A full page without a link is asked on from by offset, less one row: clients disagree whether the offset
   * names the first row of the page or the last one before it, and a row read twice is known by its fingerprint, a row left out by nothing.
   */
  #next(page: ParsedPage, url: URL, firstUrl: URL, rows: number): URL | undefined {
    if (page.nextLink === undefined) {
      const isFull = page.records.length + page.unreadable.length >= this.limits.pageRows;
      return isFull ? pageUrl(firstUrl, rows - 1) : undefined;
    }
    const next = addressOf(page.nextLink, url);
    // The credentials would be sent to whomever the answer names.
    if (next?.origin !== firstUrl.origin) {
      throw new RangeRefusedError(
        `The Reporting Web Service gave a link to another host (${next?.origin ?? 'no address at all'}); it was not followed.`,
      );
    }
    return next;
  }
}

function addressOf(link: string, base: URL): URL | undefined {
  return URL.canParse(link, base.href) ? new URL(link, base) : undefined;
}

/** A service that ignores the offset would be asked for the same rows for ever. */
function isSamePage(one: ParsedPage, other: ParsedPage): boolean {
  const ends = ({ records }: ParsedPage) =>
    [records.length, records.at(0), records.at(-1)].map((it) => (typeof it === 'object' ? rowIdentity(it) : it));
  return one.records.length > 0 && ends(one).join('\n') === ends(other).join('\n');
}
