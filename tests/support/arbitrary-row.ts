import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/model/json.js';

/** Any text that JavaScript can hold: control characters, lone surrogates and all. */
export const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => value as JsonValue);
const field = (usual: fc.Arbitrary<JsonValue>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, fc.constantFrom(null, ''), anyText, json);

const instant = fc.date({ noInvalidDate: true });
const ticks = instant.map((date) => `/Date(${date.getTime()})/`);
/** With the seven fraction digits that .NET knows. */
const iso = fc
  .tuple(instant, fc.nat({ max: 9999 }))
  .map(([date, rest]) => date.toISOString().replace('Z', `${String(rest).padStart(4, '0')}Z`));
const ip = fc.oneof(fc.ipV4(), fc.ipV6());
const messageId = fc.emailAddress().map((address) => `<${address}>`);
const sender = fc.oneof(fc.emailAddress(), fc.constant('<>'));
const subject = fc.string({ unit: 'grapheme' });
const status = fc.constantFrom('Delivered', 'gettingStatus', 'FilteredAsSpam', 'Held');

const fields = {
  Organization: field(fc.domain()),
  MessageId: field(messageId),
  SenderAddress: field(sender),
  RecipientAddress: field(fc.emailAddress()),
  Subject: field(subject),
  Status: field(status),
  ToIP: field(ip),
  FromIP: field(ip),
  Size: field(fc.nat()),
  MessageTraceId: field(fc.uuid()),
  Index: field(fc.nat()),
};

const rowWith = (time: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc.record({ ...fields, Received: time, StartDate: time, EndDate: time }, { requiredKeys: [], noNullPrototype: true });

/**
 * A row as the Reporting Web Service might answer it on a bad day: any field may be absent, or hold what it should not.
 */
export const anyRow = rowWith(field(fc.oneof(ticks, iso)));

/** The same, with times as `$format=json` asks for them, or none. */
export const anyRowWithTicks = rowWith(fc.oneof(ticks, fc.constant(null)));

/** An item as Microsoft Graph might answer it on a bad day. */
export const anyItem: fc.Arbitrary<JsonObject> = fc.record(
  {
    '@odata.type': fc.constant('#microsoft.graph.exchangeMessageTrace'),
    id: field(fc.uuid()),
    senderAddress: field(sender),
    recipientAddress: field(fc.emailAddress()),
    messageId: field(messageId),
    receivedDateTime: field(iso),
    subject: field(subject),
    size: field(fc.nat()),
    fromIP: field(ip),
    toIP: field(ip),
    status: field(status),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** One row in the words of each API: `row` of the Reporting Web Service, `item` of Microsoft Graph. */
export const rowInBothApis: fc.Arbitrary<{ row: JsonObject; item: JsonObject }> = fc
  .record({
    traceId: fc.uuid(),
    sender,
    recipient: fc.emailAddress(),
    messageId: fc.option(messageId),
    received: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    subject: fc.option(subject),
    size: fc.nat(),
    fromIp: fc.option(ip),
    toIp: fc.option(ip),
    status: fc.constantFrom('Delivered', 'FilteredAsSpam', 'GettingStatus', 'Recalled', 'OnHold'),
  })
  .map((row) => ({
    row: {
      Organization: 'contoso.onmicrosoft.com',
      MessageId: row.messageId,
      Received: `/Date(${row.received.getTime()})/`,
      SenderAddress: row.sender,
      RecipientAddress: row.recipient,
      Subject: row.subject,
      Status: row.status,
      ToIP: row.toIp,
      FromIP: row.fromIp,
      Size: row.size,
      MessageTraceId: row.traceId,
      StartDate: '/Date(1658751000000)/',
      EndDate: '/Date(1658752000000)/',
      Index: 0,
    },
    item: {
      id: row.traceId.toUpperCase(),
      senderAddress: row.sender,
      recipientAddress: row.recipient,
      messageId: row.messageId,
      receivedDateTime: row.received.toISOString(),
      subject: row.subject,
      size: row.size,
      fromIP: row.fromIp ?? '',
      toIP: row.toIp ?? '',
      status: row.status.charAt(0).toLowerCase() + row.status.slice(1),
    },
  }));
