import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { respondWithJson, responseText } from '../http/messages.js';

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
