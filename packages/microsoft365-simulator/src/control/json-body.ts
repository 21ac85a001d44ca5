import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '../invalid-input-error.js';

const mostBytes = 65_536;

/**
 * The JSON in a request's body. Throws InvalidInputError. The content type must say JSON: a page of another site cannot
 * send that without asking first, and is not answered then.
 */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new InvalidInputError('The body must be JSON: send Content-Type: application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new InvalidInputError(`The body must not be longer than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new InvalidInputError('The body is no valid JSON.');
  }
}
