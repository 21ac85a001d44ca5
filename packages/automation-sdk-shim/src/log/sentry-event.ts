import { isObject, type JsonObject } from '../json.js';
import type { Redactor } from './scrubber.js';

const MEMBERS = ['event_id', 'timestamp', 'level', 'platform', 'environment', 'release', 'message', 'tags', 'sdk'];
const EXTRA_MEMBERS = ['message'];
const EXCEPTION_MEMBERS = ['type', 'value', 'mechanism'];
const FRAME_MEMBERS = ['filename', 'function', 'module', 'lineno', 'colno', 'in_app'];

/**
 * What may leave the process of an event that Sentry's SDK has made: what happened and where in the code, scrubbed
 * down to pieces of secrets, as the SDK cuts messages (`maxValueLength`, 250 characters) before it hands the event
 * over. Requests, headers, breadcrumbs, users, local variables and lines of source are left out, whichever integration
 * of whichever version of the SDK has added them.
 */
export function leavingEvent(event: JsonObject, redactor: Redactor): JsonObject {
  const exceptions = valuesOf(event['exception']).map((exception) => {
    const stack = isObject(exception['stacktrace']) ? exception['stacktrace'] : undefined;
    const frames = stack && { frames: listOf(stack['frames']).map((frame) => pick(frame, FRAME_MEMBERS)) };
    return { ...pick(exception, EXCEPTION_MEMBERS), ...(frames && { stacktrace: frames }) };
  });
  const extra = isObject(event['extra']) ? pick(event['extra'], EXTRA_MEMBERS) : undefined;
  const leaving = {
    ...pick(event, MEMBERS),
    ...(extra && { extra }),
    ...(exceptions.length > 0 && { exception: { values: exceptions } }),
  };
  return JSON.parse(redactor.stringify(leaving, 'pieces')) as JsonObject;
}

function valuesOf(exception: unknown): JsonObject[] {
  return isObject(exception) ? listOf(exception['values']) : [];
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (name in object ? [[name, object[name]]] : [])));
}
