import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Page, Source, TraceRecord } from '../../../src/model/ports.js';
import { fingerprintOf } from '../../../src/collector/fingerprint-set.js';
import { rowIdentity } from '../../../src/model/record.js';
import * as errors from '../../../src/model/errors.js';
import { eventText } from '../../../src/message-trace/event-text.js';
import type { EventOptions } from '../../../src/message-trace/event.js';
import { MicrosoftClient } from '../../../src/microsoft/http/client.js';
import { GraphSource } from '../../../src/microsoft/graph/source.js';
import { ReportingWebServiceSource } from '../../../src/microsoft/reporting-web-service.js';
import { anyResponse, anyEntry, pageForms, pageText, wire } from '../../support/arbitrary-response.js';
import { RawServer } from '../../support/raw-server.js';
import { transportWith } from '../../support/outbound.js';
import { row } from '../../support/records.js';
import { guidance, range } from '../../support/microsoft/reading.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const server = new RawServer();
beforeAll(() => server.open());
afterAll(() => server.close());

const known = Object.values(errors).filter((it) => it.prototype instanceof Error);
const formats: EventOptions[] = (['normalized', 'enriched', 'raw'] as const).flatMap((eventFormat) =>
  (['message_trace', 'message_trace_graph_api'] as const).map((intakeFormat) => ({ eventFormat, intakeFormat })),
);
const authorization = { header: () => Promise.resolve('Bearer t0ken'), discard: () => false };

/** The source under test, and a good row in its dialect. */
const sources: Record<
  string,
  { source: () => Source; good: (id: string) => object; forms: readonly (typeof pageForms)[number][] }
> = {
  'the Reporting Web Service': {
    source: () => new ReportingWebServiceSource(server.origin, clientOf(server.origin), guidance),
    good: (id) => row({ MessageTraceId: id }),
    forms: pageForms,
  },
  'Microsoft Graph': {
    source: () => new GraphSource(server.origin, clientOf(server.origin), guidance, undefined),
    good: (id) => ({ id, recipientAddress: 'bob@example.com', status: 'delivered' }),
    forms: pageForms.slice(0, 1),
  },
};

function clientOf(origin: string): MicrosoftClient {
  return new MicrosoftClient(origin, { transport: transportWith(), authorization });
}

/** Reads until the first failure, without the tries that follow it. */
async function readOnce(source: Source): Promise<{ pages: Page[]; error: unknown }> {
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
      if (pages.length === 3) break;
    }
  } catch (thrown) {
    if (!stop.signal.aborted) error = thrown;
  }
  return { pages, error };
}

/** All that is done with a record and what is none, on its way to the intake, to the disk and to the log. */
function use({ records, unreadable }: Page): void {
  for (const record of records) {
    fingerprintOf(record);
    for (const format of formats) JSON.parse(eventText(record, format));
  }
  JSON.stringify(unreadable);
}

describe.each(Object.entries(sources))('%s', (_, { source, good, forms }) => {
  test('may answer anything: what is read can be used, and what is thrown has a class of ours and is one short line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyResponse, { minLength: 1, maxLength: 3 }), async (responses) => {
        server.answers = responses;
        const { pages, error } = await readOnce(source());
        pages.forEach(use);
        if (error === undefined) return;
        expect(known).toContain((error as object).constructor);
        const { message } = error as Error;
        expect(message.length).toBeLessThan(1500);
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
      runs(200),
    );
  });

  test('may mix anything with its rows: each of them is read, and everything else is a row or set aside', async () => {
    const mixed = fc.record({
      form: fc.constantFrom(...forms),
      entries: fc.array(
        fc.oneof(
          anyEntry,
          fc.uuid().map((id) => ({ id })),
        ),
        { maxLength: 12 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(mixed, async ({ form, entries }) => {
        const texts = entries.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(good(entry.id))));
        server.answers = [wire({ status: 200, headers: [], body: Buffer.from(pageText(form, texts)) })];
        const { pages, error } = await readOnce(source());
        expect(error).toBeUndefined();
        expect(pages).toHaveLength(1);
        const [{ records, unreadable }] = pages as [Page];
        expect(records.length + unreadable.length).toBe(entries.length);
        const read = records.map(({ traceId }) => traceId);
        const ids = entries.flatMap((entry) => (typeof entry === 'string' ? [] : [entry.id]));
        const others = new Set(ids);
        expect(read.filter((id) => id !== undefined && others.has(id))).toEqual(ids);
        use(pages[0]!);
      }),
      runs(100),
    );
  });

  test('may give rows no name: two of them are the same only if all is the same that is not about the answer or a status', async () => {
    const about = new Set(['__metadata', 'Index', 'StartDate', 'EndDate', '@odata.type']);
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { maxLength: 12 }), async (entries) => {
        server.answers = [wire({ status: 200, headers: [], body: Buffer.from(pageText(forms[0]!, entries)) })];
        const { pages } = await readOnce(source());
        const seen = new Map<string, string>();
        for (const record of pages.flatMap(({ records }) => records)) {
          const whole = JSON.stringify(partsOf(record, about));
          expect(seen.get(rowIdentity(record)) ?? whole).toBe(whole);
          seen.set(rowIdentity(record), whole);
        }
      }),
      runs(80),
    );
  });
});

/** What makes the row, in other words than those of `rowIdentity`. */
function partsOf({ traceId, recipient, status, raw }: TraceRecord, about: ReadonlySet<string>): unknown {
  if (traceId !== undefined && recipient !== undefined)
    return { traceId: traceId.toLowerCase(), recipient: recipient.toLowerCase() };
  const isStatus = (key: string) => ['Status', 'status'].includes(key) && raw[key] === status;
  return Object.entries(raw).filter(([key]) => !about.has(key) && !isStatus(key));
}
