import { HttpError } from '../http/messages.js';

/** The limits that Sekoia documents for its HTTP intake, in bytes of UTF-8. */
export const MAX_REQUEST_BYTES = 10_485_760;
export const MAX_EVENT_BYTES = 250_000;

export interface BatchRules {
  readonly intakeKey: string;
  /** Which one Sekoia answers to a wrong key is not documented. */
  readonly wrongKeyStatus: 401 | 403;
  /** Events for which this is true are refused with 422, and their batch with them. */
  readonly refuses: (event: string) => boolean;
}

/**
 * The events of a request's body `{"intake_key": string, "jsons": string[]}`.
 *
 * @throws {HttpError} 400 for what is no such object and for an event that is too long, 401 or 403 for a wrong key, 422
 *   for
 *   an event that is no string or that the rules refuse.
 */
export function readBatch(body: string, rules: BatchRules): readonly string[] {
  const { intakeKey, jsons } = parseEnvelope(body);
  if (intakeKey !== rules.intakeKey) {
    throw new HttpError(rules.wrongKeyStatus, 'The intake key is not known here: check it.');
  }
  return jsons.map((event, position) => checkEvent(event, position, rules));
}

function parseEnvelope(body: string): { intakeKey: string; jsons: readonly unknown[] } {
  const envelope = parseJson(body);
  if (typeof envelope !== 'object' || envelope === null) throw malformed('it is no JSON object');
  const { intake_key: intakeKey, jsons } = envelope as Record<string, unknown>;
  if (typeof intakeKey !== 'string') throw malformed('intake_key is no string');
  if (!Array.isArray(jsons)) throw malformed('jsons is no list');
  return { intakeKey, jsons };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw malformed('it is no JSON');
  }
}

function malformed(what: string): HttpError {
  return new HttpError(400, `The body cannot be read, ${what}: send {"intake_key": "…", "jsons": ["…"]}.`);
}

function checkEvent(event: unknown, position: number, rules: BatchRules): string {
  if (typeof event !== 'string') {
    throw new HttpError(422, `jsons[${position}] is no string: send each event as text.`);
  }
  const bytes = Buffer.byteLength(event);
  if (bytes > MAX_EVENT_BYTES) {
    throw new HttpError(400, `jsons[${position}] has ${bytes} bytes where ${MAX_EVENT_BYTES} are allowed: shorten it.`);
  }
  if (rules.refuses(event)) throw new HttpError(422, `jsons[${position}] is refused: send the others without it.`);
  return event;
}
