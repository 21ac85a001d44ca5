import type { Span } from '../errors.js';

const ESCAPED_REPLACEMENT = '\\ufffd';
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
/** A pair of escapes, half of one, or any other escape, which a backslash of an escaped backslash must not begin. */
const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[^])/g;

/**
 * An event (a JSON text) as it stands in the request's body: a JSON string that contains JSON. A surrogate without its
 * other half becomes U+FFFD, raw or escaped: RFC 8259 (8.2) calls it unpredictable, and strict parsers refuse the
 * batch.
 */
export function encodeEvent(event: string): string {
  return JSON.stringify(wellFormed(event));
}

function wellFormed(event: string): string {
  const whole = event.toWellFormed();
  // The first of the two finds out fast that there is none, in nearly all events.
  if (!whole.includes('\\u') || !ESCAPED_SURROGATE.test(whole)) return whole;
  return whole.replace(ESCAPES, (escape, lone?: string) => (lone === undefined ? escape : ESCAPED_REPLACEMENT));
}

/** The intake's limits, in UTF-8 bytes: of a request before compression, and of one event. */
export const MAX_REQUEST_BYTES = 10_485_760;
export const MAX_EVENT_BYTES = 250_000;

/** An event that will not be delivered, by its index in what was given to `deliver`; `reason` is free of secrets. */
export interface Rejection {
  readonly index: number;
  readonly reason: string;
}

/** An event as it stands in the request's body: a JSON string that contains JSON. */
export interface EncodedEvent {
  readonly index: number;
  readonly text: string;
  /** Which event of this process it is: no other has the same, and it keeps it however often it is sent. */
  readonly serial: number;
}

let serials = 0;

/** Consecutive events for one request. Every index of the span is either in `events` or in `rejected`. */
export interface Chunk extends Span {
  readonly events: readonly EncodedEvent[];
  readonly rejected: readonly Rejection[];
}

export interface ChunkLimits {
  /** Most events in a chunk. */
  readonly events: number;
  /** Most bytes in the list of events: the request's limit without its envelope. */
  readonly bytes: number;
}

/** Cuts events into chunks in order, each made when it is asked for, so that only one is held encoded. */
export function* chunksOf(events: readonly string[], limits: ChunkLimits): Generator<Chunk, void, void> {
  let chunk = emptyChunk(0);
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    const size = Buffer.byteLength(event);
    if (size > MAX_EVENT_BYTES) {
      const reason = `The event has ${size} bytes; the intake takes at most ${MAX_EVENT_BYTES}.`;
      chunk.rejected.push({ index, reason });
      chunk.to = index + 1;
      continue;
    }
    const text = encodeEvent(event);
    const added = Buffer.byteLength(text) + 1;
    const full = chunk.events.length >= limits.events || bytes + added > limits.bytes;
    if (full && chunk.events.length > 0) {
      yield chunk;
      chunk = emptyChunk(index);
      bytes = 0;
    }
    serials += 1;
    chunk.events.push({ index, text, serial: serials });
    chunk.to = index + 1;
    bytes += added;
  }
  if (chunk.to > chunk.from) yield chunk;
}

interface GrowingChunk extends Chunk {
  to: number;
  readonly events: EncodedEvent[];
  readonly rejected: Rejection[];
}

function emptyChunk(from: number): GrowingChunk {
  return { from, to: from, events: [], rejected: [] };
}
