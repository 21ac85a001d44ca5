import {
  respond,
  startLoopback,
  type Received,
} from '../../../../packages/automation-sdk-shim/tests/support/loopback.js';

/** `POST /callback`, say. */
export type Kind = string;

interface Response {
  readonly status: number;
  readonly body?: unknown;
}

/** What is answered to the n-th request of a kind, from 1; undefined for what platform and intake usually answer. */
export type Responses = (kind: Kind, n: number) => Response | undefined;

export interface LogEntry {
  readonly date: string;
  readonly level: string;
  readonly message: string;
}

export interface Recorded {
  readonly kind: Kind;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The JSON of the body; undefined where there is none. */
  readonly body: unknown;
  readonly status: number;
}

export interface Recorder {
  readonly url: string;
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

/** Plays Sekoia's platform and intake on loopback, and remembers what it was asked. */
export async function startRecorder(responses: Responses): Promise<Recorder> {
  const requests: Recorded[] = [];
  const counts = new Map<Kind, number>();
  const server = await startLoopback((received, response) => {
    const kind = `${received.method} ${received.path.replace(/^\/api(?=\/\w+$)/, '')}`;
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    const body = bodyOf(received);
    const { status, body: said } = responses(kind, n) ?? usual(kind, body);
    requests.push({ kind, headers: received.headers, body, status });
    respond(response, status, said ?? {});
  });
  return { url: server.url, requests, close: () => server.close() };
}

/** The entries of all log requests, in order. */
export function logEntries(requests: readonly Recorded[]): readonly LogEntry[] {
  return requests.filter(isLogs).flatMap(({ body }) => (body as { logs: LogEntry[] }).logs);
}

export function isLogs({ kind }: Recorded): boolean {
  return kind === 'POST /logs';
}

export function isBatch(kind: Kind): boolean {
  return kind.endsWith('/batch');
}

function bodyOf(received: Received): unknown {
  return received.body.length > 0 ? received.json() : undefined;
}

function usual(kind: Kind, body: unknown): Response {
  if (kind === 'GET /secrets') return { status: 200, body: { value: {} } };
  if (!isBatch(kind)) return { status: 200, body: {} };
  const { jsons } = body as { jsons: string[] };
  return { status: 200, body: { event_ids: jsons.map(() => crypto.randomUUID()) } };
}
