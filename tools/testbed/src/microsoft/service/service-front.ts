/** How a kind of fault touches a service's answers. */
import type { IncomingMessage } from 'node:http';
import { type EchoFault, echoResponse, isEchoFault } from '../faults/echo-faults.js';
import { FaultPlan, type FaultyRequest } from '../../faults/fault-plan.js';
import { type Response, withHeaders } from '../http/messages.js';
import { RequestLog } from '../http/request-log.js';
import type { Due, ServiceOptions } from './service-options.js';

export interface FaultRules<Fault extends string> {
  /** Whether it makes sense for a request. */
  readonly applies: (kind: Fault, request: FaultyRequest) => boolean;
  /** Whether the rows of the answer arrive all the same. */
  readonly rowsArrive: (kind: Fault) => boolean;
}

/** What all services have in common: a clock, a log of the requests, and faults on demand. */
export class ServiceFront<Result extends string, Fault extends Result> {
  readonly requests = new RequestLog<Result>();
  readonly faults: FaultPlan<Fault>;
  readonly #options: Readonly<ServiceOptions>;
  readonly #rules: FaultRules<Fault>;
  #echoes = 0;

  constructor(options: Readonly<ServiceOptions>, faultSeed: number, rules: FaultRules<Fault>) {
    this.#options = options;
    this.#rules = rules;
    this.faults = new FaultPlan<Fault>(faultSeed, rules.applies);
  }

  /** The service's clock, in milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(this.#options.now() + this.#options.clockOffsetMs);
  }

  /** Answers what is due, or what a fault makes of it. */
  respond(
    request: IncomingMessage,
    url: URL,
    nowMs: number,
    due: Due<Result>,
    faultResponse: (kind: Exclude<Fault, EchoFault>) => Response,
  ): Response {
    const fault = this.faults.next({ page: due.page, linked: due.linked });
    if (fault === undefined) return this.respondUnfailingly(request, url, nowMs, due);
    const rows = this.#rules.rowsArrive(fault) ? due.rows : 0;
    return this.respondUnfailingly(request, url, nowMs, {
      ...due,
      rows,
      result: fault,
      respond: () =>
        isEchoFault(fault)
          ? echoResponse(fault, request, due.body ?? '', (this.#echoes += 1))
          : faultResponse(fault as Exclude<Fault, EchoFault>),
    });
  }

  /** Answers what is due, whatever faults are planned; writes it down in `requests` and puts the Date on it. */
  respondUnfailingly(request: IncomingMessage, url: URL, nowMs: number, due: Due<Result>): Response {
    const { credentials, startMs, endMs, skiptoken, page, rows, result } = due;
    const given = this.#options.alter(due.respond(), { atMs: nowMs, startMs, endMs, page, skiptoken });
    this.requests.add({
      atMs: nowMs,
      method: request.method ?? '',
      path: url.pathname,
      startMs,
      endMs,
      skiptoken,
      page,
      credentials,
      status: given.manner === 'reset' || given.manner === 'silence' ? null : given.status,
      rows,
      result,
    });
    const dated = withHeaders(given, { Date: new Date(nowMs + this.#options.dateOffsetMs).toUTCString() });
    return { ...dated, delayMs: given.delayMs + this.#options.latencyMs };
  }
}
