import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { Registry } from 'prom-client';
import { Health } from '../../src/health.js';
import { HttpClient } from '../../src/http/http-client.js';
import { IntakeClient, type IntakeOptions, type Receipt } from '../../src/intake/intake-client.js';
import { createIntakeMetrics } from '../../src/intake/intake-metrics.js';
import { respond, startLoopback, type Handler, type Loopback, type Received } from './loopback.js';
import { recordedLog, type RecordedLog } from './recorded-log.js';

export const KEY = 'the-intake-key';
export const NEVER = new AbortController().signal;
const http = new HttpClient({ userAgent: 'sekoiaio-module/test-1.0.0' });

/** An answer: status, body, headers. */
export type Response = [status: number, body: unknown, headers?: Record<string, string>];

/** An intake on loopback that does as a test says, and a client for it whose waits take no time. */
export class IntakeBench {
  handle: Handler = (request, response) => respond(response, 200, acknowledgement(request));
  server!: Loopback;
  recorded!: RecordedLog;
  registry!: Registry;
  health!: Health;
  nowMs = 0;
  /** Everything that was acknowledged by `handle` of `refuseWhere` and the like. */
  stored: string[] = [];

  /** Opens it before each test of the file and closes it after. */
  static forEachTest(): IntakeBench {
    const bench = new IntakeBench();
    beforeEach(() => bench.open());
    afterEach(() => bench.server.close());
    return bench;
  }

  async open(): Promise<void> {
    this.stored = [];
    this.handle = (request, response) => this.accept(request, response);
    this.server = await startLoopback((request, response) => this.handle(request, response));
    this.nowMs = Date.now();
    const now = () => this.nowMs;
    this.recorded = recordedLog(now);
    this.recorded.redactor.add(KEY);
    this.registry = new Registry();
    const { redactor } = this.recorded;
    this.health = new Health({ redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0, now });
  }

  readonly accept: Handler = (request, response) => {
    this.stored.push(...eventsIn(request));
    respond(response, 200, acknowledgement(request));
  };

  /** Answers so where `when` holds, and takes everything else. */
  responseWhere(when: (request: Received) => boolean, ...given: Response): void {
    this.handle = (request, response) => {
      if (when(request)) respond(response, ...given);
      else this.accept(request, response);
    };
  }

  /** Fails the first requests with these answers, and takes everything after them. */
  failFirst(...responses: Response[]): void {
    this.handle = (request, response) => {
      const failure = responses.shift();
      if (failure === undefined) this.accept(request, response);
      else respond(response, ...failure);
    };
  }

  client(options: Partial<IntakeOptions> = {}): IntakeClient {
    return new IntakeClient({
      url: `${this.server.url}/api/v1/intake-http/batch`,
      intakeKey: KEY,
      chunkSize: 10,
      compress: false,
      http,
      log: this.recorded.log,
      health: this.health,
      metrics: createIntakeMetrics(this.registry, KEY),
      redactor: this.recorded.redactor,
      backoff: { firstMs: 1, maxMs: 2 },
      keyBackoff: { firstMs: 1, maxMs: 2 },
      now: () => this.nowMs,
      ...options,
    });
  }

  deliverAll(events: string[], options: Partial<IntakeOptions> = {}, signal = NEVER): Promise<Receipt[]> {
    return receiptsOf(this.client(options), events, signal);
  }

  async metric(name: string): Promise<number> {
    const values = await this.registry.getSingleMetric(name)!.get();
    return values.values[0]!.value;
  }

  /** What the health page says, as an object. */
  healthPage(): { httpStatus: number; status: string; reasons: { matter: string; reason: string }[] } {
    const { status, body } = this.health.liveness();
    return { httpStatus: status, ...(JSON.parse(body) as { status: string; reasons: [] }) };
  }

  /** How many events each request had. */
  get sizes(): number[] {
    return this.server.received.map((request) => eventsIn(request).length);
  }
}

export async function receiptsOf(client: IntakeClient, events: string[], signal = NEVER): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of client.deliver(events, signal)) receipts.push(receipt);
  return receipts;
}

export function eventsIn(request: Received): string[] {
  return (request.json() as { jsons: string[] }).jsons;
}

export function acknowledgement(request: Received) {
  return { event_ids: eventsIn(request).map(() => randomUUID()) };
}

/** `{"n":0}`, `{"n":1}`, … */
export const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_none, index) => JSON.stringify({ n: from + index }));
export const spans = (receipts: Receipt[]) => receipts.map(({ from, to }) => [from, to]);
export const rejectedIn = (receipts: Receipt[]) => receipts.flatMap(({ rejected }) => rejected);
export const rejectedIndices = (receipts: Receipt[]) =>
  rejectedIn(receipts)
    .map(({ index }) => index)
    .sort((one, other) => one - other);
/** Whether a batch holds a number for which `bad` is true. */
export const holds = (bad: (n: number) => boolean) => (request: Received) =>
  eventsIn(request).some((event) => bad((JSON.parse(event) as { n: number }).n));

/** Each of the events has one receipt, in whatever order. */
export function expectEachOnce(receipts: Receipt[], end: number): void {
  const inOrder = receipts.toSorted((one, other) => one.from - other.from);
  expect(inOrder[0]?.from).toBe(0);
  for (const [index, { from }] of inOrder.slice(1).entries()) expect(from).toBe(inOrder[index]!.to);
  expect(inOrder.at(-1)?.to).toBe(end);
}
