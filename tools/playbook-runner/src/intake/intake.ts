import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultPlan, playServerFault, type RandomFaults } from '../faults/fault-plan.js';
import { HttpError, readBody, respondWithJson } from '../http/messages.js';
import { serveOnLoopback } from '../http/loopback-server.js';
import { Ring, WaitingRoom, type WaitOptions } from '../waiting/wait-for.js';
import { MAX_REQUEST_BYTES, readBatch } from './batch.js';
import { type IntakeFault, isServerFault } from './intake-fault.js';
import { addBatch, addRequest, type IntakeTotals, NO_TOTALS, type RequestResult } from './totals.js';

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
  const faults = new FaultPlan(options.faults);
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
