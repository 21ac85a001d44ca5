import type { IncomingMessage } from 'node:http';
import { respond, htmlResponse, jsonResponse, type Response } from '../http/messages.js';

/**
 * Answers that hold the request with its credentials, as debugging proxies and misconfigured gateways give them. Each
 * spells it in another way. Two put the credential where a text is cut: at the answer's end, and somewhere in its first
 * 700 characters. Most are refusals, since it is their text that clients quote.
 */
export const echoFaults = [
  'echo-plain',
  'echo-html',
  'echo-json',
  'echo-url-encoded',
  'echo-base64',
  'echo-cut',
  'echo-shifted',
] as const;

export type EchoFault = (typeof echoFaults)[number];

export function isEchoFault(kind: string): kind is EchoFault {
  return echoFaults.some((fault) => fault === kind);
}

const base64Line = 76;
const maxPadding = 700;
/** Coprime to the padding and to most lengths: the places differ from one answer to the next. */
const stride = 37;
const credential = /(?:authorization: \w+ |client_secret=|password=|client_assertion=)([^\r\n&]+)/i;

/** `turn`: how many echoes came before; decides where texts are cut and shifted. `body`: of the request. */
export function echoResponse(kind: EchoFault, request: IncomingMessage, body: string, turn: number): Response {
  const text = requestText(request, body);
  switch (kind) {
    case 'echo-plain':
      return plain(404, `There is no route for the request:\r\n${text}`);
    case 'echo-html':
      return htmlResponse(403, 'Forbidden', `The request was: <pre>${escapeHtml(text)}</pre>`);
    case 'echo-json':
      return jsonResponse(400, errorOf(request, `The request is not valid: ${text}`));
    case 'echo-url-encoded':
      return plain(502, `Upstream failed for request=${encodeURIComponent(text)}`);
    case 'echo-base64':
      return plain(502, `Upstream failed. Dump:\r\n${inLines(Buffer.from(text).toString('base64'))}`);
    case 'echo-cut':
      return plain(400, cutInCredential(text, turn));
    case 'echo-shifted':
      return plain(400, `${'.'.repeat((turn * stride) % maxPadding)} ${credential.exec(text)?.[0] ?? text} ${text}`);
  }
}

/** The credentials come first, or a client that quotes the beginning alone would never come to them. */
function requestText({ method = '', url = '', rawHeaders }: IncomingMessage, body: string): string {
  const headers: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const line = `${name}: ${rawHeaders[at + 1] ?? ''}`;
    if (name.toLowerCase() === 'authorization') headers.unshift(line);
    else headers.push(line);
  }
  return [...(body === '' ? [] : [secretFirst(body)]), ...headers, `${method} ${url} HTTP/1.1`].join('\r\n');
}

function secretFirst(form: string): string {
  const isSecret = (field: string) => /^(client_secret|password|client_assertion)=/.test(field);
  const fields = form.split('&');
  return [...fields.filter(isSecret), ...fields.filter((field) => !isSecret(field))].join('&');
}

/** In the shape of each service: a token is asked for with POST. */
function errorOf({ method }: IncomingMessage, text: string): object {
  if (method === 'POST') return { error: 'invalid_request', error_description: text };
  return {
    error: { code: 'BadRequest', message: text },
    'odata.error': { code: '', message: { lang: 'en-US', value: text } },
  };
}

function plain(status: number, text: string): Response {
  return respond(status, 'text/plain; charset=utf-8', text);
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}

function inLines(text: string): string {
  return text.replaceAll(new RegExp(`(.{${base64Line}})`, 'g'), '$1\r\n');
}

function cutInCredential(text: string, turn: number): string {
  const found = credential.exec(text);
  const value = found?.[1];
  if (found === null || value === undefined) return text.slice(0, text.length >>> 1);
  const start = found.index + found[0].length - value.length;
  return text.slice(0, start + 1 + ((turn * stride) % value.length));
}
