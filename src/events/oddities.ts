import type { TraceRecord } from '../collector/record.js';
import { addressOf } from './address.js';
import { isKnownStatus } from './status.js';

/** What a row lacks or holds in a form that is not documented. Such a row is sent all the same, with what there is. */
export type Oddity = 'trace_id' | 'recipient' | 'received' | 'status' | 'size' | 'from_ip' | 'to_ip';

/** The fields that may be null or empty, by the keys that they have in either API. */
const OPTIONAL = [
  { oddity: 'size', field: 'size', graph: 'size', reporting_web_service: 'Size' },
  { oddity: 'from_ip', field: 'fromIp', graph: 'fromIP', reporting_web_service: 'FromIP' },
  { oddity: 'to_ip', field: 'toIp', graph: 'toIP', reporting_web_service: 'ToIP' },
] as const;

export function odditiesOf(record: TraceRecord): Oddity[] {
  const oddities: Oddity[] = [];
  if (record.traceId === undefined) oddities.push('trace_id');
  if (addressOf(record.recipient) === undefined) oddities.push('recipient');
  if (record.received === undefined) oddities.push('received');
  if (record.status === undefined || !isKnownStatus(record.status)) oddities.push('status');
  for (const { oddity, field, ...keys } of OPTIONAL) {
    if (record[field] !== undefined) continue;
    const came = record.raw[keys[record.dialect]];
    if (came !== undefined && came !== null && came !== '') oddities.push(oddity);
  }
  return oddities;
}
