import type { TraceRecord } from '../model/record.js';
import { isKnownStatus } from './status.js';

/**
 * The e-mail address in a sender or recipient. Undefined for the empty path `<>` of bounces, which is no address, and
 * for blanks; `<bob@example.com>` is a path with one.
 */
export function addressOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const isPlain = !path.startsWith('<') && path.trim() === path;
  const address = isPlain
    ? path
    : path
        .trim()
        .replace(/^<(.*)>$/s, '$1')
        .trim();
  return address === '' ? undefined : address;
}

/** What a row lacks or holds in a form that is not documented. Such a row is sent all the same, with what there is. */
export type Anomaly = 'trace_id' | 'recipient' | 'received' | 'status' | 'size' | 'from_ip' | 'to_ip';

/** The fields that may be null or empty, by the keys that they have in either API. */
const OPTIONAL = [
  { anomaly: 'size', field: 'size', graph: 'size', reporting_web_service: 'Size' },
  { anomaly: 'from_ip', field: 'fromIp', graph: 'fromIP', reporting_web_service: 'FromIP' },
  { anomaly: 'to_ip', field: 'toIp', graph: 'toIP', reporting_web_service: 'ToIP' },
] as const;

export function anomaliesOf(record: TraceRecord): Anomaly[] {
  const anomalies: Anomaly[] = [];
  if (record.traceId === undefined) anomalies.push('trace_id');
  if (addressOf(record.recipient) === undefined) anomalies.push('recipient');
  if (record.received === undefined) anomalies.push('received');
  if (record.status === undefined || !isKnownStatus(record.status)) anomalies.push('status');
  for (const { anomaly, field, ...keys } of OPTIONAL) {
    if (record[field] !== undefined) continue;
    const came = record.raw[keys[record.dialect]];
    if (came !== undefined && came !== null && came !== '') anomalies.push(anomaly);
  }
  return anomalies;
}
