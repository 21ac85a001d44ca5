import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '../../../src/model/json.js';
import { pythonWith } from '../../support/python-environment.js';

export const formatFolder = new URL('../../../intake-format/message-trace/', import.meta.url);

/** What the format made of one event. */
export interface Parsed {
  readonly document: JsonObject;
  readonly warnings: readonly string[];
}

/** jinja2's classes for what is undefined. Which one Sekoia.io takes is not public: a parser must do with either. */
export const UNDEFINED = ['Undefined', 'ChainableUndefined'] as const;

export const pythonWithJinja = () => pythonWith('intake-format', new URL('requirements.txt', import.meta.url));

/** Evaluates the format's parser.yml on events. */
export async function parse(events: readonly string[], undefined_: (typeof UNDEFINED)[number]): Promise<Parsed[]> {
  const script = fileURLToPath(new URL('evaluate.py', import.meta.url));
  const python = spawn(await pythonWithJinja(), [script, fileURLToPath(formatFolder), undefined_], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  python.stdin.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const lines = (await text(python.stdout)).split('\n').filter((line) => line !== '');
  if (lines.length !== events.length) throw new Error(`Of ${events.length} events, ${lines.length} were evaluated.`);
  return lines.map((line) => JSON.parse(line) as Parsed);
}

/** The values that are no groups, by their dotted names. */
export function flat(group: JsonObject, prefix = ''): Map<string, JsonValue> {
  const entries = Object.entries(group).flatMap(([name, value]): [string, JsonValue][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [...flat(value, `${prefix}${name}.`)]
      : [[`${prefix}${name}`, value]],
  );
  return new Map(entries);
}
