import { HttpError, readBody, respondWithJson } from '../http/messages.js';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultPlan, type RandomFaults } from '../faults/fault-plan.js';
import { playServerFault } from './server-faults.js';
import { serveOnLoopback } from '../http/loopback-server.js';
import { Ring, WaitingRoom, type WaitOptions } from '../wait-for.js';
import {
  addBatch,
  addRequest,
  type IntakeFault,
  type IntakeTotals,
  isServerFault,
  NO_TOTALS,
  type RequestResult,
} from './intake-totals.js';

/** The limits that Sekoia documents for its HTTP intake, in bytes of UTF-8. */
export const MAX_REQUEST_BYTES = 10_485_760;
export const MAX_EVENT_BYTES = 250_000;

interface BatchRules {
  readonly intakeKey: string;
  /** Which one Sekoia answers to a wrong key is not documented. */
  readonly wrongKeyStatus: 401 | 403;
  /** Events for which this is true are refused with 422, and their batch with them. */
  readonly refuses: (event: string) => boolean;
}

/**
 * The events of a request's body `{"intake_key": string, "jsons": string[]}`.
 *
 * @throws {HttpError} 400 for what is no such object and for an event that is too long, 401 or 403 for a wrong key, 422
 *   for
 *   an event that is no string or that the rules refuse.
 */
function readBatch(body: string, rules: BatchRules): readonly string[] {
  const { intakeKey, jsons } = parseEnvelope(body);
  if (intakeKey !== rules.intakeKey) {
    throw new HttpError(rules.wrongKeyStatus, 'The intake key is not known here: check it.');
  }
  return jsons.map((event, position) => checkEvent(event, position, rules));
}

function parseEnvelope(body: string): { intakeKey: string; jsons: readonly unknown[] } {
  const envelope = parseJson(body);
  if (typeof envelope !== 'object' || envelope === null) throw malformed('it is no JSON object');
  const { intake_key: intakeKey, jsons } = envelope as Record<string, unknown>;
  if (typeof intakeKey !== 'string') throw malformed('intake_key is no string');
  if (!Array.isArray(jsons)) throw malformed('jsons is no list');
  return { intakeKey, jsons };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw malformed('it is no JSON');
  }
}

function malformed(what: string): HttpError {
  return new HttpError(400, `The body cannot be read, ${what}: send {"intake_key": "…", "jsons": ["…"]}.`);
}

function checkEvent(event: unknown, position: number, rules: BatchRules): string {
  if (typeof event !== 'string') {
    throw new HttpError(422, `jsons[${position}] is no string: send each event as text.`);
  }
  const bytes = Buffer.byteLength(event);
  if (bytes > MAX_EVENT_BYTES) {
    throw new HttpError(400, `jsons[${position}] has ${bytes} bytes where ${MAX_EVENT_BYTES} are allowed: shorten it.`);
  }
  if (rules.refuses(event)) throw new HttpError(422, `jsons[${position}] is refused: send the others without it.`);
  return event;
}

export interface IntakeOptions {
  readonly intakeKey: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** What comes before `/batch`, such as `/api/v1/intake-http`. Default: nothing. */
  readonly basePath?: string;
  /** Default 401. */
  readonly wrongKeyStatus?: 401 | 403;
  /** Default true; without it a compressed body is answered 415. */
  readonly acceptGzip?: boolean;
  readonly faults?: RandomFaults<IntakeFault>;
  /** How late the answers of the fault `slow` are. Default 250. */
  readonly slowMs?: number;
  /** What Retry-After says in the faults that carry it. Default 1. */
  readonly retryAfterSeconds?: number;
  /** How many of the last events are kept as text. Default 1,000. */
  readonly keep?: number | 'all';
  /** Called with each stored batch before it is acknowledged; must not throw. */
  readonly onEvents?: (events: readonly string[]) => void;
}

/** A batch as it came in. */
interface ReceivedBatch {
  readonly events: readonly string[];
  readonly isCompressed: boolean;
}

/** What an intake does with a batch instead of taking it. */
interface BatchResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The events that are stored nevertheless. Default: none. */
  readonly stored?: readonly string[];
  /** How late the answer is, in ms. The events are stored before. Default 0. */
  readonly afterMs?: number;
}

