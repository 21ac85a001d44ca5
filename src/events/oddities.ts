import type { TraceRecord } from '../collector/record.js';
import { isKnownStatus } from './status.js';

/** What a row lacks or holds in a form that is not documented. Such a row is sent all the same, with what there is. */
export type Oddity = 'trace_id' | 'recipient' | 'received' | 'status';

export function odditiesOf(record: TraceRecord): Oddity[] {
  const oddities: Oddity[] = [];
  if (record.traceId === undefined) oddities.push('trace_id');
  if (record.recipient === undefined) oddities.push('recipient');
  if (record.received === undefined) oddities.push('received');
  if (record.status === undefined || !isKnownStatus(record.status)) oddities.push('status');
  return oddities;
}
