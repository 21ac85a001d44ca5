import type { GraphSearch } from '../search/graph-search.js';
import { rowResult } from '../search/results.js';
import type { SearchArguments } from './cards.js';
import { TraceAction } from './trace-action.js';

const BRANCHES = ['found', 'not_found'];

/** Finds message traces by a filter: `action_search_message_traces.json`. */
export class SearchMessageTraces extends TraceAction<SearchArguments> {
  protected override async ask(search: GraphSearch, given: SearchArguments, signal: AbortSignal): Promise<object> {
    const { max_rows: maxRows, max_requests: maxRequests } = given;
    const found = search.search(
      {
        sender: given.sender,
        recipient: given.recipient,
        subject: given.subject,
        subjectMatch: given.subject_match,
        messageId: given.message_id,
        traceId: given.message_trace_id,
        status: given.status,
        fromIp: given.from_ip,
        toIp: given.to_ip,
        start: given.start,
        end: given.end,
        period: given.period,
      },
      { signal, maxRows, maxRequests, onRetry: this.onRetry },
    );
    const rows: object[] = [];
    for await (const row of found) rows.push(rowResult(row));
    const { complete, reason = '' } = found.completeness;
    const results = this.completenessResult(found.completeness);
    if (rows.length > 0) this.branch(BRANCHES, 'found');
    else if (complete) this.branch(BRANCHES, 'not_found');
    // That nothing was found proves nothing where not everything was searched.
    else this.fail(`Whether a message trace fits is not known. ${reason}`);
    return { ...(await this.listResult('message_traces', rows)), count: rows.length, ...results };
  }
}
