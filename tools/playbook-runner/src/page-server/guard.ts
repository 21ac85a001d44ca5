import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http/messages.js';

const READING: readonly (string | undefined)[] = ['GET', 'HEAD'];

/**
 * Lets through what comes from the page of this server, or from a program on this machine that knows the token.
 *
 * Listening on 127.0.0.1 is not enough: a web page anywhere can make its reader's browser send requests there (Origin
 * and Sec-Fetch-Site tell), can let a name of its own point to 127.0.0.1 (Host tells), and other programs of this
 * machine have pages too (the port tells).
 *
 * @param port of this server
 * @param token that changes must carry in `x-request-token`; the page has it from its HTML, which no other page may
 *   read
 * @throws {HttpError} 403; 415 for a change that is not sent as JSON.
 */
export function checkRequest({ method, headers }: IncomingMessage, port: number, token: string): void {
  const host = headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new HttpError(403, `This page answers to its own address only: open http://127.0.0.1:${port}.`);
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (
    (origin !== undefined && origin !== `http://${host}`) ||
    !(site === undefined || site === 'same-origin' || site === 'none')
  ) {
    throw new HttpError(403, `Other pages may not ask here: open http://127.0.0.1:${port} itself.`);
  }
  if (READING.includes(method)) return;
  if (!isSame(headers['x-request-token'], token)) {
    throw new HttpError(403, 'The request does not carry the token of this run of the runner: reload the page.');
  }
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new HttpError(415, 'The request is not JSON: send Content-Type: application/json.');
  }
}

function isSame(given: string | readonly string[] | undefined, token: string): boolean {
  const bytes = Buffer.from(typeof given === 'string' ? given : '');
  const expected = Buffer.from(token);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
