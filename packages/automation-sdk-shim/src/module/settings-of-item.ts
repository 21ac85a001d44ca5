import type { Card, Cards, Manifest } from '../configuration/cards.js';
import { checkSettings, secretsAmong, textsIn, type Settings, type SettingsRules } from '../configuration/settings.js';
import type { Values } from '../configuration/values.js';
import { CardError, ConfigurationError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { Hide } from '../log/hide.js';

/**
 * The settings of the trigger or connector started as `command`: connector_configuration, else
 * trigger_configuration, checked against the card of that kind (or the other, where there is only one), and by `rules`.
 * @throws ConfigurationError, CardError
 */
export function settingsOfItem(
  values: Values,
  cards: Cards,
  command: string,
  hide: Hide,
  rules: SettingsRules,
): Settings {
  const forConnector = values.object('connector_configuration');
  const raw = forConnector ?? values.object('trigger_configuration');
  const [card] = [
    ...(forConnector === undefined ? [] : cards.connectors),
    ...cards.triggers,
    ...cards.connectors,
  ].filter((each: Card) => each.dockerParameters === command);
  if (card === undefined) {
    throw new CardError(`No trigger_*.json or connector_*.json has the docker_parameters "${command}". Add its card.`);
  }
  if (raw === undefined) {
    const places = values.places('connector_configuration', 'trigger_configuration');
    throw new ConfigurationError(`The settings are missing. Give them as JSON in ${places}.`);
  }
  // The intake key is not masked in Sekoia's forms, so cards need not list it; it is a secret all the same.
  const secrets = secretsAmong(raw, card.arguments);
  for (const { name, secret } of secrets) hide(name, secret);
  for (const key of textsIn(raw['intake_key'])) hide('intake_key', key);
  return checkSettings(raw, card.arguments, rules);
}

/**
 * The module's own configuration with its secrets from the platform merged in, checked against manifest.json.
 * @throws ConfigurationError, CardError
 */
export function settingsOfModule(values: Values, manifest: Manifest, secrets: JsonObject, hide: Hide): Settings {
  const raw = { ...values.object('module_configuration'), ...secrets };
  for (const { name, secret } of secretsAmong(raw, manifest.configuration)) hide(name, secret);
  for (const [name, value] of Object.entries(secrets)) for (const secret of textsIn(value)) hide(name, secret);
  return checkSettings(raw, manifest.configuration);
}

export function needsSecrets(manifest: Manifest): boolean {
  return secretNames(manifest).length > 0;
}

/** The settings of the module that the platform keeps apart. */
export function secretNames(manifest: Manifest): string[] {
  const { secrets } = manifest.configuration;
  return Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string') : [];
}
