import { ConfigurationError } from '../errors.js';

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
