import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { domainOf } from '../../../src/message-trace/address.js';
import { directionOf, InternalDomains, type Tenant } from '../../../src/message-trace/direction.js';
import { eventText } from '../../../src/message-trace/event-text.js';
import { Privacy, type PrivacyOptions } from '../../../src/message-trace/privacy.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';
import type { JsonObject } from '../../../src/model/json.js';
import { fingerprintOf } from '../../../src/collector/fingerprint-set.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';
import { anyItem, anyRow } from '../../support/arbitrary-row.js';
import { rowContext } from '../../support/microsoft/graph/items.js';

const key = 'k'.repeat(32);
const tenant: Tenant = {
  id: '3d2f1a64-0f3c-4a55-9f0e-4d9c0f6f2a10',
  internal: new InternalDomains(['contoso.com']),
  portalUrl: 'https://security.microsoft.com',
};
const eventOptions = fc.record({
  eventFormat: fc.constantFrom('raw' as const, 'normalized' as const, 'enriched' as const),
  intakeFormat: fc.constantFrom('message_trace' as const, 'message_trace_graph_api' as const, 'own' as const),
  tenant: fc.constant(tenant),
});
const privacyOptions = fc.record({
  subject: fc.constantFrom('keep' as const, 'hash' as const, 'drop' as const),
  addresses: fc.constantFrom('keep' as const, 'hash' as const),
  key: fc.constant(key),
});

