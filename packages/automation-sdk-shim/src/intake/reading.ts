import type { HttpResponse } from '../http/http-client.js';
import type { NetworkError } from '../http/network-error.js';
import { retryAfterMs } from '../http/retry-after.js';
import { excerpt } from '../log/foreign-text.js';
import type { EncodedEvent } from './chunks.js';
import { readBatchResponse } from './event-fates.js';
import type { Fate } from './event-entry.js';
import type { KnownIds } from './event-ids.js';

/** What an answer, or none, says about the batch that was sent. */
export type Reading = Taken | NotTaken;

/** At least one event was accepted; `fates` are in the order of the batch. */
export interface Taken {
  readonly kind: 'taken';
  readonly fates: readonly Fate[];
  /** Whatever the answer gives as the id of each event, as far as its places say whose it is. */
  readonly ids: readonly unknown[];
}

/**
 * Nothing was accepted, as far as the answer says.
 * - `refused`: something in the batch is refused, or everything is. With fewer events it may pass.
 * - `failed`: the intake failed. A certain event can be the cause, and so can an outage.
 * - `key`: the intake key is not known (yet). Says nothing about the events.
 * - `settings`: the intake turns the module away. A person may have to act, or something in between blocks certain
 *   texts.
 * - `away`: no connection, or too many requests. Says nothing about the events.
 * - `slow`: no answer within the limit. The intake may be too slow for so many events.
 * - `short`: a success with fewer event ids than events, which does not say whose they are.
 * - `unacknowledged`: a success that names no event although some were sent.
 * - `misdirected`: a redirect that must not be followed.
 */
export interface NotTaken {
  readonly kind:
    ('refused' | 'failed' | 'key' | 'settings' | 'away' | 'misdirected') | ('slow' | 'short' | 'unacknowledged');
  readonly reason: string;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Whether the intake may have taken events although it did not say so. */
  readonly perhapsDelivered: boolean;
  /** How many events the answer gives an id, without saying which. */
  readonly namedEvents: number;
  /** Of `key`: the answer names the key, so that the events are certainly not to blame. */
  readonly namesKey: boolean;
}

/** The only part of Sekoia's answer to an unknown key that is public (SDK, pull request 252). */
const UNKNOWN_KEY = 'INTAKE_KEY_ERROR';

export interface BatchContext {
  readonly events: readonly EncodedEvent[];
  /** What the ids of earlier answers stand for. */
  readonly known: KnownIds;
  /** Whether the intake has acknowledged anything since the start. */
  readonly acknowledgedBefore: boolean;
  readonly nowMs: number;
}

/**
 * Reads an answer of the intake. Most of its codes are not documented, so they are taken by their usual meaning. A 422
 * before the first acknowledgement is taken for a key that is not active yet, as Sekoia's SDK does.
 */
export function readResponse(response: HttpResponse, context: BatchContext): Reading {
  const { status, text } = response;
  const isSuccess = status >= 200 && status < 300;
  // To look for secrets in a long list of ids is dear, and nobody reads it.
  const shown = isSuccess ? '' : excerpt(text);
  const reason = `it answered ${status}${shown === '' ? '' : `: ${shown}`}`;
  const asked = retryAfterMs(response, context.nowMs);
  const base = { reason, status, retryAfterMs: asked, perhapsDelivered: false, namedEvents: 0, namesKey: false };
  if (isSuccess) return readSuccess(response, context, base);
  if (status >= 300 && status < 400) return { ...base, kind: 'misdirected' };
  if (status >= 500 || status === 408) {
    // What asks for patience by itself is no poison event's doing.
    const kind = status === 503 && asked !== undefined ? 'away' : 'failed';
    return { ...base, kind, reason: `it answered ${status}`, perhapsDelivered: true };
  }
  if (status === 425 || status === 429) return { ...base, kind: 'away', reason: `it answered ${status}` };
  if (status === 401 || status === 403 || status === 404) return { ...base, kind: 'settings' };
  const namesKey = status === 422 && text.includes(UNKNOWN_KEY);
  if (namesKey || (status === 422 && !context.acknowledgedBefore)) return { ...base, kind: 'key', namesKey };
  return { ...base, kind: 'refused' };
}

/** Reads what came instead of an answer. */
export function readFailure(error: NetworkError): NotTaken {
  const { message, perhapsArrived, isTimeOut } = error;
  const unanswered = isTimeOut ? 'slow' : 'failed';
  return {
    kind: perhapsArrived ? unanswered : 'away',
    reason: message,
    status: undefined,
    retryAfterMs: undefined,
    perhapsDelivered: perhapsArrived,
    namedEvents: 0,
    namesKey: false,
  };
}

function readSuccess({ status, text }: HttpResponse, context: BatchContext, base: Omit<NotTaken, 'kind'>): Reading {
  const read = readBatchResponse(text, context.events, context.known);
  switch (read.kind) {
    case 'unreadable': {
      const reason = `it answered ${status} without the event_ids that acknowledge a batch`;
      return { ...base, kind: 'failed', reason, perhapsDelivered: true };
    }
    case 'no-ids': {
      const reason = `it answered ${status} with no event id for ${counted(context.events.length)}`;
      return { ...base, kind: 'unacknowledged', reason, perhapsDelivered: true };
    }
    case 'short': {
      const ids = read.named === 1 ? '1 event id' : `${read.named} event ids`;
      const reason = `it answered ${status} and named ${ids} for ${counted(context.events.length)}`;
      return { ...base, kind: 'short', reason, perhapsDelivered: true, namedEvents: read.named };
    }
    case 'some-refused':
      return { ...base, kind: 'refused', reason: read.reason, perhapsDelivered: true };
    case 'fates':
      return readFates(read, base);
  }
}

function counted(events: number): string {
  return events === 1 ? '1 event' : `${events} events`;
}

function readFates({ fates, ids }: Omit<Taken, 'kind'>, base: Omit<NotTaken, 'kind'>): Reading {
  if (fates.some(({ kind }) => kind === 'accepted')) return { kind: 'taken', fates, ids };
  const refused = fates.find((fate) => fate.kind === 'refused');
  if (refused !== undefined) {
    const namesKey = refused.reason.includes(UNKNOWN_KEY);
    return { ...base, kind: namesKey ? 'key' : 'refused', reason: refused.reason, namesKey };
  }
  const later = fates.filter((fate) => fate.kind === 'later');
  const failed = later.find(({ overloaded }) => !overloaded);
  const reason = (failed ?? later[0])?.reason ?? base.reason;
  return { ...base, kind: failed === undefined ? 'away' : 'failed', reason, perhapsDelivered: true };
}
