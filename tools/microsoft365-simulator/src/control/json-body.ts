import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/body.js';
import { InvalidInputError } from '../invalid-input-error.js';

/**
 * The JSON in a request's body. Throws InvalidInputError. The content type must say JSON: a page of another site cannot
 * send that without asking first, and is not answered then.
 */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new InvalidInputError('The body must be JSON: send Content-Type: application/json.');
  }
  const text = await readBody(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('The body is no valid JSON.');
  }
}