/** Words that stand nowhere else by chance: neither in what is drawn besides nor in hexadecimal digits. */
const [FROM, TO, THIRD, TOPIC] = ['Zwsender', 'Zwrecipient', 'Zwthird', 'Zwtopic'];
const around = fc.stringMatching(/^[A-Za-z0-9.+_' -]{0,8}$/);
const domain = fc.constantFrom('contoso.com', 'Mail.Example.org', 'münchen.example', 'xn--mnchen-3ya.example');
const local = (word: string) =>
  fc.oneof(
    fc.tuple(fc.stringMatching(/^[A-Za-z0-9.+_-]{0,8}$/), fc.boolean()).map(([text, upper]) => {
      const cased = upper ? word.toUpperCase() : word;
      return text === '' ? cased : `${text}.${cased}`;
    }),
    around.map((text) => `"${text} ${word}"`),
  );
const address = (word: string) => fc.tuple(local(word), domain).map((parts) => parts.join('@'));
const path = (word: string) =>
  fc.oneof(
    { arbitrary: address(word), weight: 4 },
    address(word).map((text) => ` <${text}> `),
    fc.constant(`/o=ExchangeLabs/ou=Exchange/cn=Recipients/cn=${word}`),
    address(word).map((text) => `${text}/${word}`),
    fc.tuple(address(word), address(word)).map((both) => both.join(';')),
    fc.constant(word),
  );

/** Some quote an address, which is hidden even where subjects are kept. */
const topic = fc.oneof(
  around.map((text) => `${text} ${TOPIC}`),
  fc.tuple(address(THIRD), fc.constantFrom(':', '.', ')', '')).map(([quoted, end]) => `${TOPIC} ${quoted}${end}`),
);

interface Written {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
}

/** What Microsoft may add to a row one day, or a broken service may answer. */
const furtherColumns = fc
  .record({ from: path(FROM), to: path(TO), subject: topic })
  .chain(({ from, to, subject }: Written) =>
    fc.record({
      from: fc.constant(from),
      to: fc.constant(to),
      subject: fc.constant(subject),
      more: fc.dictionary(
        fc.constantFrom('Extra', 'ThreadTopic', 'senderDisplayName', '__metadata', 'Note', '__proto__'),
        fc.constantFrom<JsonObject[string]>(
          `RE: ${subject}`,
          `about ${from}`,
          `mailto:${to}`,
          `https://example.com/trace?recipient=${encodeURIComponent(to)}`,
          `also ${THIRD}@elsewhere.example`,
          `https://example.com/${THIRD}%40elsewhere.example`,
          { uri: `x('${from}')`, [to]: [subject, { SenderAddress: from }] },
          7,
          null,
        ),
        { noNullPrototype: true },
      ),
    }),
  );

/** Mail programs write the time behind a name, or the name of the computer. */
const namingMessageId = fc.constantFrom(
  `<${TO}.1@mail.example>`,
  `<${TO}2026@mail.example>`,
  `<1@${TO}s-laptop.local>`,
);

const anyProtectedRow = fc
  .tuple(anyRow, anyItem, furtherColumns, namingMessageId, fc.boolean(), fc.boolean())
  .map(([row, item, { from, to, subject, more }, messageId, isGraph, isOdd]) => {
    // As another type than documented, a value stands in the raw row only.
    const odd = (text: string) => (isOdd ? [text, { value: text }] : text);
    const raw = isGraph
      ? {
          ...item,
          messageId,
          senderAddress: odd(from),
          recipientAddress: to,
          subject,
          ...more,
        }
      : { ...row, MessageId: null, SenderAddress: from, RecipientAddress: to, Subject: odd(subject), ...more };
    return isGraph ? fromGraph(raw, rowContext) : toRecord(raw);
  });

const lower = (text: string) => text.toLowerCase();

test('no text of an event, and no raw row, holds a hidden local part or subject', () => {
  fc.assert(
    fc.property(anyProtectedRow, eventOptions, privacyOptions, (record, options, privacy) => {
      const hidden = new Privacy(privacy).record(record);
      const texts = lower(eventText(hidden, options) + JSON.stringify(hidden));
      if (privacy.addresses === 'hash') for (const word of [FROM, TO, THIRD]) expect(texts).not.toContain(lower(word));
      if (privacy.subject !== 'keep') expect(texts).not.toContain(lower(TOPIC));
    }),
    runs(3_000),
  );
});

test('what is to be kept stays as it came, and so do all other columns of a usual row', () => {
  const usual = fc.oneof(
    anyRow.map(toRecord),
    anyItem.map((item) => fromGraph(item, rowContext)),
  );
  fc.assert(
    fc.property(usual, (record) => {
      const { protection, ...same } = new Privacy({ subject: 'keep', addresses: 'keep' }).record(record);
      expect(same).toEqual(record);
      expect(protection).toMatchObject({ subject: false, addresses: false });
      const hidden = new Privacy({ subject: 'hash', addresses: 'hash', key }).record(record);
      for (const field of ['dialect', 'received', 'size', 'fromIp', 'toIp', 'start', 'end'] as const)
        expect(hidden[field]).toEqual(record[field]);
      expect(Object.keys(hidden.raw)).toEqual(Object.keys(record.raw));
    }),
    runs(1_000),
  );
});

const pair = fc.tuple(address(FROM), address(TO), around);
const rowOf = (sender: string, recipient: string, subject: string) =>
  toRecord({ MessageTraceId: 'a', SenderAddress: sender, RecipientAddress: recipient, Subject: subject });

test('equal addresses have equal hashes in any case and on any side; domain and direction stay', () => {
  fc.assert(
    fc.property(pair, ([from, to, subject]) => {
      const privacy = new Privacy({ subject: 'hash', addresses: 'hash', key });
      const before = rowOf(from, to, subject);
      const one = privacy.record(before);
      const other = privacy.record(rowOf(to.toUpperCase(), ` <${from.toUpperCase()}>`, subject));
      expect(localPart(other.sender)).toBe(localPart(one.recipient));
      expect(localPart(other.recipient)).toBe(localPart(one.sender));
      expect(other.subject).toBe(one.subject);
      expect(localPart(one.sender)).not.toBe(localPart(one.recipient));
      expect(domainOf(one.sender)).toBe(domainOf(from));
      expect(domainOf(one.recipient)).toBe(domainOf(to));
      expect(directionOf(one, tenant.internal)).toBe(directionOf(before, tenant.internal));
      // As docs/security.md has it for those who look an address up.
      const digest = createHmac('sha256', key).update(`address:${from.toLowerCase()}`).digest('hex');
      expect(localPart(one.sender)).toBe(digest.slice(0, 32));
    }),
    runs(500),
  );
});

function localPart(sender: string | undefined): string {
  return /([^<\s]+)@/.exec(sender ?? '')?.[1] ?? '';
}

test('another key makes other hashes of everything', () => {
  fc.assert(
    fc.property(pair, fc.stringMatching(/^[a-j]{32}$/), ([from, to, topic], otherKey) => {
      const record = rowOf(from, to, `${TOPIC}${topic}`);
      const options: PrivacyOptions = { subject: 'hash', addresses: 'hash', key };
      const one = new Privacy(options).record(record);
      const other = new Privacy({ ...options, key: otherKey }).record(record);
      for (const field of ['sender', 'recipient', 'subject'] as const) expect(one[field]).not.toBe(other[field]);
      expect(one.protection?.eventId).not.toBe(other.protection?.eventId);
    }),
    runs(200),
  );
});

test('what was protected is left as it is, and the row that came is not touched', () => {
  fc.assert(
    fc.property(anyProtectedRow, privacyOptions, (record, options) => {
      const before = JSON.stringify(record);
      const fingerprint = fingerprintOf(record);
      const privacy = new Privacy(options);
      const once = privacy.record(record);
      expect(privacy.record(once)).toEqual(once);
      expect(JSON.stringify(record)).toBe(before);
      expect(fingerprintOf(record)).toEqual(fingerprint);
    }),
    runs(500),
  );
});
