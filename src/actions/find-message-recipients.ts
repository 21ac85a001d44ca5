import type { GraphSearch } from '../search/graph-search.js';
import { recipientResult } from '../search/results.js';
import type { RecipientsArguments } from './cards.js';
import { TraceAction } from './trace-action.js';

const BRANCHES = ['delivered', 'none_delivered', 'not_found'];

/** Finds everyone who received a message: `action_find_message_recipients.json`. */
export class FindMessageRecipients extends TraceAction<RecipientsArguments> {
  protected override async ask(search: GraphSearch, given: RecipientsArguments, signal: AbortSignal): Promise<object> {
    const report = await search.recipients(
      {
        messageId: given.message_id,
        traceId: given.message_trace_id,
        sender: given.sender,
        subject: given.subject,
        start: given.start,
        end: given.end,
        period: given.period,
      },
      {
        signal,
        maxRequests: given.max_requests,
        internalDomains: given.internal_domains ?? this.internalDomains,
        onRetry: this.onRetry,
      },
    );
    const results = this.completenessResult(report.completeness);
    if (report.outcome !== undefined) this.branch(BRANCHES, report.outcome);
    else this.fail(`Whether the message was delivered is not known. ${report.completeness.reason ?? ''}`);
    return {
      ...(await this.listResult('recipients', report.recipients.map(recipientResult))),
      count: report.recipients.length,
      messages: report.messages,
      by_status: report.byStatus,
      internal: report.internal,
      external: report.external,
      ...results,
    };
  }
}
