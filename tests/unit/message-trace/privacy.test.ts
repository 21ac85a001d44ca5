import { describe, expect, test } from '@jest/globals';
import { eventId } from '../../../src/message-trace/fields.js';
import { eventText } from '../../../src/message-trace/event-text.js';
import { InternalDomains } from '../../../src/message-trace/direction.js';
import { Privacy } from '../../../src/message-trace/privacy.js';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import { record } from '../../support/records.js';
import { toRecord } from '../../../src/microsoft/reporting-web-service.js';

const key = '0123456789abcdef0123456789abcdef';
const hashing = new Privacy({ subject: 'hash', addresses: 'hash', key });
const dropping = new Privacy({ subject: 'drop', addresses: 'keep' });
// printf 'address:alice@contoso.com' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
const ALICE = 'a12fd03f64be777f4afd798c1af4e2f4';
const INVOICE = '8ecbbb10706f5dbfa36d657d7114a401';

describe('addresses', () => {
  test.each<[string, string | undefined]>([
    ['alice@contoso.com', `${ALICE}@contoso.com`],
    ['Alice@Contoso.COM', `${ALICE}@Contoso.COM`],
    ['<alice@contoso.com>', `<${ALICE}@contoso.com>`],
    ['<>', '<>'],
    ['  ', '  '],
    ['', undefined],
  ])('%j becomes %j', (sender, expected) => {
    expect(hashing.record(record({ SenderAddress: sender })).sender).toBe(expected);
  });

  test.each(['/o=ExchangeLabs/cn=alice', 'alice@contoso.com/alice', 'alice@x.example; Bob Smith', 'alice'])(
    'all of %j is hashed, as no domain follows',
    (sender) => {
      expect(hashing.record(record({ SenderAddress: sender })).sender).toMatch(/^[\da-f]{32}$/);
    },
  );

  test('the link to the portal, which knows no hashes, is left out', () => {
    const tenant = { id: undefined, internal: new InternalDomains([]), portalUrl: 'https://security.microsoft.com' };
    const options = { eventFormat: 'enriched', intakeFormat: 'own', tenant } as const;
    expect(eventText(record(), options)).toContain('emailentityV2');
    expect(eventText(hashing.record(record()), options)).not.toContain('emailentityV2');
    expect(eventText(dropping.record(record()), options)).toContain('emailentityV2');
  });

  test('a message id is hashed where it names a sender or recipient', () => {
    const idOf = (MessageId: string) => hashing.record(record({ MessageId })).messageId;
    expect(idOf('<20260301.Alice@mail.example>')).toMatch(/^<[\da-f]{32}@mail\.example>$/);
    expect(idOf('<alice20260301@mail.example>')).toMatch(/^<[\da-f]{32}@mail\.example>$/);
    expect(idOf('<20260301.malice@mail.example>')).toBe('<20260301.malice@mail.example>');
  });

  test.each(['<1@alice-pc>', '<1@Alices-MacBook.local>'])(
    'all of the message id %j is hashed, as its server names a person',
    (MessageId) => {
      expect(hashing.record(record({ MessageId })).messageId).toMatch(/^[\da-f]{32}$/);
    },
  );

  test('a local part of two letters is found in a message id', () => {
    const { messageId } = hashing.record(record({ SenderAddress: 'jo@contoso.com', MessageId: '<jo.1@mail.example>' }));
    expect(messageId).toMatch(/^<[\da-f]{32}@mail\.example>$/);
  });
});

describe('subjects', () => {
  test('are hashed as they are, or dropped in every form', () => {
    expect(hashing.record(record()).subject).toBe(INVOICE);
    const dropped = dropping.record(record());
    expect(dropped.subject).toBeUndefined();
    expect(dropped.raw['Subject']).toBeNull();
    expect(dropped.sender).toBe('alice@contoso.com');
    for (const eventFormat of ['raw', 'normalized', 'enriched'] as const)
      expect(eventText(dropped, { eventFormat, intakeFormat: 'message_trace_graph_api' })).toContain('"subject":null');
  });

  test('that are kept quote no address', () => {
    const keeping = new Privacy({ subject: 'keep', addresses: 'hash', key });
    const subjectOf = (Subject: string) => keeping.record(record({ Subject })).subject;
    expect(subjectOf('Undeliverable: alice@contoso.com: full')).toBe(`Undeliverable: ${ALICE}@contoso.com: full`);
    expect(subjectOf('To "alice b"@contoso.com')).toMatch(/^To [\da-f]{32}@contoso\.com$/);
    expect(subjectOf('Invoice 7 @ noon')).toBe('Invoice 7 @ noon');
  });

  test('an address as the subject does not tell the hash of the address', () => {
    expect(hashing.record(record({ Subject: 'alice@contoso.com' })).subject).not.toContain(ALICE);
  });

  test('a subject that is no text is hidden, too', () => {
    const hidden = hashing.record(toRecord({ Subject: 1234567 }));
    expect(JSON.stringify(hidden.raw)).not.toContain('1234567');
  });
});

