import { batchAddress } from '../intake/address.js';
import { IntakeClient } from '../intake/intake-client.js';
import { createIntakeMetrics, type IntakeMetrics } from '../intake/intake-metrics.js';
import { Trigger, type TriggerContext } from './trigger.js';

/** The settings that every connector's card has. */
export interface IntakeConfiguration {
  readonly intake_key: string;
  readonly intake_server?: string;
  /** Most events in one request. */
  readonly chunk_size: number;
  /** Send requests compressed with gzip. */
  readonly compress: boolean;
}

/** A trigger that delivers events to an intake. */
export abstract class Connector<Configuration extends IntakeConfiguration> extends Trigger<Configuration> {
  static override readonly secondsWithoutEvents = 6 * 3_600;

  protected readonly intake: IntakeClient;
  readonly #metrics: IntakeMetrics;

  /** @throws ConfigurationError where the intake's address is unknown or unusable */
  constructor(context: TriggerContext) {
    super(context);
    const { intake_key, intake_server, chunk_size, compress } = this.configuration;
    this.#metrics = createIntakeMetrics(context.metrics, intake_key);
    this.intake = new IntakeClient({
      url: batchAddress({
        given: context.given.has('intake_server') ? intake_server : undefined,
        platform: context.intakeUrl,
        fallback: intake_server,
      }),
      intakeKey: intake_key,
      chunkSize: chunk_size,
      compress,
      http: context.http,
      log: context.log,
      health: context.health,
      metrics: this.#metrics,
      redactor: context.redactor,
    });
  }

  /** Sets the metric events_lags: how many seconds old the newest delivered event was. */
  protected reportLag(seconds: number): void {
    this.#metrics.eventsLag.set(seconds);
  }
}
