import { domainOf } from '../message-trace/address.js';
import { InternalDomains } from '../message-trace/direction.js';
import { camelCaseStatus } from '../message-trace/status.js';
import { deliveryIdentity, type TraceRecord } from '../model/record.js';
import type { Completeness } from './completeness.js';

/** What became of a message for one recipient. */
export interface RecipientEntry {
  /** As the latest row spells it. */
  readonly recipient: string;
  /** Of the latest row: `delivered`, `quarantined` …, or `unknown` where the row has none. */
  readonly status: string;
  /** When Exchange received the message of that row, as UTC text. */
  readonly received: string | undefined;
  /** Of that row: what `details` asks for. */
  readonly traceId: string | undefined;
  /** Whether the address is in one of the domains that were given as internal. */
  readonly internal: boolean;
  /** Whether any message that was found was delivered to it, also before the latest one. */
  readonly delivered: boolean;
  /** Rows that were found for it. */
  readonly rows: number;
}

interface RecipientCounts {
  readonly recipients: number;
  readonly delivered: number;
}

/** Who received a message: its blast radius. */
export interface RecipientReport {
  /** In the order of addresses. A group is an entry of its own, with the status `expanded`. */
  readonly recipients: readonly RecipientEntry[];
  /** Entries by status. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly internal: RecipientCounts;
  readonly external: RecipientCounts;
  /** Different messages that were found, by message trace ID. */
  readonly messages: number;
  /** Undefined where an incomplete search has found no delivery: then there may be one. */
  readonly outcome: 'delivered' | 'none_delivered' | 'not_found' | undefined;
  readonly completeness: Completeness;
}

/** Collects rows, of which one may come again with a later status, and reports who received what. */
export class RecipientTally {
  readonly #internal: InternalDomains;
  readonly #rows = new Map<string, TraceRecord>();

  /** @param internalDomains such as `example.com`, each with its subdomains; without case */
  constructor(internalDomains: readonly string[]) {
    this.#internal = new InternalDomains(internalDomains);
  }

  add(row: TraceRecord): void {
    this.#rows.set(deliveryIdentity(row), row);
  }

  /** How many rows there are of each message, by its trace ID. */
  rowsByMessage(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { traceId } of this.#rows.values())
      if (traceId !== undefined) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
    return counts;
  }

  /** When the first and the last of these messages were received, in milliseconds since 1970. */
  timesOf(traceIds: ReadonlySet<string>): { readonly firstMs: number; readonly lastMs: number } {
    const times = Array.from(this.#rows.values(), ({ traceId, receivedMs }) =>
      traceId !== undefined && traceIds.has(traceId) ? receivedMs : undefined,
    ).filter((time) => time !== undefined);
    return {
      firstMs: times.reduce((first, time) => Math.min(first, time), Infinity),
      lastMs: times.reduce((last, time) => Math.max(last, time), -Infinity),
    };
  }

  report(completeness: Completeness): RecipientReport {
    const recipients = Array.from(this.#byRecipient())
      .sort(([one], [other]) => compareTexts(one, other))
      .map(([, rows]) => this.#entryOf(rows));
    const byStatus = new Map<string, number>();
    for (const { status } of recipients) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    return {
      recipients,
      byStatus: Object.fromEntries(byStatus),
      internal: countsOf(recipients.filter(({ internal }) => internal)),
      external: countsOf(recipients.filter(({ internal }) => !internal)),
      messages: this.rowsByMessage().size,
      outcome: outcomeOf(recipients, completeness),
      completeness: { ...completeness, rows: this.#rows.size },
    };
  }

  #isInternal(recipient: string): boolean {
    const domain = domainOf(recipient);
    return domain !== undefined && this.#internal.has(domain);
  }

  #byRecipient(): ReadonlyMap<string, TraceRecord[]> {
    const groups = new Map<string, TraceRecord[]>();
    for (const row of this.#rows.values()) {
      const key = row.recipient?.toLowerCase();
      const group = groups.get(key ?? '');
      if (group !== undefined) group.push(row);
      else if (key !== undefined) groups.set(key, [row]);
    }
    return groups;
  }

  #entryOf(rows: readonly TraceRecord[]): RecipientEntry {
    const latest = rows.reduce((one, other) => (isLater(other, one) ? other : one));
    const { recipient = '', received, traceId } = latest;
    return {
      recipient,
      status: statusOf(latest),
      received,
      traceId,
      internal: this.#isInternal(recipient),
      delivered: rows.some((row) => statusOf(row) === 'delivered'),
      rows: rows.length,
    };
  }
}

/** Of two copies of the same time, one that was delivered says more. */
function isLater(one: TraceRecord, other: TraceRecord): boolean {
  const byTime = (one.receivedMs ?? 0) - (other.receivedMs ?? 0);
  return byTime > 0 || (byTime === 0 && statusOf(one) === 'delivered');
}

function statusOf({ status }: TraceRecord): string {
  return status === undefined ? 'unknown' : camelCaseStatus(status);
}

function countsOf(entries: readonly RecipientEntry[]): RecipientCounts {
  return { recipients: entries.length, delivered: entries.filter(({ delivered }) => delivered).length };
}

/** That nothing was found proves nothing where not everything was searched. */
function outcomeOf(entries: readonly RecipientEntry[], { complete }: Completeness): RecipientReport['outcome'] {
  if (entries.some(({ delivered }) => delivered)) return 'delivered';
  if (!complete) return undefined;
  return entries.length > 0 ? 'none_delivered' : 'not_found';
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
