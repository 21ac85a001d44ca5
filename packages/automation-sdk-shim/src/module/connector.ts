import { ConfigurationError } from '../errors.js';
import { IntakeClient } from '../intake/intake-client.js';
import { createIntakeMetrics, type IntakeMetrics } from '../intake/intake-metrics.js';
import { Trigger, type TriggerContext } from './trigger.js';

export interface IntakeChoice {
  /** The setting intake_server, where the operator gave one; a default of the card does not count. */
  readonly given: string | undefined;
  /** The value intake_url, by which the platform names the intake of its own region. */
  readonly platform: string | undefined;
  /** The card's default. */
  readonly fallback: string | undefined;
}

/**
 * The address that batches are posted to: `<base>/batch`. A base may have a path of its own
 * (https://intake.fra2.sekoia.io/api/v1/intake-http), which stays.
 * @throws ConfigurationError where there is no base, or none that is an address
 */
export function batchAddress(choice: IntakeChoice): string {
  const base = choice.given ?? choice.platform ?? choice.fallback;
  if (base === undefined) {
    throw new ConfigurationError(
      'It is not known where the intake is. Give its address in the setting "intake_server".',
    );
  }
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(
      'The address of the intake is not an http(s):// address. Correct the setting "intake_server" or the value "intake_url".',
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/batch`;
  return url.href;
}

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
