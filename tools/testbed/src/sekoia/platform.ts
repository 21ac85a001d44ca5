import { HttpError, readBody, respondWithJson } from '../http/messages.js';
import { isLogLevel, LOG_LEVELS, type LogLevel } from './log-levels.js';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { FaultPlan, type RandomFaults } from '../faults/fault-plan.js';
import { playServerFault, type ServerFault } from './server-faults.js';
import { serveOnLoopback } from '../http/loopback-server.js';
import { Ring, WaitingRoom, type WaitOptions } from '../wait-for.js';

export interface LogEntry {
  /** ISO 8601 in UTC without a zone, as Sekoia's Python SDK writes it: `2026-11-23T09:30:00.250000`. */
  readonly date: string;
  readonly level: LogLevel;
  readonly message: string;
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/;

/**
 * The entries of a body `{"logs": [{"date", "level", "message"}]}`.
 *
 * Read more strictly than Sekoia is known to: a date with a zone or a level of another name is a breach of the
 * contract.
 *
 * @throws {HttpError} 400 naming the first entry that is not as it should be.
 */
function readLogEntries(body: unknown): readonly LogEntry[] {
  const logs = asRecord(body)?.['logs'];
  if (!Array.isArray(logs)) throw new HttpError(400, 'The body is not {"logs": […]}: send the entries as a list.');
  return logs.map(readLogEntry);
}

function readLogEntry(entry: unknown, position: number): LogEntry {
  const { date, level, message } = asRecord(entry) ?? {};
  if (typeof date !== 'string' || !DATE.test(date)) {
    throw new HttpError(400, `logs[${position}].date is not ISO 8601 in UTC without a zone: write it like this.`);
  }
  if (!isLogLevel(level)) {
    throw new HttpError(400, `logs[${position}].level is unknown: use one of ${LOG_LEVELS.join(', ')}.`);
  }
  if (typeof message !== 'string') throw new HttpError(400, `logs[${position}].message is no string: send text.`);
  return { date, level, message };
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** One request to the platform. The bearer token is checked and not recorded, so that a record can be shown. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Without `authorization`. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Whether the bearer token was the right one. */
  readonly authorized: boolean;
  /** As parsed from JSON; the text where it is none; undefined where there was no body. */
  readonly body: unknown;
}

function recordRequest(request: IncomingMessage, token: string, body: string): RecordedRequest {
  const { authorization, ...headers } = request.headers;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers,
    authorized: authorization === `Bearer ${token}`,
    body: body === '' ? undefined : parseLeniently(body),
  };
}

function parseLeniently(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** The name of the playbook run that a request asks for, as `send_event` of the SDK does it; undefined for others. */
export function playbookRunIn({ method, path, authorized, body }: RecordedRequest): string | undefined {
  const name = asRecord(body)?.['name'];
  return method === 'POST' && path === '/callback' && authorized && typeof name === 'string' ? name : undefined;
}

const ENDPOINTS = ['callback', 'logs', 'secrets'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

const MAX_BODY_BYTES = 10_485_760;

export interface PlatformOptions {
  /** The bearer token that every request must carry; others are answered 401. */
  readonly token: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /**
   * What `GET /secrets` answers under `value`, and `PATCH /callback` under `module_configuration.value`. Default:
   * nothing in it.
   */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** What `GET /secrets` answers under `node_value`: settings of the trigger's own. Default: no such member. */
  readonly nodeSecrets?: Readonly<Record<string, unknown>>;
  /** For each endpoint its own draw, all from the same seed. */
  readonly faults?: RandomFaults<ServerFault>;
  /** What Retry-After says in the faults that carry it. Default 1. */
  readonly retryAfterSeconds?: number;
  /** How many of the last requests, and how many of the last log entries, are kept. Default 1,000. */
  readonly keep?: number | 'all';
  /** Called with each request that was not lost to a fault, before it is answered; must not throw. */
  readonly onRequest?: (request: RecordedRequest) => void;
  /** Called with each accepted log entry; must not throw. */
  readonly onLog?: (entry: LogEntry) => void;
}

/** What the platform has received: the requests and log entries that are kept, oldest first. */
export interface PlatformRecords {
  readonly requests: readonly RecordedRequest[];
  readonly logs: readonly LogEntry[];
}

export interface Platform {
  /** The value `url_callback`; `url_logs` and `url_secrets` follow from it. */
  readonly callbackUrl: string;
  readonly faults: Readonly<Record<Endpoint, FaultPlan<ServerFault>>>;
  records(): PlatformRecords;
  /** @throws Error when the records do not fulfil `holds` in time, or the platform is closed before. */
  until(holds: (records: PlatformRecords) => boolean, options?: WaitOptions): Promise<PlatformRecords>;
  close(): Promise<void>;
}

/** Starts a stand-in for the three endpoints of Sekoia's playbook platform that a module talks to. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { token, secrets = {}, nodeSecrets, retryAfterSeconds = 1, keep = 1000, onRequest, onLog } = options;
  const capacity = keep === 'all' ? Infinity : keep;
  const requests = new Ring<RecordedRequest>(capacity);
  const logs = new Ring<LogEntry>(capacity);
  const faults: Record<Endpoint, FaultPlan<ServerFault>> = {
    callback: FaultPlan.of(options.faults),
    logs: FaultPlan.of(options.faults),
    secrets: FaultPlan.of(options.faults),
  };
  const records = () => ({ requests: requests.items(), logs: logs.items() });
  const waiting = new WaitingRoom(records);

  function perform(endpoint: Endpoint, { method, body }: RecordedRequest): unknown {
    if (endpoint === 'secrets' && method === 'GET')
      return { value: secrets, ...(nodeSecrets && { node_value: nodeSecrets }) };
    if (endpoint === 'callback' && method === 'PATCH') return { module_configuration: { value: secrets } };
    if (endpoint === 'callback' && method === 'POST') return {};
    if (endpoint !== 'logs' || method !== 'POST') throw new HttpError(405, `/${endpoint} does not answer ${method}.`);
    for (const entry of readLogEntries(body)) {
      logs.push(entry);
      onLog?.(entry);
    }
    return {};
  }

  async function receive(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = faults[endpoint].next();
    if (fault !== undefined) {
      await playServerFault(fault, request, response, retryAfterSeconds);
      return;
    }
    const body = await readBody(request, { maxBytes: MAX_BODY_BYTES, acceptGzip: false });
    const recorded = recordRequest(request, token, body);
    requests.push(recorded);
    onRequest?.(recorded);
    try {
      if (!recorded.authorized) throw new HttpError(401, 'The bearer token is not known here: check the value token.');
      respondWithJson(response, 200, perform(endpoint, recorded));
    } finally {
      waiting.announce();
    }
  }

  const server = await serveOnLoopback(options.port ?? 0, async (request, response) => {
    try {
      const endpoint = ENDPOINTS.find((name) => request.url === `/${name}`);
      if (endpoint === undefined) throw new HttpError(404, `Only ${ENDPOINTS.join(', ')} are answered here.`);
      await receive(endpoint, request, response);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      respondWithJson(response, error.status, { error: error.message });
    }
  });

  return {
    callbackUrl: `${server.origin}/callback`,
    faults,
    records,
    until: (holds, waitOptions) => waiting.until(holds, waitOptions),
    close: async () => {
      waiting.close('the platform was closed');
      await server.close();
    },
  };
}
