import { RAW_KEYS, type TraceRecord } from '../model/record.js';
import { addressOf } from './address.js';
import { isKnownStatus } from './status.js';

/** What a row lacks or holds in a form that is not documented. Such a row is sent all the same, with what there is. */
export type Anomaly = 'trace_id' | 'recipient' | 'received' | 'status' | 'size' | 'from_ip' | 'to_ip';

/** The fields that may be null or empty. */
const OPTIONAL = [
  { anomaly: 'size', field: 'size' },
  { anomaly: 'from_ip', field: 'fromIp' },
  { anomaly: 'to_ip', field: 'toIp' },
] as const;

export function anomaliesOf(record: TraceRecord): Anomaly[] {
  const anomalies: Anomaly[] = [];
  if (record.traceId === undefined) anomalies.push('trace_id');
  if (addressOf(record.recipient) === undefined) anomalies.push('recipient');
  if (record.received === undefined) anomalies.push('received');
  if (record.status === undefined || !isKnownStatus(record.status)) anomalies.push('status');
  const keys = RAW_KEYS[record.dialect];
  for (const { anomaly, field } of OPTIONAL) {
    if (record[field] !== undefined) continue;
    const came = record.raw[keys[field]];
    if (came !== undefined && came !== null && came !== '') anomalies.push(anomaly);
  }
  return anomalies;
}
