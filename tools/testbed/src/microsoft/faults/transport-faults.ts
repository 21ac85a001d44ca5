import { htmlResponse, respond, type Response, withHeaders } from '../http/messages.js';
import type { FaultyRequest } from '../../faults/fault-plan.js';

/** Answers that are small to send and large to parse. They are no page, no token and no error. */
export const jsonBombs = ['json-bomb-keys', 'json-bomb-depth', 'json-bomb-text'] as const;

type JsonBomb = (typeof jsonBombs)[number];

const bombKeys = 1_000_000;
const bombDepth = 1_000_000;
const bombTextBytes = 12_000_000;

const bodies = new Map<JsonBomb, string>();

function jsonBomb(kind: JsonBomb): Response {
  const body = bodies.get(kind) ?? bodyOf(kind);
  bodies.set(kind, body);
  return respond(200, 'application/json; charset=utf-8', body);
}

function bodyOf(kind: JsonBomb): string {
  switch (kind) {
    case 'json-bomb-keys':
      return `{${Array.from({ length: bombKeys }, (_, at) => `"k${at}":0`).join(',')}}`;
    case 'json-bomb-depth':
      return `${'{"a":['.repeat(bombDepth)}${']}'.repeat(bombDepth)}`;
    case 'json-bomb-text':
      return JSON.stringify({ text: 'x'.repeat(bombTextBytes) });
  }
}

/** What may go wrong on the way to any of the services, or in the gateways before them. */
export const transportFaults = [
  'http-500',
  'http-502',
  'http-503',
  'http-503-retry-after-seconds',
  'http-503-retry-after-date',
  'http-429',
  'http-429-retry-after-seconds',
  'http-503-retry-after-600',
  'http-429-retry-after-huge',
  'http-408',
  'reset-before-answer',
  'reset-in-body',
  'cut-off-json',
  'html-with-200',
  'empty-200',
  'slow-answer',
  'no-answer',
  'sign-in-page',
  'sign-in-redirect',
  ...jsonBombs,
] as const;

export type TransportFault = (typeof transportFaults)[number];

/** The faults that pass by themselves, for a share of all requests: what a tired service does on a bad day. */
export const passingFaults: readonly TransportFault[] = [
  'http-500',
  'http-502',
  'http-503',
  'http-503-retry-after-seconds',
  'http-429-retry-after-seconds',
  'http-408',
  'reset-before-answer',
  'reset-in-body',
  'cut-off-json',
  'html-with-200',
  'empty-200',
];

export function isTransportFault(kind: string): kind is TransportFault {
  return transportFaults.some((fault) => fault === kind);
}

/** The faults that alter the answer that was due, and so need one. */
const alterations: readonly string[] = ['reset-in-body', 'cut-off-json', 'slow-answer'];

function altersResponse(kind: string): boolean {
  return alterations.includes(kind);
}

export interface TransportFaultOptions {
  /** What Retry-After asks for. */
  readonly retryAfterSeconds: number;
  /** How much longer a slow answer takes. */
  readonly slowResponseMs: number;
  /** Where the sign-in page lives, such as `https://login.microsoftonline.com`. */
  readonly signInOrigin: string;
}

/** Ten minutes, and three years. */
const longRetryAfterSeconds = 600;
const hugeRetryAfterSeconds = 99_999_999;

