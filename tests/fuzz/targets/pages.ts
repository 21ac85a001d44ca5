import { graphFaults, reportingFaults, type ReportingWebService } from '@local/testbed';
import fc from 'fast-check';
import type { Page, Source } from '../../../src/model/ports.js';
import { Ledger } from '../../../src/collector/ledger.js';
import { scheduleOf } from '../../support/schedule.js';
import * as errors from '../../../src/model/errors.js';
import { eventId } from '../../../src/message-trace/fields.js';
import { eventText, maxEventBytes } from '../../../src/message-trace/event-text.js';
import type { EventOptions } from '../../../src/message-trace/event.js';
import { anomaliesOf } from '../../../src/message-trace/anomalies.js';
import { BasicAuthorization } from '../../../src/microsoft/sign-in/authorization.js';
import { MicrosoftClient } from '../../../src/microsoft/http/client.js';
import { ServicePrincipalLookup } from '../../../src/microsoft/sign-in/service-principal.js';
import type { Transport } from '../../../src/microsoft/http/transport.js';
import { GraphSource } from '../../../src/microsoft/graph/source.js';
import { ReportingWebServiceSource } from '../../../src/microsoft/reporting-web-service.js';
import { accountByPassword, application as applicationAdvice } from '../../../src/sekoia/guidance.js';
import { anyEntry, pageForms, pageText } from '../../support/arbitrary-response.js';
import { MemoryBuckets, MemoryDocument } from '../../support/memory-storage.js';
import { SimulatedClock } from '../../support/simulated-clock.js';
import { account } from '../../support/sign-in-scenarios.js';
import { Finding, type Input, type OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { SECRETS } from '../oracles/secrets.js';
import { Responses, CannedTransport, parseResponse, wireResponse } from './canned.js';
import { capture, presentMs, RANGE, RecordingTransport, withTenant } from './captured.js';
import { Listening } from './listening.js';
import { sampled } from './sampled.js';

export type ApiName = 'reporting' | 'graph';

/** Deliberate walks are longer; what a page says shows on the first ones. */
const MAX_PAGES = 12;
const ORIGINS: Readonly<Record<ApiName, string>> = {
  reporting: 'https://reports.example/ecp/reportingwebservice/reporting.svc',
  graph: 'https://graph.example/v1.0',
};
export const KNOWN = [
  errors.UnavailableError,
  errors.SettingsError,
  errors.NotReadyError,
  errors.RangeRefusedError,
  errors.OutOfReachError,
  errors.StorageError,
];
const FORMATS: EventOptions[] = (['normalized', 'raw'] as const).flatMap((eventFormat) =>
  (['message_trace', 'message_trace_graph_api'] as const).map((intakeFormat) => ({ eventFormat, intakeFormat })),
);

/** Pages, refusals and links of one API, read by its source as the collector has it read them. */
export async function openPages(api: ApiName): Promise<OpenTarget> {
  return {
    seeds: await captured(api),
    fresh: sampled(
      fc
        .array(fc.tuple(fc.constantFrom(...pageForms), fc.array(anyEntry, { maxLength: 6 })), {
          minLength: 1,
          maxLength: 3,
        })
        .map((pages) => pages.map(([form, entries]) => wireResponse(200, pageText(form, entries)))),
    ),
    isRepeatable: () => true,
    run: (input) => run(api, input),
    close: () => Promise.resolve(),
  };
}

function captured(api: ApiName): Promise<Input[]> {
  return withTenant(async (simulator) => {
    const apiUrl = api === 'graph' ? simulator.graphUrl : simulator.apiUrl;
    const token = await fetch(`${simulator.authorityUrl}/example.corp/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
        client_secret: 'cl1ent~Secret.of"the+application',
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    const { access_token: text } = (await token.json()) as { access_token: string };
    const basic = new BasicAuthorization(account.accountName, account.accountPassword).value;
    const header = api === 'graph' ? `Bearer ${text}` : basic;
    const read = async (): Promise<Input> => {
      const transport = new RecordingTransport(simulator.origin, new URL(ORIGINS[api]).origin);
      await walk(sourceOf(api, apiUrl, transport, header), RANGE).catch(() => undefined);
      return transport.parts;
    };
    return api === 'graph'
      ? capture(simulator.graph, graphFaults, read)
      : [
          ...(await capture(simulator.server, reportingFaults, read)),
          ...(await capture(inTheOtherDialect(simulator.server), [], read)),
        ];
  });
}

/** The other dialect, which the service answers where it is asked otherwise. */
function inTheOtherDialect(server: ReportingWebService): ReportingWebService {
  server.options.dialect = 'odata-3';
  return server;
}

function sourceOf(api: ApiName, apiUrl: string, transport: Transport, header: string): Source {
  const authorization = { header: () => Promise.resolve(header), discard: () => false };
  const client = new MicrosoftClient(apiUrl, { transport, authorization });
  return api === 'graph'
    ? new GraphSource(apiUrl, client, applicationAdvice.graph, 'example.corp')
    : new ReportingWebServiceSource(apiUrl, client, accountByPassword);
}

interface Walked {
  readonly pages: Page[];
  readonly error: unknown;
}

/** Reads until the first failure, without the tries that follow it. */
export async function walk(source: Source, range = RANGE): Promise<Walked> {
  const stop = new AbortController();
  let error: unknown;
  const onRetry = (failure: unknown) => {
    error = failure;
    stop.abort();
  };
  const pages: Page[] = [];
  try {
    for await (const page of source.pages(range, stop.signal, { onRetry })) {
      pages.push(page);
      if (pages.length >= MAX_PAGES) break;
    }
  } catch (thrown) {
    if (!stop.signal.aborted) error = thrown;
  }
  return { pages, error };
}

async function run(api: ApiName, input: Input): Promise<void> {
  const listening = new Listening();
  const responses = new Responses(input);
  const transport = new CannedTransport(responses);
  const walked = await walk(sourceOf(api, ORIGINS[api], transport, `Bearer ${SECRETS.token}`));
  await classify(api, input, walked, listening);
  if (api === 'graph') {
    const authorization = { header: () => Promise.resolve('Bearer x'), discard: () => false };
    const lookup = new ServicePrincipalLookup(ORIGINS.graph, { transport, authorization });
    const explained = await lookup.explained(new errors.NotReadyError('not ready'), new AbortController().signal);
    expectKnown(explained, KNOWN);
    listening.hear(explained);
  }
  listening.expectGoodTexts(input);
}

/** What must hold of a reading, whatever was answered. @throws Finding */
export async function classify(
  api: ApiName,
  input: Input,
  { pages, error }: Walked,
  listening: Listening,
): Promise<void> {
  const [first] = pages;
  if (first !== undefined) expectEveryEntry(api, input, first);
  for (const page of pages) await use(page);
  if (error === undefined) return;
  expectKnown(error, KNOWN);
  listening.hear(error);
}

/** Every entry of the first page is a row or is set aside, in the words of another reader of JSON. */
function expectEveryEntry(api: ApiName, [part]: Input, { records, unreadable }: Page): void {
  const body = parseResponse(part?.bytes ?? Buffer.alloc(0))?.body;
  let response: unknown;
  try {
    response = JSON.parse(body ?? '');
  } catch {
    // A repaired answer: how many entries it has is a matter of opinion.
    return;
  }
  const entries = entriesIn(response, api);
  if (entries !== undefined && records.length + unreadable.length !== entries.length)
    throw new Finding(
      'rows',
      `${entries.length} entries became ${records.length} rows and ${unreadable.length} others`,
    );
}

function entriesIn(response: unknown, api: ApiName): readonly unknown[] | undefined {
  const { d, value } = response as { d?: unknown; value?: unknown };
  if (api === 'reporting' && Array.isArray(d)) return d as unknown[];
  const results = (d as { results?: unknown } | undefined)?.results;
  if (api === 'reporting' && Array.isArray(results)) return results as unknown[];
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

/** All that is done with a page on its way to the intake, to the disk and to the log. @throws Finding */
async function use({ records, unreadable }: Page): Promise<void> {
  JSON.stringify(unreadable);
  for (const record of records) {
    anomaliesOf(record);
    eventId(record);
    for (const format of FORMATS) {
      const text = eventText(record, format);
      JSON.parse(text);
      if (!text.isWellFormed()) throw new Finding('rows', 'an event has half a character');
      if (format.eventFormat === 'normalized' && record.subject === undefined) continue;
      if (
        Buffer.byteLength(text) > maxEventBytes &&
        record.subject !== undefined &&
        isLargeBySubject(record.subject, text)
      )
        throw new Finding('rows', `an event has ${Buffer.byteLength(text)} bytes because of its subject`);
    }
  }
  const clock = new SimulatedClock(presentMs);
  const ledger = await Ledger.open({
    document: new MemoryDocument(),
    buckets: new MemoryBuckets(),
    schedule: scheduleOf({ frequency: 60, timedelta: 0, late_window: 1440 }),
    source: 'fuzz',
    clock,
    log: { info: ignore, warning: ignore, error: ignore, critical: ignore },
    startTimeMs: 24 * 3_600_000,
  });
  const newRows = await ledger.deduplicate(records);
  await ledger.remember(newRows);
  const again = await ledger.deduplicate(records);
  if (again.length > 0)
    throw new Finding('rows', `${again.length} rows of a page are new once more when they are read again`);
}

function isLargeBySubject(subject: string, text: string): boolean {
  return Buffer.byteLength(text) - 2 * Buffer.byteLength(subject) <= maxEventBytes / 2;
}

function ignore(): void {
  // This log is not read.
}
