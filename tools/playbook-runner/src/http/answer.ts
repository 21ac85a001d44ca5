import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export function respondWithJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  responseText(response, status, 'application/json', JSON.stringify(body), headers);
}

export function responseText(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), ...headers })
    .end(body);
}
