import type { Page, Source, SourceLimits, TimeRange } from '../../collector/contracts.js';
import type { MicrosoftClient } from '../../microsoft/client.js';
import { parseJson } from '../../microsoft/json.js';
import type { Answer } from '../../microsoft/transport.js';
import { walkPages, type LinkedPage } from '../page-walk.js';
import type { Advice } from '../refusals.js';
import { parsePage } from './page.js';
import { pageRows, rangeUrl } from './query.js';
import { refusalOf } from './refusal.js';
import type { Surroundings } from './row.js';

const dayMs = 86_400_000;

/** Without it a status that was added after the documented list is `unknownFutureValue`, and two of them the same. */
export const headers = { Prefer: 'include-unknown-enum-members' };

/**
 * Microsoft Graph's message trace (/admin/exchange/tracing/messageTraces). Pages hold 5,000 rows at most, newest first; a range is 10 days wide at
 * most, begins within the last 90 days and does not end in the future; all of that is documented.
 */
export class GraphSource implements Source {
  readonly name = 'graph';
  readonly limits: SourceLimits = { pageRows, rangeMs: 10 * dayMs, historyMs: 90 * dayMs, behindMs: 1000 };
  readonly #client: MicrosoftClient;
  readonly #apiUrl: string;
  readonly #advice: Advice;
  readonly #organization: string | undefined;

  /** @param organization the tenant's domain, where it is known: the answers do not name it */
  constructor(apiUrl: string, client: MicrosoftClient, advice: Advice, organization: string | undefined) {
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#advice = advice;
    this.#organization = organization;
  }

  pages(range: TimeRange, signal: AbortSignal): AsyncGenerator<Page, void, undefined> {
    const surroundings = { range, organization: this.#organization };
    return walkPages({
      service: 'Microsoft Graph',
      firstUrl: rangeUrl(this.#apiUrl, range),
      read: (url, isFirst) => this.#page(url, isFirst, surroundings, signal),
    });
  }

  #page(url: URL, isFirst: boolean, surroundings: Surroundings, signal: AbortSignal): Promise<LinkedPage> {
    const interpret = (answer: Answer): LinkedPage => {
      const refusal = refusalOf(answer, isFirst, this.#advice);
      if (refusal !== undefined) throw refusal;
      return parsePage(parseJson(answer.body, answer.host), surroundings);
    };
    return this.#client.get(url, interpret, signal);
  }
}
