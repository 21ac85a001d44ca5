import type { IncomingMessage, ServerResponse } from 'node:http';
import { InvalidInputError } from '../../errors.js';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How an answer leaves: whole; `torn`, its connection closed in the middle of the body; `reset`, the connection reset
 * before a byte of it; `silence`, nothing ever.
 */
type Manner = 'whole' | 'torn' | 'reset' | 'silence';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly manner: Manner;
  readonly delayMs: number;
}

export function respond(status: number, contentType: string, body: string): Response {
  return { status, headers: { 'Content-Type': contentType }, body, manner: 'whole', delayMs: 0 };
}

export function jsonResponse(status: number, value: unknown): Response {
  return respond(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A page for people, as the gateways in front of Microsoft's services answer where a program expects JSON. */
export function htmlResponse(status: number, title: string, text: string): Response {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
  return respond(status, 'text/html; charset=utf-8', page);
}

export function withHeaders(given: Response, headers: Readonly<Record<string, string>>): Response {
  return { ...given, headers: { ...given.headers, ...headers } };
}

const maxBytes = 65_536;

/** A request's body as text. Rejects with InvalidInputError where it is too long, or when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new InvalidInputError(`The body must not be longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A person's account, for HTTP Basic. */
export interface Account {
  readonly accountName: string;
  readonly accountPassword: string;
}

export type Credentials = 'right' | 'wrong' | 'missing';

/** Checks an Authorization header: HTTP Basic, UTF-8; the name in any case, the password exactly. */
export function checkBasic(header: string | undefined, account: Account): Credentials {
  if (header === undefined) return 'missing';
  const encoded = /^basic +([a-z0-9+/]+=*) *$/i.exec(header)?.[1];
  if (encoded === undefined) return 'wrong';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [name, password] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  const right = name.toLowerCase() === account.accountName.toLowerCase() && password === account.accountPassword;
  return right ? 'right' : 'wrong';
}

/** Sends an answer in its manner. Waiting ends early, with nothing sent, when the server closes. */
export async function deliver(response: ServerResponse, given: Response, closing: AbortSignal): Promise<void> {
  if (given.delayMs > 0) await sleep(given.delayMs, undefined, { signal: closing }).catch(() => undefined);
  if (closing.aborted) return;

  const body = Buffer.from(given.body);
  const headers = { ...given.headers, 'Content-Length': body.byteLength };
  switch (given.manner) {
    case 'silence':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'torn':
      // Closed, not reset: a reset may overtake what was sent before it, and then nothing of the body arrives.
      response.writeHead(given.status, headers);
      response.write(body.subarray(0, body.byteLength >>> 1), () => response.socket?.destroy());
      return;
    case 'whole':
      response.writeHead(given.status, headers).end(body);
  }
}
