import type { GraphSearch } from '../search/graph-search.js';
import { detailsResult } from '../search/results.js';
import type { DetailsArguments } from './cards.js';
import { TraceAction } from './trace-action.js';

const BRANCHES = ['found', 'not_found'];

/** Follows a message on its way to one recipient: `action_get_message_trace_details.json`. */
export class GetMessageTraceDetails extends TraceAction<DetailsArguments> {
  protected override async ask(search: GraphSearch, given: DetailsArguments, signal: AbortSignal): Promise<object> {
    const { message_trace_id: traceId, recipient } = given;
    const details = await search.details(traceId, recipient, { signal, onRetry: this.onRetry });
    this.branch(BRANCHES, details.found ? 'found' : 'not_found');
    return detailsResult(details);
  }
}