describe('columns that are not documented', () => {
  const hidden = (name: string, value: JsonValue, privacy = hashing) =>
    privacy.record(toRecord({ SenderAddress: 'alice@contoso.com', Subject: 'RE: Invoice 7', [name]: value })).raw[name];

  test.each<[string, JsonValue]>([
    ['Note', 'for alice'],
    ['Note', 'ALICE@CONTOSO.COM'],
    ['Note', 'cc @alice'],
    ['Note', 'alice2'],
    ['Forwarded', 'carol@contoso.com'],
    ['Link', 'https://example.com/?to=carol%40contoso.com'],
    ['Topic', 'anything'],
    ['SenderDisplayName', 'Alice Lidell'],
    ['Conversation', 'Invoice 7'],
    ['Mail', { folded: ['invoice 7'], address: 'alice@contoso.com' }],
  ])('%s: %j is hidden', (name, value) => {
    expect(JSON.stringify(hidden(name, value))).not.toMatch(/alice|carol|invoice|anything/i);
  });

  test.each<[string, JsonValue]>([
    ['Note', 'malice'],
    ['SenderDomain', 'contoso.com'],
    ['senderIp', '198.51.100.4'],
    ['Invoices', 12],
    ['Flag', true],
  ])('%s: %j stays', (name, value) => {
    expect(hidden(name, value)).toEqual(value);
  });

  test('what holds a dropped subject is dropped', () => {
    expect(hidden('Conversation', 'RE: invoice 7 (2)', dropping)).toBeNull();
    expect(hidden('Forwarded', 'carol@contoso.com', dropping)).toBe('carol@contoso.com');
  });
});

describe('ids', () => {
  test('are those of the row as it came, with the key where addresses are hashed', () => {
    const id = eventId(record());
    expect(eventId(dropping.record(record()))).toBe(id);
    const hashed = eventId(hashing.record(record()));
    expect(hashed).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(hashed).not.toBe(id);
    expect(eventId(hashing.record(record({ Subject: 'other', Size: 1 })))).toBe(hashed);
    expect(eventId(hashing.record(record({ Status: 'Failed' })))).not.toBe(hashed);
  });

  test('of a row that was protected in part are made of its id', () => {
    const later = hashing.record(dropping.record(record()));
    expect(eventId(later)).toBe(eventId(hashing.record(record())));
    expect(later.subject).toBeUndefined();
    expect(later.protection).toMatchObject({ subject: true, addresses: true });
  });
});

test('each text of an entry that is no row is hidden', () => {
  const entry = ['alice', 7, null, { deep: ['Invoice'], 'bob@example.com': '' }];
  const hidden = hashing.entry(entry) as JsonValue[];
  expect(JSON.stringify(hidden)).not.toMatch(/alice|invoice|bob/i);
  expect(hidden.slice(1, 3)).toEqual([7, null]);
  expect(Object.keys(hidden[3] as JsonObject)).toHaveLength(2);
  expect(dropping.entry(entry)).toEqual([null, 7, null, { deep: [null], 'bob@example.com': '' }]);
});

test('an error in words of Microsoft quotes no address', () => {
  expect(hashing.sentence("No mailbox 'alice@contoso.com'. See @odata.nextLink.")).toBe(
    `No mailbox '${ALICE}@contoso.com'. See @odata.nextLink.`,
  );
  expect(dropping.sentence('alice@contoso.com')).toBe('alice@contoso.com');
});

test('nothing is hashed without a key', () => {
  expect(() => new Privacy({ subject: 'hash', addresses: 'keep' }).record(record())).toThrow('no key');
});