/** What is answered instead. `due` makes the answer without a fault; `nowMs` is the service's clock. */
export function transportFault(
  kind: TransportFault,
  due: () => Response,
  nowMs: number,
  options: TransportFaultOptions,
): Response {
  const retryAfterMs = options.retryAfterSeconds * 1000;
  const asSeconds = { 'Retry-After': String(options.retryAfterSeconds) };
  switch (kind) {
    case 'http-500':
      return htmlResponse(500, 'Server Error', 'An unexpected error occurred.');
    case 'http-502':
      return htmlResponse(502, 'Bad Gateway', 'The server received an invalid response.');
    case 'http-503':
      return unavailable();
    case 'http-503-retry-after-seconds':
      return withHeaders(unavailable(), asSeconds);
    case 'http-503-retry-after-date':
      return withHeaders(unavailable(), { 'Retry-After': new Date(nowMs + retryAfterMs).toUTCString() });
    case 'http-429':
      return tooMany();
    case 'http-429-retry-after-seconds':
      return withHeaders(tooMany(), asSeconds);
    case 'http-503-retry-after-600':
      return withHeaders(unavailable(), { 'Retry-After': String(longRetryAfterSeconds) });
    case 'http-429-retry-after-huge':
      return withHeaders(tooMany(), { 'Retry-After': String(hugeRetryAfterSeconds) });
    case 'http-408':
      return htmlResponse(408, 'Request Timeout', 'The request took too long.');
    case 'reset-before-answer':
      return { ...htmlResponse(500, 'Reset', ''), manner: 'reset' };
    case 'reset-in-body':
      return { ...due(), manner: 'torn' };
    case 'cut-off-json':
      return cutOff(due());
    case 'html-with-200':
      return htmlResponse(200, 'Maintenance', 'The service is being updated.');
    case 'empty-200':
      return respond(200, 'application/json; charset=utf-8', '');
    case 'slow-answer':
      return { ...due(), delayMs: options.slowResponseMs };
    case 'no-answer':
      return { ...htmlResponse(504, 'Silence', ''), manner: 'silence' };
    case 'sign-in-page':
      return signInPage(options.signInOrigin);
    case 'sign-in-redirect':
      return withHeaders(htmlResponse(302, 'Object moved', 'Object moved.'), {
        Location: `${options.signInOrigin}/common/oauth2/authorize?response_type=code`,
      });
    case 'json-bomb-keys':
    case 'json-bomb-depth':
    case 'json-bomb-text':
      return jsonBomb(kind);
  }
}

function unavailable(): Response {
  return htmlResponse(503, 'Service Unavailable', 'The service is unavailable.');
}

function tooMany(): Response {
  return htmlResponse(429, 'Too Many Requests', 'Your recent queries have surpassed the permitted limit.');
}

function cutOff(due: Response): Response {
  return { ...due, body: due.body.slice(0, Math.floor((due.body.length * 2) / 3)) };
}

function signInPage(origin: string): Response {
  const form = `<form method="post" action="${origin}/common/login"><input name="login"><input name="passwd"></form>`;
  return htmlResponse(200, 'Sign in to your account', form);
}

/** Next links that lead nowhere or elsewhere, for the services that answer in pages. */
export const pageFaults = [
  'dead-link-400',
  'dead-link-404',
  'dead-link-410',
  'link-to-another-host',
  'empty-page-with-link',
] as const;

/** Next links whose token the service itself refuses, as Microsoft Graph has been seen to give them. */
export const skiptokenFaults = ['double-encoded-token', 'empty-recipient-token'] as const;

/** The services pass over parameters without a `$`. */
const roundParameter = 'round';

const changedLinks: readonly string[] = ['link-to-another-host', ...skiptokenFaults];

/** The address of the page itself, spelled differently each time: a walk over such links never ends. */
export function linkToItself(asked: URL): string {
  const parts = [...asked.searchParams].filter(([name]) => name !== roundParameter);
  const round = Number(asked.searchParams.get(roundParameter) ?? 0) + 1;
  const query = [...parts, [roundParameter, String(round)] as const];
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${asked.origin}${asked.pathname}?${text}`;
}

/** Dead links are for later pages, changed links for pages that have one, changed answers for pages. */
export function faultApplies(kind: string, { page, linked }: FaultyRequest): boolean {
  if (kind.startsWith('dead-link')) return page !== null && page > 1;
  if (changedLinks.includes(kind)) return linked;
  if (kind === 'empty-page-with-link') return page !== null;
  return page !== null || !altersResponse(kind);
}

export function rowsArrive(kind: string): boolean {
  return kind === 'slow-answer' || changedLinks.includes(kind);
}
