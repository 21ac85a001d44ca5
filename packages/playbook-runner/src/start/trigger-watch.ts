import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, Stop } from '../runner/child-process.js';
import { type HealthAnswer, TriggerProcess, type TriggerOptions } from '../runner/trigger-process.js';
import type { TriggerState } from '../terminal/snapshot.js';
import { Supervisor } from './supervisor.js';

const ASK_EVERY_MS = 1000;

/** Keeps the trigger running and knows how it is. */
export class TriggerWatch {
  readonly #supervisor: Supervisor<TriggerProcess>;
  readonly #stopping = new AbortController();
  #health: HealthAnswer | undefined;
  #lastLine = '';

  /** Starts the trigger at once. */
  constructor(options: TriggerOptions) {
    this.#supervisor = new Supervisor({
      start: () =>
        TriggerProcess.start({
          ...options,
          onLine: ({ text }) => {
            this.#lastLine = text;
          },
        }),
    });
    void this.#watchHealth();
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  /** Rejected where the process cannot even be started. */
  get ended(): Promise<void> {
    return this.#supervisor.ended;
  }

  state(nowMs: number): TriggerState {
    if (this.#stopping.signal.aborted) return { name: this.#supervisor.process ? 'stopping' : 'stopped' };
    const { crash } = this.#supervisor;
    if (crash) {
      return {
        name: 'crashed',
        how: `${describeExit(crash.exit)}: ${this.#lastLine}`,
        restartInMs: Math.max(0, crash.restartAtMs - nowMs),
      };
    }
    if (this.#health === undefined) return { name: 'starting' };
    const { status, body } = this.#health;
    const lag = body['lag_seconds'];
    return { name: 'running', healthy: status === 200, lagSeconds: typeof lag === 'number' ? lag : undefined };
  }

  /** Answers how the trigger ended; undefined where it was not running. */
  stop(): Promise<Stop | undefined> {
    this.#stopping.abort();
    return this.#supervisor.stop();
  }

  async #watchHealth(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // No answer is an answer: the process is starting, or gone.
      this.#health = await this.#supervisor.process?.health().catch(() => undefined);
      await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function describeExit({ exitCode, signal }: Exit): string {
  return signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
}
