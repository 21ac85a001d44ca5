import { Registry } from 'prom-client';
import { Health } from '../health.js';
import type { HttpClient } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import { Log } from '../log/log.js';
import { SECRETS } from '../log/redactor.js';
import { batchAddress } from '../module/connector.js';
import { batchBody, postBatch } from './batch-request.js';
import { type EncodedEvent, chunksOf } from './chunks.js';
import { IdMemory } from './event-ids.js';
import { IntakeClient } from './intake-client.js';
import { createIntakeMetrics } from './intake-metrics.js';
import { readFailure, readResponse } from './reading.js';

const RESPONSE_MS = 20_000;

export interface ShortIntakeOptions {
  /** The setting `intake_server`. */
  readonly server: string;
  readonly key: string;
  readonly http: HttpClient;
}

/**
 * What an intake says to a batch:
 * - `accepted`: it has taken an event, or a batch without one
 * - `key`: it does not know the key
 * - `unclear`: it is there, and its answer says nothing about the key
 * - `away`: it does not answer, or fails
 */
export interface IntakeAnswer {
  readonly kind: 'accepted' | 'key' | 'unclear' | 'away';
  readonly reason: string;
}

/**
 * Sends one event to an intake, or a batch without any, once, and reads the answer.
 * @throws ConfigurationError where the address is none
 */
export async function askIntake(
  { server, key, http }: ShortIntakeOptions,
  event: string | undefined,
  signal: AbortSignal,
): Promise<IntakeAnswer> {
  const url = batchAddress({ given: server, platform: undefined, fallback: undefined });
  const events = event === undefined ? [] : eventsOf(event);
  const body = await batchBody(key, events, false);
  try {
    const response = await postBatch({ url, body, http, responseMs: RESPONSE_MS, signal });
    const { status } = response;
    // A batch without events has no ids.
    if (event === undefined && status >= 200 && status < 300)
      return { kind: 'accepted', reason: `it answered ${status}` };
    const context = { events, known: new IdMemory(), acknowledgedBefore: true, nowMs: Date.now() };
    const reading = readResponse(response, context);
    if (reading.kind === 'taken') return { kind: 'accepted', reason: `it answered ${status}` };
    return { kind: kindOf(reading.kind, reading.namesKey, status), reason: reading.reason };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NetworkError)) throw error;
    return { kind: 'away', reason: readFailure(error).reason };
  }
}

/** Which status stands for an unknown key is not documented: 401, 403 and the one that names it. */
function kindOf(kind: string, namesKey: boolean, status: number): IntakeAnswer['kind'] {
  if (namesKey || status === 401 || status === 403) return 'key';
  return kind === 'failed' || kind === 'away' || kind === 'misdirected' || status === 404 ? 'away' : 'unclear';
}

function eventsOf(text: string): readonly EncodedEvent[] {
  const [chunk] = chunksOf([text], { events: 1, bytes: Infinity });
  return chunk === undefined ? [] : chunk.events;
}

/** A client for a process that sends some events and ends. What it has to say goes to `say`. */
export function openIntake(
  { server, key, http }: ShortIntakeOptions,
  {
    chunkSize,
    compress,
    say,
  }: { readonly chunkSize: number; readonly compress: boolean; readonly say: (sentence: string) => void },
): IntakeClient {
  const log = new Log({ redactor: SECRETS, threshold: 'info', write: (_level, text) => say(text) });
  return new IntakeClient({
    url: batchAddress({ given: server, platform: undefined, fallback: undefined }),
    intakeKey: key,
    chunkSize,
    compress,
    http,
    log,
    health: new Health({ redactor: SECRETS, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 }),
    metrics: createIntakeMetrics(new Registry(), key),
    redactor: SECRETS,
  });
}
