import { isObject, type JsonObject } from '../json.js';
import type { Redactor } from './redactor.js';
import type { ErrorReporter, Log } from './log.js';
import { errorLine } from './foreign-text.js';

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

/** A name in a variable: the compiler would look for the package, which need not be there. */
const PACKAGE = '@sentry/node';

/** What is used of the package @sentry/node, from its version 8 on. */
export interface SentrySdk {
  init(options: Readonly<Record<string, unknown>>): unknown;
  captureException(error: Error, hint: { readonly captureContext: CaptureContext }): unknown;
  captureMessage(message: string, level: string): unknown;
  /** Sends what is waiting; false where the time was not enough. */
  close(timeoutMs: number): PromiseLike<boolean>;
}

interface CaptureContext {
  readonly level: string;
  readonly extra: Readonly<Record<string, string>>;
}

export interface SentryOptions {
  readonly dsn: string;
  readonly environment: string | undefined;
  /** `<slug>@<version>` */
  readonly release: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Gives the package. */
  readonly load?: () => Promise<SentrySdk>;
}

export interface Sentry extends ErrorReporter {
  close(limitMs: number): Promise<void>;
}

/**
 * Reports errors to Sentry. Undefined where that is not possible; who reads the log cannot change that, so it is a
 * debug entry.
 */
export async function startSentry(options: SentryOptions): Promise<Sentry | undefined> {
  const { dsn, environment, release, tags, redactor, log } = options;
  if (!isDsn(dsn)) {
    log.debug(
      'The value "sentry_dsn" is not an address such as https://key@sentry.example/1, so errors are not reported to Sentry. Correct it.',
    );
    return undefined;
  }
  let sdk: SentrySdk;
  try {
    sdk = await (options.load ?? loadPackage)();
    sdk.init({
      dsn,
      release,
      ...(environment !== undefined && { environment }),
      initialScope: { tags },
      // They would instrument requests, gather breadcrumbs, and handle uncaught exceptions in our place.
      defaultIntegrations: false,
      skipOpenTelemetrySetup: true,
      registerEsmLoaderHooks: false,
      maxBreadcrumbs: 0,
      sendDefaultPii: false,
      includeLocalVariables: false,
      beforeSend: (event: JsonObject) => leavingEvent(event, redactor),
    });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    log.debug(
      missing
        ? 'The value "sentry_dsn" is given, but the package @sentry/node is not there, so errors are not reported to Sentry. Add it to the image with "npm install @sentry/node", or leave the value out.'
        : `Sentry cannot be used (${errorLine(error)}), so errors are not reported to it. Correct the value "sentry_dsn" or the version of @sentry/node.`,
    );
    return undefined;
  }
  return {
    report: (level, message, thrown) => {
      const shown = level === 'critical' ? 'fatal' : level;
      if (thrown instanceof Error)
        sdk.captureException(thrown, { captureContext: { level: shown, extra: { message } } });
      else sdk.captureMessage(message, shown);
    },
    close: async (limitMs) => {
      if (!(await sdk.close(limitMs))) log.local('warning', 'Some errors could not be sent to Sentry before the stop.');
    },
  };
}

/** Sentry's SDK would write one that it cannot use to the console. */
function isDsn(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username !== '' && url.pathname.length > 1;
}

async function loadPackage(): Promise<SentrySdk> {
  return (await import(PACKAGE)) as SentrySdk;
}
