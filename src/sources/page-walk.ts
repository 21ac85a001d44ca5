import type { Page } from '../collector/contracts.js';
import { rowIdentity } from '../collector/record.js';
import { RangeRefusedError } from '../errors.js';
import { oneLine } from '../microsoft/foreign-text.js';

export interface LinkedPage extends Page {
  /** The address of the next page as the answer gives it: absolute, or relative to the page's own. */
  readonly nextLink: string | undefined;
}

export interface PageWalk {
  /** Whose pages they are, as the beginning of a sentence. */
  readonly service: string;
  readonly firstUrl: URL;
  readonly read: (url: URL, isFirst: boolean) => Promise<LinkedPage>;
  /** Where to go on after a page without a link; undefined where such a page is the last one. */
  readonly withoutLink?: (page: LinkedPage, rowsSoFar: number) => URL | undefined;
}

/**
 * Reads page after page of a range, by the links of the answers, as long as they lead to the API's own origin and on to pages that were not read yet.
 * @throws RangeRefusedError where they do not
 */
export async function* walkPages({
  service,
  firstUrl,
  read,
  withoutLink,
}: PageWalk): AsyncGenerator<Page, void, undefined> {
  const asked = new Set<string>();
  let rows = 0;
  let emptyPages = 0;
  let previous: LinkedPage | undefined;
  for (let url: URL | undefined = firstUrl; url !== undefined;) {
    asked.add(url.href);
    const page: LinkedPage = await read(url, url === firstUrl);
    if (previous !== undefined && isSamePage(previous, page))
      throw new RangeRefusedError(`${service} answers the same page again and again.`);
    const rowsOfPage = page.records.length + page.unreadable.length;
    rows += rowsOfPage;
    emptyPages = rowsOfPage === 0 ? emptyPages + 1 : 0;
    if (emptyPages > mostEmptyPages || asked.size > mostPages)
      throw new RangeRefusedError(`${service} gives page after page without an end.`);
    yield page;
    const next: URL | undefined = page.nextLink === undefined ? withoutLink?.(page, rows) : resolve(page.nextLink, url);
    // The credentials would be sent to whomever the answer names.
    if (page.nextLink !== undefined && next?.origin !== firstUrl.origin)
      throw new RangeRefusedError(
        `${service} gave a link to another host (${oneLine(next?.origin ?? 'no address at all')}); it was not followed.`,
      );
    if (next !== undefined && asked.has(next.href))
      throw new RangeRefusedError(`${service} gave a link to a page that was read already.`);
    previous = page;
    url = next;
  }
}

/** No server takes longer ones. */
const longestLink = 32_768;
/** A page may be empty although more follow. */
const mostEmptyPages = 100;
/** Millions of rows: many more than any range is planned for. */
const mostPages = 10_000;

function resolve(link: string, base: URL): URL | undefined {
  return link.length <= longestLink && URL.canParse(link, base.href) ? new URL(link, base) : undefined;
}

/** A service that ignores where it was asked to go on would be asked for the same rows for ever. */
function isSamePage(one: LinkedPage, other: LinkedPage): boolean {
  const ends = ({ records }: LinkedPage) =>
    [records.length, records.at(0), records.at(-1)].map((it) => (typeof it === 'object' ? rowIdentity(it) : it));
  return one.records.length > 0 && ends(one).join('\n') === ends(other).join('\n');
}
