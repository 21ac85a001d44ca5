import { isIP } from 'node:net';
import type { Graph, MailRow } from '@local/testbed';
import { expectedEnrichment } from './expected-enrichment.js';
import type { Scenario } from './scenario.js';
import type { SignInScenario } from './sign-in-scenarios.js';

const success = new Set(['Delivered', 'Expanded', 'Resolved', 'GettingStatus']);
const failure = new Set(['Failed', 'Quarantined', 'FilteredAsSpam']);

type JsonFields = Readonly<Record<string, unknown>>;

/** Under which circumstances a row became an event. */
export interface Reading {
  readonly signInScenario: SignInScenario;
  /** The ranges that the service was asked for, as `range` names them. */
  readonly asked: ReadonlySet<string>;
  readonly graph: Readonly<Graph['options']>;
  readonly eventFormat: 'normalized' | 'enriched';
}

export function readingOf(
  { signInScenario, service, simulator }: Scenario,
  eventFormat: Reading['eventFormat'],
): Reading {
  const asked = new Set(service.requests.recent.map(({ startMs, endMs }) => range(startMs, endMs)));
  return { signInScenario, asked, graph: simulator.graph.options, eventFormat };
}

/**
 * The event that a row of the simulated tenant must become: a second reading of the mapping, from the tenant's row and
 * not from the answer. What the request or the answer alone decides (the bounds, metadata, the id) is taken over from
 * the event after it has been checked.
 */
export function expectedEvent(row: MailRow, event: JsonFields, reading: Reading): object {
  return { ...normalizedFields(row, event, reading), ...rawRow(row, event, reading) };
}

/** The trace id and the recipient of the row that an event is about. */
export function rowOfEvent(event: JsonFields): string {
  const [traceId, recipient] = [
    event['MessageTraceId'] ?? event['id'],
    event['RecipientAddress'] ?? event['recipientAddress'],
  ];
  return `${String(traceId)} ${String(recipient)}`;
}

