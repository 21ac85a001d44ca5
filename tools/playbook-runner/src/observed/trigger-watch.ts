import { setTimeout as delay } from 'node:timers/promises';
import type { TriggerProcess } from '../runner/trigger-process.js';
import { type HealthPicture, readHealth } from './health.js';
import { readMetrics } from './metrics.js';

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
