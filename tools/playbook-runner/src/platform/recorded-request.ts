import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

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

export function recordRequest(request: IncomingMessage, token: string, body: string): RecordedRequest {
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
