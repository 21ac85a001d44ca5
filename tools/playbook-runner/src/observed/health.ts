import type { HealthResponse } from '../runner/trigger-process.js';
import type { Overview, PassPicture, TimeRange } from '../wire/live.js';

export type HealthPicture = Pick<Overview, 'lagSeconds' | 'health' | 'passes' | 'reading' | 'readAhead'>;

export const NO_HEALTH: HealthPicture = { lagSeconds: null, health: null, passes: [], reading: null, readAhead: null };

/** What is shown of an answer of `/health`. What is not as expected counts as unknown: any module may answer. */
export function readHealth({ status, body }: HealthResponse): HealthPicture {
  const reading = asFields(body['reading']);
  const range = rangeOf(reading);
  const pass = reading['pass'];
  return {
    lagSeconds: typeof body['lag_seconds'] === 'number' ? body['lag_seconds'] : null,
    health: {
      healthy: status === 200 && body['status'] !== 'degraded' && body['status'] !== 'misconfigured',
      reasons: reasonsOf(body['reasons']),
    },
    passes: passesOf(body['passes']),
    reading: range && typeof pass === 'number' ? { ...range, pass } : null,
    readAhead: rangeOf(asFields(body['read_ahead'])),
  };
}

function reasonsOf(reasons: unknown): readonly string[] {
  if (!Array.isArray(reasons)) return [];
  return reasons.map((each) => asFields(each)['reason']).filter((reason) => typeof reason === 'string');
}

function passesOf(passes: unknown): readonly PassPicture[] {
  if (!Array.isArray(passes)) return [];
  return passes.map(asFields).flatMap((pass) => {
    const [readsAtAgeSeconds, watermarkMs] = [pass['reads_at_age_seconds'], timeOf(pass['watermark'])];
    if (typeof readsAtAgeSeconds !== 'number' || watermarkMs === undefined) return [];
    const last = asFields(pass['last_read']);
    const [range, atMs] = [rangeOf(last), timeOf(last['at'])];
    return [{ readsAtAgeSeconds, watermarkMs, lastRead: range && atMs !== undefined ? { ...range, atMs } : null }];
  });
}

function rangeOf({ from, to }: Readonly<Record<string, unknown>>): TimeRange | null {
  const [startMs, endMs] = [timeOf(from), timeOf(to)];
  return startMs === undefined || endMs === undefined ? null : { startMs, endMs };
}

function timeOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
