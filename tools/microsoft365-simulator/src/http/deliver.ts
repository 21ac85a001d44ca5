import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from './answer.js';

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
