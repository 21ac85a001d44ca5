import type { HealthResponse, TriggerProcess } from '@local/testbed';
import type { Overview, PassPicture, TimeRange } from '../wire/live.js';
import { setTimeout as delay } from 'node:timers/promises';

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

/** Lines such as `message_trace_requests_total{result="200"} 12`. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)(?: \d+)?$/;

/**
 * The metrics of a text in Prometheus' exposition format, by name, summed over their labels.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = SAMPLE.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}

const ASK_EVERY_MS = 1000;

export interface Measurement {
  readonly health: HealthPicture;
  /** By name, summed over labels. */
  readonly metrics: ReadonlyMap<string, number>;
}

/** Asks a trigger how it is and what it has counted, until its process has ended. */
export class TriggerWatch {
  /** The last answer; undefined while nothing answers. */
  #last: Measurement | undefined;
  #hasResponded = false;

  /** Starts at once. @param onMeasured called with each answer */
  constructor(process: TriggerProcess, onMeasured: (measurement: Measurement) => void) {
    void this.#run(process, onMeasured);
  }

  get last(): Measurement | undefined {
    return this.#last;
  }

  get hasResponded(): boolean {
    return this.#hasResponded;
  }

  async #run(process: TriggerProcess, onMeasured: (measurement: Measurement) => void): Promise<void> {
    const over = new AbortController();
    void process.exited.then(() => over.abort());
    while (!over.signal.aborted) {
      // No answer is an answer: the process is starting, busy, or gone.
      this.#last = await measure(process).catch(() => undefined);
      if (this.#last) {
        this.#hasResponded = true;
        onMeasured(this.#last);
      }
      await delay(ASK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
    this.#last = undefined;
  }
}

async function measure(process: TriggerProcess): Promise<Measurement> {
  const [health, metrics] = await Promise.all([process.health(), process.metrics()]);
  return { health: readHealth(health), metrics: readMetrics(metrics) };
}
