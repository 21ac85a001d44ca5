import { MAX_DOCUMENT_BYTES } from '../budgets.js';
import { parseObject } from '../json.js';
import type { Log } from '../log/log.js';

/** The JSON object that a document's text holds; undefined where the document is damaged or not accepted. */
export function parseDocument(text: string, accepts: (value: object) => boolean): object | undefined {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return undefined;
  const value = parseObject(text);
  return value !== undefined && accepts(value) ? value : undefined;
}

/** How a document is written: for people, too. */
export function documentText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The name under which a damaged document is kept. */
export function nameAside(name: string, now: Date): string {
  return `${name}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
}

export function reportDamage(log: Log, name: string, aside: string): void {
  log.error(
    `${name} is damaged and was set aside as ${aside}: what it remembered is forgotten. Keep the file if you want the cause to be found.`,
  );
}
