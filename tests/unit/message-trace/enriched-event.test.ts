import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { InternalDomains, type Tenant } from '../../../src/message-trace/direction.js';
import type { Appearance } from '../../../src/message-trace/enrichment.js';
import { toEvent } from '../../../src/message-trace/event.js';
import type { JsonObject } from '../../../src/model/json.js';
import type { TraceRecord } from '../../../src/model/record.js';
import { toRecord as fromGraph } from '../../../src/microsoft/graph/row.js';
import { toRecord as fromReportingWebService } from '../../../src/microsoft/reporting-web-service.js';
import { record } from '../../support/records.js';

const tenant: Tenant = {
  id: '7f0d9a3e-2b41-4c55-9d3a-0b1c2d3e4f50',
  internal: new InternalDomains(['contoso.com']),
  portalUrl: 'https://security.microsoft.com',
};
const range = { start: Date.UTC(2022, 6, 25, 12, 10), end: Date.UTC(2022, 6, 25, 12, 26, 40) };

const apis = {
  'reporting-web-service': {
    intakeFormat: 'message_trace',
    record: fromReportingWebService,
    appearance: { lateBySeconds: 5_400 },
  },
  graph: {
    intakeFormat: 'message_trace_graph_api',
    record: (row: JsonObject) => fromGraph(row, { range, organization: undefined }),
    appearance: { previousStatus: 'pending' },
  },
} as const;

function enriched(one: TraceRecord, appearance?: Appearance, of: Tenant = tenant): JsonObject {
  return toEvent(one, { eventFormat: 'enriched', intakeFormat: 'message_trace', tenant: of }, appearance);
}

test.each(['reporting-web-service', 'graph'] as const)('an ordinary row of %s becomes the golden event', (name) => {
  const { intakeFormat, record: recordOf, appearance } = apis[name];
  const folder = new URL(`../../fixtures/events/${name}/`, import.meta.url);
  const { row } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { row: JsonObject };
  const event = toEvent(recordOf(row), { eventFormat: 'enriched', intakeFormat, tenant }, appearance);
  const golden = new URL('golden.enriched.json', folder);
  // `npm run goldens`
  if (process.env['GOLDENS'] === 'write') writeFileSync(golden, `${JSON.stringify(event, null, 2)}\n`);
  expect(event).toStrictEqual(JSON.parse(readFileSync(golden, 'utf8')));
});

test('it holds everything of the normalized event', () => {
  const normalized = { eventFormat: 'normalized', intakeFormat: 'message_trace' } as const;
  expect(enriched(record())).toMatchObject(toEvent(record(), normalized));
});

const BUECHER = { domain: 'xn--bcher-kva.example', registered_domain: 'xn--bcher-kva.example' };
const EXAMPLE = { domain: 'example.com', registered_domain: 'example.com' };

describe('the sender', () => {
  test.each<[string | null, JsonObject]>([
    [
      'Zoë.Müller@BÜCHER.Example',
      {
        ...BUECHER,
        user: { email: 'zoë.müller@bücher.example', name: 'zoë.müller', domain: 'xn--bcher-kva.example' },
      },
    ],
    [
      '<Eve@Mail.Contoso.co.uk>',
      {
        domain: 'mail.contoso.co.uk',
        registered_domain: 'contoso.co.uk',
        user: { email: 'eve@mail.contoso.co.uk', name: 'eve', domain: 'mail.contoso.co.uk' },
      },
    ],
    [
      'x@a.blogspot.com',
      {
        domain: 'a.blogspot.com',
        registered_domain: 'a.blogspot.com',
        user: { email: 'x@a.blogspot.com', name: 'x', domain: 'a.blogspot.com' },
      },
    ],
    ['"a@b"@example.com', { ...EXAMPLE, user: { email: '"a@b"@example.com', name: '"a@b"', domain: 'example.com' } }],
    ['root@localhost', { domain: 'localhost', user: { email: 'root@localhost', name: 'root', domain: 'localhost' } }],
    ['root@[192.0.2.1]', { user: { email: 'root@[192.0.2.1]', name: 'root' } }],
    ['bob@192.0.2.1', { domain: '192.0.2.1', user: { email: 'bob@192.0.2.1', name: 'bob', domain: '192.0.2.1' } }],
    ['/o=ExchangeLabs/ou=Group (FYDI)/cn=Recipients/cn=3D5c-Alice', { user: { name: '3d5c-alice' } }],
    ['Alice', { user: { name: 'alice' } }],
    ['@example.com', { ...EXAMPLE, user: { email: '@example.com', domain: 'example.com' } }],
  ])('%s', (SenderAddress, expected) => {
    expect(enriched(record({ SenderAddress, FromIP: null }))['source']).toEqual(expected);
  });

  test.each(['<>', ' ', null, `${'a'.repeat(1_000)}@example.com`])('%.20j is no person', (SenderAddress) => {
    const event = enriched(record({ SenderAddress, FromIP: null }));
    expect(event).not.toHaveProperty('source');
    expect(event).toMatchObject({ related: { user: ['bob@example.com'], hosts: ['example.com'] } });
  });
});

