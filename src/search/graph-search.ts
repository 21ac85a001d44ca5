import { RECIPIENT_ROWS, SEARCH_REQUESTS, SEARCH_REQUESTS_IN_FIVE_MINUTES } from '@sekoia/automation-sdk-shim/budgets';
import type { Guidance } from '../microsoft/classify-response.js';
import { GraphDetails } from '../microsoft/graph/details.js';
import { GraphSource } from '../microsoft/graph/source.js';
import { MicrosoftClient } from '../microsoft/http/client.js';
import { Quota } from '../microsoft/http/quota.js';
import type { Transport } from '../microsoft/http/transport.js';
import type { LinkMonitor } from '../microsoft/paging/detours.js';
import type { Authorization } from '../microsoft/sign-in/authorization.js';
import { wholeSecond } from '../model/progress.js';
import type { Completeness } from './completeness.js';
import { explainSteps, type MessageDetails } from './details.js';
import { checkFilter, FilterError, type TraceFilter, type TraceQuery } from './filter.js';
import { rowFilter } from './matching.js';
import { RecipientTally, type RecipientReport } from './recipients.js';
import { type SearchOptions, TraceSearch } from './search.js';

const DAY_MS = 86_400_000;
/** A message that is named is searched for in all that one request covers. */
const PERIOD_OF_MESSAGE_MS = 10 * DAY_MS;
/**
 * Microsoft's page of Get-MessageTraceV2, which Graph is built on: a message to more recipients needs its message trace
 * ID in the query.
 */
const ROWS_WITHOUT_TRACE_ID = 1_000;

export interface GraphSearchContext {
  readonly apiUrl: string;
  readonly transport: Transport;
  readonly authorization: Authorization;
  readonly guidance: Guidance;
  /** By the service's clock where it is known, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds since any instant; never set back. */
  readonly steadyMs: () => number;
  /** Of the tenant's 100. Default 10. */
  readonly requestsInFiveMinutes?: number;
  /** The tenant's domain, where it is known: the answers do not name it. */
  readonly organization?: string | undefined;
  readonly links?: LinkMonitor;
  /** Called once in five minutes where requests wait for one another. */
  readonly onWait?: (spacingMs: number) => void;
}

export type AskOptions = Omit<SearchOptions, 'nowMs' | 'withUpdates'>;

export interface RecipientOptions extends AskOptions {
  /** The tenant's own domains. */
  readonly internalDomains?: readonly string[];
}

/** Asks Microsoft Graph about message traces, with a rate limiter of its own for all that is asked. */
export class GraphSearch {
  readonly #reader: GraphSource;
  readonly #details: GraphDetails;
  readonly #nowMs: () => number;

  constructor(context: GraphSearchContext) {
    const { apiUrl, transport, authorization, guidance, organization, links, onWait } = context;
    const limit = context.requestsInFiveMinutes ?? SEARCH_REQUESTS_IN_FIVE_MINUTES;
    const quota = new Quota({ limit, now: context.steadyMs, ...(onWait && { onWait }) });
    const client = new MicrosoftClient(apiUrl, { transport, authorization, quota });
    this.#reader = new GraphSource(apiUrl, client, guidance, organization, links);
    this.#details = new GraphDetails(apiUrl, client, guidance);
    this.#nowMs = context.nowMs;
  }

  /** Rows that fit a filter, as they are found. @throws FilterError */
  search(filter: TraceFilter, options: AskOptions): TraceSearch {
    return this.#open(checkFilter(filter, this.#nowMs()), options);
  }

  /**
   * What happened to a message on its way to one recipient.
   * @throws FilterError, and what a failed request means: SettingsError, NotReadyError, UnavailableError …
   */
  async details(
    traceId: string,
    recipient: string,
    options: Pick<AskOptions, 'signal' | 'onRetry'>,
  ): Promise<MessageDetails> {
    const query = checkFilter({ traceId, recipient }, this.#nowMs());
    const [id, address] = [query.traceId[0], query.recipient[0]];
    if (id === undefined) throw new FilterError(['message_trace_id is missing.']);
    if (address === undefined) throw new FilterError(['recipient is missing.']);
    if (address.includes('*')) throw new FilterError(['recipient must be one address, without *.']);
    const { signal, onRetry } = options;
    return explainSteps(await this.#details.steps(id, address, signal, onRetry && { onRetry }));
  }

  /**
   * Who received a message, or all messages that fit: by message ID, message trace ID, or sender and subject.
   * @throws FilterError, and what `TraceSearch` throws
   */
  async recipients(filter: TraceFilter, options: RecipientOptions): Promise<RecipientReport> {
    const query = checkFilter({ subjectMatch: 'equals', ...filter }, this.#nowMs(), PERIOD_OF_MESSAGE_MS);
    checkNamesMessage(query);
    const { internalDomains = [], maxRows = RECIPIENT_ROWS, maxRequests = SEARCH_REQUESTS, ...asked } = options;
    const tally = new RecipientTally(internalDomains);
    const search = this.#open(query, { ...asked, maxRows, maxRequests }, true);
    for await (const row of search) tally.add(row);
    const found = search.completeness;
    const large = query.traceId.length > 0 ? new Set<string>() : largeMessages(tally);
    if (large.size === 0) return tally.report(found);

    const { firstMs, lastMs } = tally.timesOf(large);
    const byTraceId = {
      ...checkFilter({ traceId: [...large] }, this.#nowMs()),
      range: { start: wholeSecond(firstMs), end: wholeSecond(lastMs) + 1_000 },
    };
    const fits = rowFilter({ ...query, range: byTraceId.range });
    const more = this.#open(byTraceId, { ...asked, maxRows, maxRequests: maxRequests - found.requests }, true);
    for await (const row of more) if (fits(row)) tally.add(row);
    return tally.report(together(found, more.completeness));
  }

  #open(query: TraceQuery, options: AskOptions, withUpdates = false): TraceSearch {
    return new TraceSearch(this.#reader, query, { ...options, withUpdates, nowMs: this.#nowMs });
  }
}

function checkNamesMessage({ messageId, traceId, sender, subject }: TraceQuery): void {
  if (messageId.length > 0 || traceId.length > 0 || (sender.length > 0 && subject.length > 0)) return;
  throw new FilterError(['Name the message: give message_id, message_trace_id, or sender and subject.']);
}

/** Messages of which the service may have left rows out. */
function largeMessages(tally: RecipientTally): Set<string> {
  return new Set(
    Array.from(tally.rowsByMessage())
      .filter(([, rows]) => rows >= ROWS_WITHOUT_TRACE_ID)
      .map(([traceId]) => traceId),
  );
}

/** What two searches have seen together, the second of which has looked again at a part of the first one's time. */
function together(one: Completeness, other: Completeness): Completeness {
  const reasons = [one.reason, other.reason].filter((reason) => reason !== undefined);
  const stoppedBy = one.stoppedBy ?? other.stoppedBy;
  return {
    ...one,
    complete: one.complete && other.complete,
    finished: one.finished && other.finished,
    ...(stoppedBy && { stoppedBy, reason: reasons.join(' ') }),
    requests: one.requests + other.requests,
  };
}
