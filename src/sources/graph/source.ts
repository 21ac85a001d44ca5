import type { Page, ReadOptions, Source, SourceLimits, TimeRange } from '../../collector/contracts.js';
import { PlanAgainError } from '../../errors.js';
import type { MicrosoftClient } from '../../microsoft/client.js';
import type { Response } from '../../microsoft/transport.js';
import { pageReader } from '../page-reader.js';
import type { LinkMonitor } from '../dead-link.js';
import { walkPages } from '../page-walk.js';
import type { Guidance } from '../refusals.js';
import { FutureMargin } from './future-margin.js';
import { parsePage } from './page.js';
import { endAt, headers, pageRows, rangeUrl } from './query.js';
import { httpErrorOf } from './refusal.js';
import { inspectLink, rebuildLink } from './skiptoken.js';

const dayMs = 86_400_000;

/**
 * Microsoft Graph's message trace (/admin/exchange/tracing/messageTraces). Pages hold 5,000 rows at most, newest first;
 * a range is 10 days wide at most, begins within the last 90 days and does not end in the future; all of that is
 * documented.
 */
export class GraphSource implements Source {
  readonly name = 'graph';
  readonly #behind = new FutureMargin();
  readonly #client: MicrosoftClient;
  readonly #apiUrl: string;
  readonly #guidance: Guidance;
  readonly #organization: string | undefined;
  readonly #links: LinkMonitor | undefined;

  /** @param organization the tenant's domain, where it is known: the answers do not name it */
  constructor(
    apiUrl: string,
    client: MicrosoftClient,
    guidance: Guidance,
    organization: string | undefined,
    links?: LinkMonitor,
  ) {
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#guidance = guidance;
    this.#organization = organization;
    this.#links = links;
  }

  get limits(): SourceLimits {
    return { pageRows, rangeMs: 10 * dayMs, historyMs: 90 * dayMs, behindMs: this.#behind.ms };
  }

  pages(range: TimeRange, signal: AbortSignal, options: ReadOptions = {}): AsyncGenerator<Page, void, undefined> {
    const surroundings = { range, organization: this.#organization };
    const query = (part: TimeRange) => rangeUrl(this.#apiUrl, part);
    return walkPages({
      service: 'Microsoft Graph',
      firstUrl: query(range),
      read: pageReader({
        client: this.#client,
        headers,
        httpErrorOf: (response, isFirst) => this.#httpErrorOf(response, isFirst),
        parsePage: (response) => parsePage(response, surroundings),
        signal,
        ...options,
      }),
      isProbe: options.tries !== undefined,
      detours: { range, query, endAt, inspect: inspectLink, rebuild: rebuildLink, monitor: this.#links },
    });
  }

  #httpErrorOf(response: Response, isFirst: boolean): Error | undefined {
    const httpError = httpErrorOf(response, isFirst, this.#guidance);
    if (httpError instanceof PlanAgainError) this.#behind.refused();
    else if (isFirst && httpError === undefined) this.#behind.answered();
    return httpError;
  }
}