function normalizedFields(row: MailRow, event: JsonFields, reading: Reading): object {
  const { signInScenario, graph, asked } = reading;
  const received = microseconds(row, signInScenario.api === 'graph' && graph.sevenFractionDigits);
  const [fromIp, toIp] = [bareIp(row.fromIp), bareIp(row.toIp)];
  const ips = [fromIp, toIp].filter((ip) => ip !== null);
  const { id, start, end } = event['event'] as JsonFields;
  const [startMs, endMs] = [Date.parse(String(start)), Date.parse(String(end))] as const;
  const enriched =
    reading.eventFormat === 'enriched' ? expectedEnrichment(row, event, { signInScenario, fromIp }) : undefined;
  const source = { ...(fromIp !== null && { ip: fromIp, address: fromIp }), ...enriched?.source };
  const destination = { ...(toIp !== null && { ip: toIp, address: toIp }), ...enriched?.destination };
  const related = { ...(ips.length > 0 && { ip: [...new Set(ips)] }), ...enriched?.related };
  const wasAskedFor = asked.has(range(startMs, endMs)) && startMs <= row.receivedMs && row.receivedMs <= endMs;
  return {
    '@timestamp': received,
    event: {
      kind: 'event',
      category: ['email'],
      type: ['info'],
      action: row.status,
      outcome: success.has(row.status) ? 'success' : failure.has(row.status) ? 'failure' : 'unknown',
      id: matching(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      start: wasAskedFor ? matching(start, wholeSecond) : 'the start of a range that was asked for and holds the row',
      end: wasAskedFor ? matching(end, wholeSecond) : 'the end of that range',
      ...enriched?.event,
    },
    office365: {
      message_trace: {
        MessageTraceId: row.traceId,
        ...(Number.isSafeInteger(row.size) && row.size >= 0 && { Size: row.size }),
        Status: row.status,
        ...enriched?.messageTrace,
      },
    },
    email: {
      delivery_timestamp: received,
      ...(row.messageId !== null && { message_id: row.messageId }),
      ...(row.sender !== '<>' && { from: { address: row.sender } }),
      ...(row.recipient !== '<>' && { to: { address: row.recipient } }),
      ...(row.subject && { subject: row.subject.toWellFormed() }),
      ...enriched?.email,
    },
    ...(Object.keys(source).length > 0 && { source }),
    ...(Object.keys(destination).length > 0 && { destination }),
    ...(signInScenario.organization !== undefined && { organization: { name: signInScenario.organization } }),
    ...(Object.keys(related).length > 0 && { related }),
    ...enriched?.groups,
  };
}

/**
 * Without brackets, port, zone and blanks; IPv4 that is written as IPv6 is IPv4 again. Null where that is no address.
 */
function bareIp(text: string | null): string | null {
  let bare = (text ?? '').trim();
  if (bare.startsWith('[')) bare = bare.slice(1, bare.lastIndexOf(']'));
  else if (isIP(bare) === 0) bare = bare.replace(/:\d+$/, '');
  [bare = ''] = bare.split('%');
  if (isIP(bare) === 0) return null;
  const mapped = /^::ffff:(?:([\d.]+)|([\da-f]+):([\da-f]+))$/i.exec(bare);
  if (mapped === null) return bare;
  if (mapped[1] !== undefined) return mapped[1];
  const digits = `${mapped[2]!.padStart(4, '0')}${mapped[3]!.padStart(4, '0')}`;
  return digits
    .match(/../g)!
    .map((byte) => parseInt(byte, 16))
    .join('.');
}

function rawRow(row: MailRow, event: JsonFields, { signInScenario, graph }: Reading): object {
  if (signInScenario.intakeFormat === 'message_trace_graph_api') return graphItem(row, graph.sevenFractionDigits);
  const fields = reportingFields(row, event, signInScenario);
  // Converted: nothing in Graph's answers is like __metadata and Index, and an empty subject counts as none.
  if (signInScenario.api === 'graph') return { ...fields, Subject: row.subject === '' ? null : row.subject };
  return { ...fields, __metadata: event['__metadata'], Index: event['Index'] };
}

function reportingFields(row: MailRow, event: JsonFields, signInScenario: SignInScenario): object {
  const { start, end } = event['event'] as JsonFields;
  return {
    Organization: signInScenario.organization,
    MessageId: row.messageId,
    Received: `/Date(${row.receivedMs})/`,
    SenderAddress: row.sender,
    RecipientAddress: row.recipient,
    Subject: row.subject,
    Status: row.status,
    ToIP: row.toIp,
    FromIP: row.fromIp,
    Size: row.size,
    MessageTraceId: row.traceId,
    StartDate: `/Date(${Date.parse(String(start))})/`,
    EndDate: `/Date(${Date.parse(String(end))})/`,
  };
}

function graphItem(row: MailRow, sevenFractionDigits: boolean): object {
  return {
    id: row.traceId,
    senderAddress: row.sender,
    recipientAddress: row.recipient,
    messageId: row.messageId,
    receivedDateTime: sevenFractionDigits ? ticks(row) : neededDigits(row),
    subject: row.subject,
    size: row.size,
    fromIP: row.fromIp ?? '',
    toIP: row.toIp ?? '',
    status: row.status.charAt(0).toLowerCase() + row.status.slice(1),
  };
}

const wholeSecond = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z$/;

function matching(value: unknown, pattern: RegExp): unknown {
  return typeof value === 'string' && pattern.test(value) ? value : `something that matches ${String(pattern)}`;
}

function range(startMs: number | null, endMs: number | null): string {
  return `${startMs} to ${endMs}`;
}

/** With six fraction digits; the last three are 0 where the API tells milliseconds. */
function microseconds(row: MailRow, told: boolean): string {
  const text = ticks(row);
  return `${text.slice(0, told ? -2 : -5)}${told ? '' : '000'}Z`;
}

/** With seven fraction digits. */
function ticks({ receivedMs, receivedTicks }: MailRow): string {
  return `${new Date(receivedMs).toISOString().slice(0, -1)}${String(receivedTicks).padStart(4, '0')}Z`;
}

/** As many fraction digits as the milliseconds need. */
function neededDigits({ receivedMs }: MailRow): string {
  return new Date(receivedMs)
    .toISOString()
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace('.Z', 'Z');
}