describe('the person of the tenant', () => {
  test.each([
    ['alice@contoso.com', 'bob@example.com', 'outbound', 'alice'],
    ['bob@example.com', 'alice@contoso.com', 'inbound', 'alice'],
    ['alice@contoso.com', 'carol@contoso.com', 'internal', 'alice'],
    ['bob@example.com', 'eve@example.org', 'external', undefined],
    ['alice', 'carol@contoso.com', 'unknown', undefined],
    ['<>', 'carol@contoso.com', 'inbound', 'carol'],
  ])('of %s to %s, which is %s mail', (SenderAddress, RecipientAddress, direction, name) => {
    const event = enriched(record({ SenderAddress, RecipientAddress }));
    expect(event).toMatchObject({ email: { direction }, network: { direction } });
    const user = name && { email: `${name}@contoso.com`, name, domain: 'contoso.com' };
    expect(event['user']).toEqual(user);
  });
});

test('a message to oneself names the person and the domain once', () => {
  const event = enriched(record({ SenderAddress: 'Bob@example.com' }));
  expect(event).toMatchObject({ related: { user: ['bob@example.com'], hosts: ['example.com'] } });
});

describe('the page in the portal', () => {
  const reference = (row: TraceRecord, of: Partial<Tenant> = {}) => {
    const { event } = enriched(row, undefined, { ...tenant, ...of });
    return (event as JsonObject)['reference'];
  };

  test('is of the message and its recipient, in the cloud of the tenant', () => {
    const row = record({ RecipientAddress: "Bob.O'Neill+x@Example.com" });
    const page =
      "emailentityV2?id=3b4fc661-180d-4c2f-60c9-08da6e38dd10&recipient=bob.o'neill%2Bx%40example.com" +
      '&startTime=2022-07-25T12:26:13.240Z&endTime=2022-07-25T12:26:13.240Z';
    expect(reference(row)).toBe(`https://security.microsoft.com/${page}&tid=${tenant.id}`);
    const us = { id: 'contoso.com', portalUrl: 'https://security.microsoft.us' };
    expect(reference(row, us)).toBe(`https://security.microsoft.us/${page}`);
  });

  test('is absent where nothing leads to it', () => {
    expect(reference(record(), { portalUrl: undefined })).toBeUndefined();
    for (const changes of [{ MessageTraceId: 'x' }, { RecipientAddress: '<>' }, { Received: null }])
      expect(reference(record(changes))).toBeUndefined();
  });

  test('stands a recipient with half a character', () => {
    expect(reference(record({ RecipientAddress: '\ud800@example.com' }))).toContain('recipient=%EF%BF%BD%40');
  });
});

test('the tenant is named by the settings, else by the row', () => {
  const account = (id: string | undefined) => enriched(record(), {}, { ...tenant, id })['cloud'];
  expect(account('contoso.com')).toEqual({ account: { id: 'contoso.com' } });
  expect(account(undefined)).toEqual({ account: { id: 'contoso.onmicrosoft.com' } });
});

test('a change tells the status before, and a late row by how much it is late', () => {
  const fields = (appearance?: Appearance) =>
    (enriched(record(), appearance)['office365'] as JsonObject)['message_trace'] as JsonObject;
  expect(fields({ previousStatus: 'filteredasspam' })).toMatchObject({ previous_status: 'FilteredAsSpam' });
  expect(fields({ lateBySeconds: 0 })).toMatchObject({ late_by_seconds: 0 });
  expect(Object.keys(fields())).toEqual(['MessageTraceId', 'Size', 'Status']);
});
