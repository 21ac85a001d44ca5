import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { respondWithJson, responseText } from '../http/messages.js';

/**
 * Numbers in [0, 1) that are the same for the same seed (mulberry32, public domain), so that a failing run can be
 * repeated.
 */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RandomFaults<Kind> {
  /** The share of the requests that meet with a fault, 0 … 1. */
  readonly share: number;
  /** Each is as likely as the others. */
  readonly kinds: readonly Kind[];
  /** Default 1. The same seed gives the same faults to the same sequence of requests. */
  readonly seed?: number;
}

/**
 * Which fault the next request meets with, if any.
 *
 * An outage comes before what `failNext` ordered, and that before what is drawn at random.
 */
export class FaultPlan<Kind extends string> {
  readonly #ordered: Kind[] = [];
  #outage: Kind | undefined;
  #draw: () => Kind | undefined = () => undefined;

  constructor(faults?: RandomFaults<Kind>) {
    if (faults) this.failAtRandom(faults);
  }

  failAtRandom({ share, kinds, seed = 1 }: RandomFaults<Kind>): void {
    const random = seededRandom(seed);
    this.#draw = () => (random() < share ? kinds[Math.floor(random() * kinds.length)] : undefined);
  }

  /** Lets the next `times` requests meet with `kind`, after those that were ordered before. */
  failNext(kind: Kind, times = 1): void {
    for (let time = 0; time < times; time += 1) this.#ordered.push(kind);
  }

  /** Lets every request meet with `kind` until `endOutage`. */
  startOutage(kind: Kind): void {
    this.#outage = kind;
  }

  endOutage(): void {
    this.#outage = undefined;
  }

  /** Called once for each request, when it arrives. */
  next(): Kind | undefined {
    return this.#outage ?? this.#ordered.shift() ?? this.#draw();
  }
}

/** Error answers; those with `retry-after` in their name carry the header, in one of its two forms. */
const STATUS_FAULTS = [
  '400',
  '401',
  '403',
  '404',
  '408',
  '413',
  '422',
  '425',
  '429',
  '429-retry-after-seconds',
  '500',
  '502',
  '503',
  '503-retry-after-seconds',
  '503-retry-after-date',
] as const;

/**
 * - `html`: 200 with a web page where JSON was due, as a proxy in between answers.
 * - `cut-off-json`: 200 with a complete HTTP answer whose JSON ends in its middle.
 * - `hang`: the request is read and never answered.
 */
const BROKEN_FAULTS = ['reset-before-reading', 'reset-after-reading', 'hang', 'html', 'cut-off-json'] as const;

/** Ways in which a service fails without having done what it was asked. */
export const SERVER_FAULTS = [...STATUS_FAULTS, ...BROKEN_FAULTS] as const;
export type ServerFault = (typeof SERVER_FAULTS)[number];
type StatusFault = (typeof STATUS_FAULTS)[number];

/** Plays `fault` to the end of the answer or connection; `hang` returns with the request still open. */
export async function playServerFault(
  fault: ServerFault,
  request: IncomingMessage,
  response: ServerResponse,
  retryAfterSeconds: number,
): Promise<void> {
  if (fault === 'reset-before-reading') {
    request.socket.resetAndDestroy();
    return;
  }
  await discardBody(request);
  if (isStatusFault(fault)) {
    const error = `fault on demand: ${fault}`;
    respondWithJson(response, Number.parseInt(fault, 10), { error }, retryAfter(fault, retryAfterSeconds));
    return;
  }
  switch (fault) {
    case 'reset-after-reading':
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'html':
      responseText(response, 200, 'text/html', '<!doctype html><title>Please wait</title><p>Checking your browser.');
      return;
    case 'cut-off-json':
      responseText(response, 200, 'application/json', '{"event_ids": ["3b4fc661-180d');
  }
}

function isStatusFault(fault: ServerFault): fault is StatusFault {
  return (STATUS_FAULTS as readonly ServerFault[]).includes(fault);
}

function retryAfter(fault: StatusFault, seconds: number): OutgoingHttpHeaders {
  if (fault.endsWith('-seconds')) return { 'Retry-After': String(seconds) };
  if (fault.endsWith('-date')) return { 'Retry-After': new Date(Date.now() + seconds * 1000).toUTCString() };
  return {};
}

async function discardBody(request: IncomingMessage): Promise<void> {
  request.resume();
  if (!request.complete) await once(request, 'end');
}
