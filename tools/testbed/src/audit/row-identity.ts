/** What tells one visible status of one row from all others. Compared without case. */
export interface RowIdentity {
  readonly traceId: string;
  readonly recipient: string;
  readonly status: string;
}

/**
 * The identity that an event carries in the raw row's keys at its top level, in either dialect.
 *
 * A key without a value counts as empty: rows like that exist, and must arrive too. Undefined where the text is no JSON
 * object or has no trace id key.
 */
export function identifyEvent(event: string): RowIdentity | undefined {
  const row = parseObject(event);
  if (row === undefined) return undefined;
  if ('MessageTraceId' in row) {
    return {
      traceId: asText(row['MessageTraceId']),
      recipient: asText(row['RecipientAddress']),
      status: asText(row['Status']),
    };
  }
  if ('id' in row) {
    return { traceId: asText(row['id']), recipient: asText(row['recipientAddress']), status: asText(row['status']) };
  }
  return undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

const SAMPLES = 5;

/** Counts findings and keeps the first few of them. */
export class Tally<Finding> {
  count = 0;
  readonly samples: Finding[] = [];

  /** @param describe called only where the finding is kept: describing may be dear. */
  add(describe: () => Finding, weight = 1): void {
    this.count += weight;
    if (this.samples.length < SAMPLES) this.samples.push(describe());
  }
}
