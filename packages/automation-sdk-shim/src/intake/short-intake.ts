import type { HttpClient } from '../http/http-client.js';
import { NetworkError } from '../http/network-error.js';
import { batchAddress } from '../module/connector.js';
import { batchBody, envelopeBytes, postBatch } from './batch-request.js';
import { chunksOf, type EncodedEvent, MAX_REQUEST_BYTES, type Rejection } from './chunks.js';
import { IdMemory } from './event-ids.js';
import { readFailure, readResponse } from './reading.js';

const RESPONSE_MS = 30_000;

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
 * - `unclear`: it is there and takes no event of the batch, which says nothing about the key
 * - `away`: it does not answer, or fails
 */
export interface IntakeAnswer {
  readonly kind: 'accepted' | 'key' | 'unclear' | 'away';
  readonly reason: string;
}

/** With which of the events it has taken. */
interface BatchAnswer extends IntakeAnswer {
  readonly accepted: readonly EncodedEvent[];
}

/**
 * Sends one event to an intake, or a batch without any, once, and reads the answer.
 * @throws ConfigurationError where the address is none
 */
export function askIntake(
  target: ShortIntakeOptions,
  event: string | undefined,
  signal: AbortSignal,
): Promise<IntakeAnswer> {
  const [chunk] = event === undefined ? [] : chunksOf([event], { events: 1, bytes: MAX_REQUEST_BYTES });
  return askBatch(target, chunk?.events ?? [], signal);
}

/** What became of some events; `stopped` says why those that were not named yet were not sent. */
export interface Sent {
  /** By index in what was given. */
  readonly accepted: readonly number[];
  readonly rejected: readonly Rejection[];
  readonly stopped?: string;
}

/**
 * Sends events, each until the intake takes it or refuses it by itself, for a process that sends some and ends: where
 * the intake is away, it stops. The next batch goes out when the consumer asks for more.
 */
export async function* sendEach(
  target: ShortIntakeOptions,
  events: readonly string[],
  chunkSize: number,
  signal: AbortSignal,
): AsyncGenerator<Sent, void, undefined> {
  const limits = { events: chunkSize, bytes: MAX_REQUEST_BYTES - envelopeBytes(target.key) };
  for (const chunk of chunksOf(events, limits)) {
    if (chunk.rejected.length > 0) yield { accepted: [], rejected: chunk.rejected };
    const parts = chunk.events.length > 0 ? [chunk.events] : [];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const { kind, reason, accepted } = await askBatch(target, part, signal);
      const stopped = kind === 'key' || kind === 'away' ? reason : undefined;
      const taken = new Set(accepted);
      const left = part.filter((event) => !taken.has(event));
      const refused = part.length === 1 && stopped === undefined ? left : [];
      yield {
        accepted: accepted.map(({ index }) => index),
        rejected: refused.map(({ index }) => ({ index, reason })),
        ...(stopped !== undefined && { stopped }),
      };
      if (stopped !== undefined) return;
      if (refused.length > 0 || left.length === 0) continue;
      // One event can be the reason for which all that are sent with it are refused.
      const middle = Math.ceil(left.length / 2);
      parts.push(...[left.slice(middle), left.slice(0, middle)].filter(({ length }) => length > 0));
    }
  }
}

async function askBatch(
  { server, key, http }: ShortIntakeOptions,
  events: readonly EncodedEvent[],
  signal: AbortSignal,
): Promise<BatchAnswer> {
  const url = batchAddress({ given: server, platform: undefined, fallback: undefined });
  const body = await batchBody(key, events, false);
  try {
    const response = await postBatch({ url, body, http, responseMs: RESPONSE_MS, signal });
    const { status } = response;
    const reason = `it answered ${status}`;
    // A batch without events has no ids.
    if (events.length === 0 && status >= 200 && status < 300) return { kind: 'accepted', reason, accepted: [] };
    const reading = readResponse(response, {
      events,
      known: new IdMemory(),
      acknowledgedBefore: true,
      nowMs: Date.now(),
    });
    if (reading.kind !== 'taken')
      return { kind: kindOf(reading.kind, reading.namesKey, status), reason: reading.reason, accepted: [] };
    const accepted = events.filter((_event, index) => reading.fates[index]?.kind === 'accepted');
    return { kind: 'accepted', reason, accepted };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NetworkError)) throw error;
    return { kind: 'away', reason: readFailure(error).reason, accepted: [] };
  }
}

/** Which status stands for an unknown key is not documented: 401, 403 and the one that names it. */
function kindOf(kind: string, namesKey: boolean, status: number): IntakeAnswer['kind'] {
  if (namesKey || status === 401 || status === 403) return 'key';
  return ['failed', 'away', 'slow', 'misdirected', 'short', 'unacknowledged'].includes(kind) || status === 404
    ? 'away'
    : 'unclear';
}