export interface Intake {
  /** What a module's setting `intake_server` must be: without `/batch`. */
  readonly url: string;
  readonly faults: FaultPlan<IntakeFault>;
  totals(): IntakeTotals;
  /** The events that are kept, oldest first. */
  events(): readonly string[];
  /** @throws Error when the totals do not fulfil `holds` in time, or the intake is closed before. */
  until(holds: (totals: IntakeTotals) => boolean, options?: WaitOptions): Promise<IntakeTotals>;
  /** From now on, refuses with 422 each batch that holds an event for which `refuses` is true. */
  refuseEvents(refuses: (event: string) => boolean): void;
  /** From now on, answers each batch that reads well as `rule` says, and takes those for which it says nothing. */
  respondToBatches(rule: (batch: ReceivedBatch) => BatchResponse | undefined): void;
  close(): Promise<void>;
}

/** Starts a stand-in for Sekoia's HTTP intake: `POST <url>/batch`, limits included. */
export async function startIntake(options: IntakeOptions): Promise<Intake> {
  const { intakeKey, basePath = '', wrongKeyStatus = 401, acceptGzip = true, onEvents } = options;
  const { slowMs = 250, retryAfterSeconds = 1, keep = 1000 } = options;
  const faults = FaultPlan.of(options.faults);
  const kept = new Ring<string>(keep === 'all' ? Infinity : keep);
  const waiting = new WaitingRoom(() => totals);
  let totals = NO_TOTALS;
  let refuses: (event: string) => boolean = () => false;
  let rule: (batch: ReceivedBatch) => BatchResponse | undefined = () => undefined;

  function count(result: RequestResult): void {
    totals = addRequest(totals, result);
    waiting.announce();
  }

  function store(events: readonly string[]): void {
    totals = addBatch(totals, events);
    for (const event of events) kept.push(event);
    onEvents?.(events);
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = faults.next();
    if (fault !== undefined && isServerFault(fault)) {
      count(`fault-${fault}`);
      await playServerFault(fault, request, response, retryAfterSeconds);
      return;
    }
    const body = await readBody(request, { maxBytes: MAX_REQUEST_BYTES, acceptGzip });
    const events = readBatch(body, { intakeKey, wrongKeyStatus, refuses });
    const ruled = rule({ events, isCompressed: request.headers['content-encoding'] !== undefined });
    if (ruled !== undefined) {
      const { status, stored = [], afterMs = 0 } = ruled;
      if (stored.length > 0) store(stored);
      count(stored.length > 0 ? 'accepted' : `refused-${status}`);
      if (afterMs > 0) await delay(afterMs);
      respondWithJson(response, status, ruled.body, ruled.headers);
      return;
    }
    store(events);
    count(fault === undefined ? 'accepted' : `fault-${fault}`);
    if (fault === 'lost-acknowledgement') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === 'slow') await delay(slowMs);
    const ids = events.map(() => randomUUID());
    respondWithJson(response, 200, { event_ids: ids.slice(0, namedBy(fault, ids.length)) });
  }

  const server = await serveOnLoopback(options.port ?? 0, async (request, response) => {
    if (request.method !== 'POST' || request.url !== `${basePath}/batch`) {
      respondWithJson(response, 404, { error: `Only POST ${basePath}/batch is answered here.` });
      return;
    }
    try {
      await receive(request, response);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      count(`refused-${error.status}`);
      respondWithJson(response, error.status, { error: error.message });
    }
  });

  return {
    url: server.origin + basePath,
    faults,
    totals: () => totals,
    events: () => kept.items(),
    until: (holds, waitOptions) => waiting.until(holds, waitOptions),
    refuseEvents: (predicate) => {
      refuses = predicate;
    },
    respondToBatches: (given) => {
      rule = given;
    },
    close: async () => {
      waiting.close('the intake was closed');
      await server.close();
    },
  };
}

/** How many of the stored events the answer names. */
function namedBy(fault: IntakeFault | undefined, events: number): number {
  if (fault === 'no-ids') return 0;
  return fault === 'fewer-ids' ? events - 1 : events;
}
