import { gunzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import fc from 'fast-check';
import { MAX_SEKOIA_RESPONSE_BYTES } from '../../../packages/automation-sdk-shim/src/budgets.js';
import type { HttpRequest } from '../../../packages/automation-sdk-shim/src/http/http-client.js';
import { IntakeClient } from '../../../packages/automation-sdk-shim/src/intake/intake-client.js';
import { createIntakeMetrics } from '../../../packages/automation-sdk-shim/src/intake/intake-metrics.js';
import { anyJson } from '../../support/arbitrary-response.js';
import { Finding, type Input, type OpenTarget, type Part } from '../engine/target.js';
import { SECRETS } from '../oracles/secrets.js';
import { CannedHttp, parseResponse, wireResponse } from './canned.js';
import { SkippedWaits } from './fast-timers.js';
import { Listening } from './listening.js';
import { sampled } from './sampled.js';

const EVENTS = Array.from({ length: 12 }, (_none, index) => JSON.stringify({ index }));
const CHUNK = 5;
/** More requests for 12 events would be one after the other for nothing. */
const MAX_REQUESTS = 400;
/** The longest wait that a server may ask for. Documented in docs/failure-matrix.md. */
const MAX_WAIT_MS = 3_600_000;
/** Of the clock between two requests: hours pass within some hundred. */
const STEP_MS = 30_000;

const ids = (count: number) => Array.from({ length: count }, (_none, index) => `id-${index}`);
const ok = (body: object, status = 200) => wireResponse(status, JSON.stringify(body));
/** What Sekoia's intake, a proxy before it and other bulk APIs are known to answer. */
const KNOWN_RESPONSES: readonly Part[] = [
  ok({ event_ids: ids(CHUNK) }),
  ok({ event_ids: ids(CHUNK) }, 202),
  ok({ event_ids: ids(CHUNK - 2) }),
  ok({ event_ids: [] }),
  ok({ event_ids: ['id-0', null, 'id-2', null, 'id-4'] }),
  ok({ event_ids: ids(CHUNK), errors: [{ index: 3, message: 'too large' }] }),
  ok({ results: [{ status: 200 }, { status: 413 }, { status: 429 }, { status: 200 }, { status: 500 }] }),
  ok({ errors: { 1: 'malformed' } }),
  ok({ failed: 2 }),
  ok({
    items: [
      { create: { status: 201, _id: 'x' } },
      { create: { status: 400, error: { type: 'mapper', reason: 'no' } } },
    ],
  }),
  wireResponse(200, '[200,200,413,200,200]'),
  wireResponse(200, ''),
  wireResponse(200, '<html>Sign in to the network</html>'),
  wireResponse(204, ''),
  wireResponse(307, '', { Location: 'https://intake.example/other/batch' }),
  wireResponse(301, '', { Location: '/new/batch' }),
  wireResponse(302, '', { Location: 'https://elsewhere.example/batch' }),
  wireResponse(422, '{"message":"INTAKE_KEY_ERROR"}'),
  wireResponse(422, '{"detail":[{"loc":["body","jsons",3],"msg":"invalid"}]}'),
  ...[400, 401, 403, 404, 408, 413, 415, 425, 500, 502].map((status) => wireResponse(status, '{"message":"no"}')),
  wireResponse(429, '', { 'Retry-After': '5' }),
  wireResponse(503, 'busy', { 'Retry-After': 'Mon, 23 Nov 2026 09:00:07 GMT', Date: 'Mon, 23 Nov 2026 09:00:00 GMT' }),
  { name: 'answer', bytes: Buffer.alloc(0) },
];

/** Answers of the intake: whether an event counts as delivered that was not acknowledged, and whether all end. */
export function openIntake(): Promise<OpenTarget> {
  const waits = new SkippedWaits();
  return Promise.resolve<OpenTarget>({
    seeds: KNOWN_RESPONSES.map((part, index) => [part, KNOWN_RESPONSES[(index * 7 + 3) % KNOWN_RESPONSES.length]!]),
    fresh: sampled(
      fc
        .array(fc.tuple(fc.constantFrom('event_ids', 'errors', 'results', 'failed', 'items'), anyJson), {
          minLength: 1,
          maxLength: 4,
        })
        .map((all) => all.map(([name, json]) => wireResponse(200, `{"${name}":${json}}`))),
    ),
    isRepeatable: () => true,
    run: (input) => run(input, waits),
    close: () => {
      waits.restore();
      return Promise.resolve();
    },
  });
}

/** What an answer can have acknowledged at the very most: so many of these events, whichever they are. */
interface Acknowledgement {
  readonly events: ReadonlySet<string>;
  readonly max: number;
}

/** An intake that answers what the input says, one answer for each request, and takes everything afterwards. */
class Scripted {
  readonly http = new CannedHttp((request) => this.#respond(request));
  readonly #acknowledgements: Acknowledgement[] = [];
  readonly #script: Input;
  #requests = 0;

  constructor(script: Input) {
    this.#script = script;
  }

  /** Those of the events that no answer can have acknowledged. */
  unacknowledged(events: readonly string[]): readonly string[] {
    const left = new Set(events);
    // Answers that name every event first: what only names a number stands for as many of the others.
    for (const { events: meant, max } of this.#acknowledgements.toSorted((a, b) => spare(a) - spare(b)))
      for (const event of [...left].filter((one) => meant.has(one)).slice(0, max)) left.delete(event);
    return [...left];
  }

  #respond({ body = Buffer.alloc(0), headers }: HttpRequest): Part {
    const text = headers['Content-Encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString();
    const { jsons } = JSON.parse(text) as { jsons: string[] };
    const part = this.#script[this.#requests] ?? ok({ event_ids: ids(jsons.length) });
    this.#requests += 1;
    if (this.#requests > MAX_REQUESTS)
      throw new Finding('hang', `${MAX_REQUESTS} requests for ${EVENTS.length} events`);
    this.#acknowledgements.push(acknowledgementIn(part, jsons));
    return part;
  }
}

function spare({ events, max }: Acknowledgement): number {
  return events.size - max;
}

/** Nothing without a success that says something about events; of a mere list of ids, no more than it has. */
function acknowledgementIn({ bytes }: Part, events: readonly string[]): Acknowledgement {
  const nothing = { events: new Set<string>(), max: 0 };
  const all = { events: new Set(events), max: events.length };
  // The module takes no larger answer, and to read one here would take the memory that is measured.
  if (bytes.length > MAX_SEKOIA_RESPONSE_BYTES) return nothing;
  const response = parseResponse(bytes);
  if (response === undefined || response.status < 200 || response.status > 299) return nothing;
  let said: unknown;
  try {
    said = JSON.parse(response.body);
  } catch {
    return nothing;
  }
  if (typeof said !== 'object' || said === null) return nothing;
  if (Array.isArray(said)) return said.length === 0 ? nothing : all;
  const { event_ids: named, ...rest } = said as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return all;
  if (!Array.isArray(named)) return nothing;
  const isNamed = (id: unknown) => id !== null && id !== false && id !== '' && id !== undefined;
  const count = named.filter(isNamed).length;
  if (named.length < events.length) return { ...all, max: count };
  return { events: new Set(events.filter((_event, index) => isNamed(named[index]))), max: events.length };
}

async function run(input: Input, waits: SkippedWaits): Promise<void> {
  waits.maxMs = 0;
  const listening = new Listening();
  const { log, health, redactor } = listening;
  const scripted = new Scripted(input);
  let nowMs = Date.UTC(2026, 10, 23, 9);
  const metrics = createIntakeMetrics(new Registry(), SECRETS.intakeKey);
  const client = new IntakeClient({
    url: 'https://intake.example/batch',
    intakeKey: SECRETS.intakeKey,
    chunkSize: CHUNK,
    compress: input.length % 2 === 0,
    http: scripted.http,
    log,
    health,
    metrics,
    redactor,
    backoff: { firstMs: 0, maxMs: 0 },
    keyBackoff: { firstMs: 0, maxMs: 0 },
    now: () => (nowMs += STEP_MS),
  });
  const { signal } = new AbortController();
  const delivered: string[] = [];
  const settled = new Set<number>();
  const reasons: string[] = [];
  for await (const { from, to, rejected } of client.deliver(EVENTS, signal)) {
    if (to <= from) throw new Finding('rows', `a receipt for ${from} to ${to}`);
    for (let index = from; index < to; index += 1) {
      if (settled.has(index)) throw new Finding('rows', `two receipts for ${index}`);
      settled.add(index);
    }
    const refused = new Set(rejected.map(({ index }) => index));
    for (const index of refused)
      if (index < from || index >= to) throw new Finding('rows', 'a rejection beyond its receipt');
    reasons.push(...rejected.map(({ reason }) => reason));
    delivered.push(...EVENTS.slice(from, to).filter((_event, index) => !refused.has(from + index)));
  }
  if (settled.size !== EVENTS.length)
    throw new Finding('rows', `${settled.size} of ${EVENTS.length} events have a receipt`);
  const unproven = scripted.unacknowledged(delivered);
  if (unproven.length > 0)
    throw new Finding(
      'acknowledgement',
      `${unproven.length} events count as delivered that no answer acknowledged: ${unproven[0]}`,
    );
  if (waits.maxMs > MAX_WAIT_MS) throw new Finding('hang', `a wait of ${waits.maxMs / 1_000} s`, 'long wait');
  listening.expectGoodTexts(input, reasons);
}
