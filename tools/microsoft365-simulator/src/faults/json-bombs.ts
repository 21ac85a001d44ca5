import { respond, type Response } from '../http/answer.js';

/** Answers that are small to send and large to parse. They are no page, no token and no error. */
export const jsonBombs = ['json-bomb-keys', 'json-bomb-depth', 'json-bomb-text'] as const;

export type JsonBomb = (typeof jsonBombs)[number];

const bombKeys = 1_000_000;
const bombDepth = 1_000_000;
const bombTextBytes = 12_000_000;

const bodies = new Map<JsonBomb, string>();

export function jsonBomb(kind: JsonBomb): Response {
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
