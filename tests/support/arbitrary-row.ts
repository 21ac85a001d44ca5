import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/json.js';

/** Any text that JavaScript can hold: control characters, lone surrogates and all. */
export const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => value as JsonValue);
const field = (usual: fc.Arbitrary<JsonValue>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, fc.constantFrom(null, ''), anyText, json);

const ticks = fc.date({ noInvalidDate: true }).map((date) => `/Date(${date.getTime()})/`);
const ip = fc.oneof(fc.ipV4(), fc.ipV6());

const fields = {
  Organization: field(fc.domain()),
  MessageId: field(fc.emailAddress().map((address) => `<${address}>`)),
  SenderAddress: field(fc.oneof(fc.emailAddress(), fc.constant('<>'))),
  RecipientAddress: field(fc.emailAddress()),
  Subject: field(fc.string({ unit: 'grapheme' })),
  Status: field(fc.constantFrom('Delivered', 'gettingStatus', 'FilteredAsSpam', 'Held')),
  ToIP: field(ip),
  FromIP: field(ip),
  Size: field(fc.nat()),
  MessageTraceId: field(fc.uuid()),
  Index: field(fc.nat()),
};

const rowWith = (time: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc.record({ ...fields, Received: time, StartDate: time, EndDate: time }, { requiredKeys: [], noNullPrototype: true });

/** A row as the service might answer it on a bad day: any field may be absent, or hold what it should not. */
export const anyRow = rowWith(field(ticks));

/** The same, with times as `$format=json` asks for them, or none. */
export const anyRowWithTicks = rowWith(fc.oneof(ticks, fc.constant(null)));
