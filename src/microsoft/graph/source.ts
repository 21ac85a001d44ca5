import { NotReadyError, PlanAgainError, UnavailableError } from '../../model/errors.js';
import { isObject } from '../../model/json.js';
import { errorText, parsed } from '../http/json.js';
import type { Response } from '../http/transport.js';
import { type Guidance, httpErrorBy } from '../classify-response.js';
import type { Page, ReadOptions, Source, SourceLimits, TimeRange } from '../../model/ports.js';
import type { MicrosoftClient } from '../http/client.js';
import { pageReader, SEARCH_ELSEWHERE } from '../paging/page-reader.js';
import type { LinkMonitor } from '../paging/detours.js';
import { walkPages } from '../paging/page-walk.js';
import type { Clause } from './clauses.js';
import { parsePage } from './row.js';
import { endAt, headers, inspectLink, pageRows, rangeUrl, rebuildLink } from './query.js';

const servicePrincipal = '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373';
const withoutServicePrincipal = new RegExp(`service principal-less|${servicePrincipal}`, 'i');

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function httpErrorOf(response: Response, isFirstPage: boolean, guidance: Guidance): Error | undefined {
  const { host, status, body, retryAfterMs } = response;
  if (isWithoutServicePrincipal(response)) {
    return new NotReadyError(
      `Microsoft Graph cannot read message traces in this tenant yet (HTTP ${status}): the service principal of Microsoft's application ${servicePrincipal} is missing or still being set up.`,
      `If nobody has done so, an administrator creates it with: New-MgServicePrincipal -AppId ${servicePrincipal}. After that it takes some hours.`,
    );
  }
  if (status === 429)
    // Without Retry-After, Microsoft's guidance on throttling asks for exponential waits: those are the client's own.
    return new UnavailableError(`${host} asks for fewer requests (HTTP 429): others in the tenant use the quota too.`, {
      retryAfterMs: retryAfterMs ?? 0,
    });
  const hidden = status === 500 ? hiddenHttpError(body) : undefined;
  if (hidden !== undefined) return httpErrorOf({ ...response, status: 400, body: hidden }, isFirstPage, guidance);
  // Its clock and ours differ: what lies in its future now will not in a moment.
  if (status === 400 && isFirstPage && /\bfuture\b/i.test(body))
    return new PlanAgainError(`Microsoft Graph takes the present for the future (HTTP 400: ${errorText(body)}).`);
  return httpErrorBy('Microsoft Graph', response, isFirstPage, guidance);
}

function isWithoutServicePrincipal({ status, body }: Response): boolean {
  return (status === 401 || status === 403) && withoutServicePrincipal.test(body);
}

/**
 * A bad request that comes as an error of the service's own: seen on one tenant, with the reason in an inner exception.
 */
function hiddenHttpError(body: string): string | undefined {
  const response = parsed(body);
  const error = isObject(response) ? response['error'] : undefined;
  const inner = isObject(error) ? (error['innererror'] ?? error['innerError']) : undefined;
  const exception = isObject(inner) ? inner['internalexception'] : undefined;
  const message = isObject(exception) ? exception['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

/** Answers of a second are cut to the second: no less keeps out of the service's future. */
const SMALLEST_MS = 1_000;
const MAX_MS = 64_000;
/**
 * So many ranges must be answered before a smaller margin is tried, and twice as many after each try that was refused.
 */
const FIRST_RANGES_BEFORE_TRY = 8;
const MAX_RANGES_BEFORE_TRY = 512;

/**
 * How far ranges stay behind the present. It doubles where the service takes the present for its future, and is halved
 * again once ranges have been answered for a while: a service whose clock was wrong for a moment must not cost a minute
 * until the next restart.
 */
export class FutureMargin {
  #ms = SMALLEST_MS;
  #answered = 0;
  #rangesBeforeTry = FIRST_RANGES_BEFORE_TRY;
  #isTrying = false;

  get ms(): number {
    return this.#ms;
  }

  /** The service took the end of a range for its future. */
  refused(): void {
    if (this.#isTrying) this.#rangesBeforeTry = Math.min(this.#rangesBeforeTry * 2, MAX_RANGES_BEFORE_TRY);
    this.#isTrying = false;
    this.#answered = 0;
    this.#ms = Math.min(this.#ms * 2, MAX_MS);
  }

  /** It answered a range, whichever: how often a smaller margin is tried matters less than that it is. */
  answered(): void {
    if (this.#ms === SMALLEST_MS) return;
    this.#answered += 1;
    if (this.#answered < this.#rangesBeforeTry) return;
    this.#answered = 0;
    this.#isTrying = true;
    this.#ms = Math.max(this.#ms / 2, SMALLEST_MS);
  }
}

const dayMs = 86_400_000;

export interface GraphReadOptions extends ReadOptions {
  /** What Graph is asked to filter by besides the time. It may pass over some of it in silence. */
  readonly clauses?: readonly Clause[];
  /** Called before each request that is sent, repeats included. What it throws ends the reading. */
  readonly onRequest?: () => void;
}

/**
 * Microsoft Graph's message trace (/admin/exchange/tracing/messageTraces). Pages hold 5,000 rows at most, newest first;
 * a range is 10 days wide at most, begins within the last 90 days and does not end in the future; all of that is
 * documented.
 */
export class GraphSource implements Source {
  readonly name = 'graph';
  readonly searchElsewhere = SEARCH_ELSEWHERE;
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

  pages(
    range: TimeRange,
    signal: AbortSignal,
    { clauses, ...options }: GraphReadOptions = {},
  ): AsyncGenerator<Page, void, undefined> {
    const rowContext = { range, organization: this.#organization };
    const query = (part: TimeRange) => rangeUrl(this.#apiUrl, part, { clauses });
    return walkPages({
      service: 'Microsoft Graph',
      firstUrl: query(range),
      read: pageReader({
        client: this.#client,
        headers,
        httpErrorOf: (response, isFirst) => this.#httpErrorOf(response, isFirst),
        parsePage: (response) => parsePage(response, rowContext),
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
