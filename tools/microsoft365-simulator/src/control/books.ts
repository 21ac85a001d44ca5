import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MailWorld } from '../world/mail-world.js';

const rowsPerChunk = 500;

/** Streams the history of every row visible at an instant: one JSON object a line, oldest received first. */
export async function sendAudit(world: MailWorld, untilMs: number, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
  // A reader that goes away in the middle is no error of ours.
  await pipeline(Readable.from(chunks(world, untilMs)), response).catch(() => undefined);
}

function* chunks(world: MailWorld, untilMs: number): Generator<string> {
  let lines: string[] = [];
  for (const row of world.history(untilMs)) {
    lines.push(`${JSON.stringify(row)}\n`);
    if (lines.length < rowsPerChunk) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}
