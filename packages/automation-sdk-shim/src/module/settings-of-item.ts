/** What the platform gave a trigger, connector or action, and the schema that its card has for that. */
import type { Card, Cards, Manifest, Schema } from '../configuration/cards.js';
import { sentencesAboutUnknown } from '../configuration/explain-errors.js';
import {
  checkSettings,
  givenAmong,
  isPlaceholder,
  overlaySecrets,
  placeholdersAmong,
  secretsAmong,
  sentenceAboutPlaceholders,
  type Settings,
  type SettingsFromModule,
  type SettingsRules,
  textsIn,
} from '../configuration/settings.js';
import type { Values } from '../configuration/values.js';
import { nameOf } from '../configuration/explain-errors.js';
import { CardError, ConfigurationError } from '../errors.js';
import { isObject, type JsonObject } from '../json.js';
import type { Hide, Log } from '../log/log.js';
import type { SecretsNeed } from '../configuration/module-secrets.js';

export interface RawSettings {
  readonly raw: JsonObject;
  readonly schema: Schema;
}

/**
 * The settings of the trigger or connector started as `command`: connector_configuration, else
 * trigger_configuration, with the card of that kind (or the other, where there is only one).
 * @throws ConfigurationError, CardError
 */
export function readSettingsOfItem(values: Values, cards: Cards, command: string, hide: Hide): RawSettings {
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
  const schema = card.arguments;
  hideListed(raw, schema, hide);
  // The intake key is not masked in Sekoia's forms, so cards need not list it; it is a secret all the same.
  hideTexts('intake_key', raw['intake_key'], hide);
  return { raw, schema };
}

/** What a card cannot say about the settings of an item. */
export interface ItemRules {
  readonly rules: SettingsRules;
  readonly settingsFromModule: SettingsFromModule;
}

export interface SettingsOfItem extends Settings {
  /** One about the settings that the module's configuration gives, where it gives some. */
  readonly origin?: string;
}

/**
 * The settings with the platform's secrets over them, completed from the module's configuration, checked against the
 * card and by `rules`.
 * @throws ConfigurationError, CardError
 */
export function settingsOfItem(
  { raw, schema }: RawSettings,
  secrets: JsonObject,
  hide: Hide,
  { rules, settingsFromModule }: ItemRules,
  module: JsonObject = {},
): SettingsOfItem {
  hideAll(secrets, hide);
  const own = overlaySecrets(raw, secrets);
  const taken = settingsFromModule(givenAmong(own, schema), module);
  const check = () => checkUnmasked({ ...own, ...taken }, schema, 'the trigger in the playbook', rules);
  const names = Object.keys(taken).map((name) => nameOf(name, schema));
  if (names.length === 0) return check();
  const origin = `The connected account (the module's configuration) gives ${names.join(', ')}.`;
  try {
    return { ...check(), origin };
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(`${error.message} ${origin}`) : error;
  }
}

/**
 * The module's own configuration with its secrets from the platform merged in, checked against manifest.json.
 * @throws ConfigurationError, CardError
 */
export function settingsOfModule(values: Values, manifest: Manifest, secrets: JsonObject, hide: Hide): Settings {
  const raw = values.object('module_configuration') ?? {};
  const schema = manifest.configuration;
  hideListed(raw, schema, hide);
  hideAll(secrets, hide);
  return checkUnmasked(overlaySecrets(raw, secrets), schema, "the module's configuration");
}

/**
 * The arguments with which a playbook runs the action `command`: the value `arguments`, converted and checked like
 * settings, against the card action_*.json and by `rules`.
 * @throws ConfigurationError that names each wrong argument; CardError
 */
export function argumentsOfAction(
  values: Values,
  { actions }: Cards,
  command: string,
  hide: Hide,
  rules: SettingsRules,
): Settings {
  const card = actions.find((each) => each.dockerParameters === command);
  if (card === undefined) throw new CardError(`No action_*.json has the docker_parameters "${command}". Add its card.`);
  const raw = values.object('arguments');
  if (raw === undefined)
    throw new ConfigurationError(`The arguments are missing. Give them as JSON in ${values.places('arguments')}.`);
  const schema = card.arguments;
  hideListed(raw, schema, hide);
  return checkSettings(raw, schema, rules, 'arguments');
}

/** Logs what an operator may want to know about settings that are accepted. */
export function logNotices({ unknown, doubts }: Settings, log: Log): void {
  for (const sentence of sentencesAboutUnknown(unknown)) log.debug(sentence);
  for (const sentence of doubts) log.warning(sentence);
}

/** The module's secrets in the platform's answer to the first PATCH of an action or a validator. */
export function secretsInAnswer(answer: JsonObject | undefined, manifest: Manifest): JsonObject {
  const configuration = answer?.['module_configuration'];
  const value = isObject(configuration) && isObject(configuration['value']) ? configuration['value'] : {};
  const secret = secretNames(manifest);
  return Object.fromEntries(Object.entries(value).filter(([name]) => secret.includes(name)));
}

/** The settings of the module that the platform keeps apart. */
export function secretNames(manifest: Manifest): string[] {
  const { secrets } = manifest.configuration;
  return Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string') : [];
}

/**
 * What the platform's secrets are to these settings; undefined where neither the card nor the manifest has any. Those
 * of the module are required where it is configured, or must be: a module whose whole configuration is optional and
 * empty has no account, and does not depend on the platform for it.
 */
export function secretsNeedOf(
  { raw, schema }: RawSettings,
  manifest: Manifest,
  module: JsonObject,
): SecretsNeed | undefined {
  const ofModule = secretNames(manifest).length > 0;
  const { configuration } = manifest;
  const mustBeConfigured = Array.isArray(configuration['required']) && configuration['required'].length > 0;
  const isConfigured = Object.keys(givenAmong(module, configuration)).length > 0;
  if (ofModule && (mustBeConfigured || isConfigured)) return 'required';
  if (placeholdersAmong(raw, schema).length > 0) return 'masked';
  const ofItem = Array.isArray(schema['secrets']) && schema['secrets'].length > 0;
  return ofItem || ofModule ? 'optional' : undefined;
}

function checkUnmasked(settings: JsonObject, schema: Schema, place: string, rules?: SettingsRules): Settings {
  const masked = placeholdersAmong(settings, schema);
  if (masked.length > 0) throw new ConfigurationError(sentenceAboutPlaceholders(masked, schema, place));
  return checkSettings(settings, schema, rules);
}

function hideListed(raw: JsonObject, schema: Schema, hide: Hide): void {
  for (const { name, secret } of secretsAmong(raw, schema)) hideTexts(name, secret, hide);
}

function hideAll(secrets: JsonObject, hide: Hide): void {
  for (const [name, value] of Object.entries(secrets)) hideTexts(name, value, hide);
}

/** A placeholder is no secret: hiding it would blank every line of asterisks. */
function hideTexts(name: string, value: unknown, hide: Hide): void {
  for (const text of textsIn(value)) if (!isPlaceholder(text)) hide(name, text);
}
