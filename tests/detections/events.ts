import { MailWorld } from '@local/testbed';
import { recordOf } from '../../src/cli/row-forms.js';
import { InternalDomains } from '../../src/message-trace/direction.js';
import { eventText } from '../../src/message-trace/event-text.js';
import type { EventOptions } from '../../src/message-trace/event.js';
import { domain, organization } from '../support/sign-in-scenarios.js';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-03-02T00:00:00Z');
/**
 * What a user would adapt for the simulated tenant: one of the domains that it writes to is a consumer domain, and one
 * of its mailboxes is disabled.
 */
export const ADAPTED = {
  'gmail.com': 'contoso.example',
  [`former.employee@${domain}`]: `anna.keller0@${domain}`,
};
/** Of the rows of the background. */
const CHANGING_SHARE = 0.2;
const SEED = 16;
const ORDINARY_IP = '203.0.113.9';

/** A row of a sample: the names of `message-trace search`, and how often it occurs. What is absent is ordinary. */
export interface SampleRow {
  readonly sender: string;
  readonly recipient: string;
  readonly subject?: string;
  readonly status?: string;
  readonly size?: number;
  readonly from_ip?: string;
  readonly message_id?: string;
  /** The status that the row went out with before. */
  readonly previous_status?: string;
  /** How often, each `every` seconds. `{n}` in an email or IP address is the number of the copy, from 1. */
  readonly times?: number;
  readonly every?: number;
  /** The time of day of the first copy in UTC, or so many seconds after ten o'clock. */
  readonly at?: string;
  readonly after?: number;
  /** One message with that many recipients, instead of that many messages. */
  readonly message?: 'one';
}

const options: EventOptions = {
  eventFormat: 'enriched',
  intakeFormat: 'message_trace_graph_api',
  tenant: { id: domain, internal: new InternalDomains([domain, organization]), portalUrl: undefined },
};

/** The event that the module sends. */
function eventOf(row: Readonly<Record<string, string | number | null>>, previousStatus?: string): string {
  const record = recordOf({ ...row });
  if (record === undefined) throw new Error(`This is no row: ${JSON.stringify(row)}`);
  return eventText(record, options, { previousStatus });
}

/** The events of a sample, as JSON texts. */
export function sampleEvents(rows: readonly SampleRow[]): string[] {
  return rows.flatMap((row, index) => {
    const { times = 1, every = 1, at = '10:00', after = 0, message, previous_status: previousStatus, ...own } = row;
    const startMs = Date.parse(`2026-03-02T${at}:00Z`) + after * 1_000;
    return Array.from({ length: times }, (_, copy) => {
      const number = `${index + 1}${String(message === 'one' ? 0 : copy).padStart(6, '0')}`.padStart(12, '0');
      const fill = (text: string) => text.replace('{n}', String(copy + 1));
      const receivedMs = startMs + (message === 'one' ? 0 : copy * every * 1_000);
      return eventOf(
        {
          message_trace_id: `00000000-0000-4000-8000-${number}`,
          message_id: `<${number}@mail.example>`,
          received: new Date(receivedMs).toISOString(),
          subject: 'Weekly report',
          status: 'delivered',
          size: 5_000,
          to_ip: '',
          ...own,
          sender: fill(own.sender),
          recipient: fill(own.recipient),
          from_ip: fill(own.from_ip ?? ORDINARY_IP),
        },
        previousStatus,
      );
    });
  });
}

/** A day of the simulated tenant: an event for each row and status, as JSON lines. */
export function* backgroundEvents(rows: number): Generator<string> {
  const world = new MailWorld({ seed: SEED, organization, domain });
  world.add({ rows, from: START_MS, to: START_MS + DAY_MS, changingShare: CHANGING_SHARE });
  const endMs = START_MS + 2 * DAY_MS;
  const keys = world.select({ fromMs: -Infinity, toMs: Infinity, inclusive: true }, endMs).reverse();
  let next = 0;
  for (const { statuses } of world.history(endMs)) {
    const key = keys[next++];
    if (key === undefined) throw new Error('The history has more rows than the world.');
    for (const [index, { fromMs }] of statuses.entries()) {
      const row = world.row(key, fromMs);
      const event = eventOf(
        {
          message_trace_id: row.traceId,
          message_id: row.messageId,
          received: new Date(row.receivedMs).toISOString(),
          sender: row.sender,
          recipient: row.recipient,
          subject: row.subject,
          status: row.status,
          size: row.size,
          from_ip: row.fromIp ?? '',
          to_ip: row.toIp ?? '',
        },
        statuses[index - 1]?.status,
      );
      yield `${event}\n`;
    }
  }
}
