import { type AccountFacts, NO_ACCOUNT, takenFromAccount } from '../../../src/form/account.js';
import { hasCredential, proofsIn, signInSettings } from '../../../src/form/credential.js';
import { LEAST_HIDDEN, type SettingsSchema, titleOf } from '../../../src/form/settings-schema.js';
import type { Settings } from './draft.js';
import type { Problem } from '../../../src/wire/playbook.js';

/**
 * What follows from settings that depend on one another, as one sentence for each group that has any.
 *
 * @param has whether a setting is filled in, or is a saved secret
 * @param account gives what a trigger of an application leaves empty
 */
export function tellConsequences(
  schema: SettingsSchema,
  settings: Settings,
  has: (name: string) => boolean,
  account: AccountFacts = NO_ACCOUNT,
): Readonly<Record<string, string>> {
  const api = settings['api'] ?? schema.properties['api']?.default;
  const asApplication = hasCredential(schema);
  return {
    ...(asApplication && { required: tellSignIn(schema, settings, has, account) }),
    ...('api' in schema.properties && {
      api: asApplication ? tellApplication(api) : tellAccount(api, has('client_id')),
    }),
    ...('intake_server' in schema.properties && { intake: tellIntake(settings['intake_server']) }),
  };
}

function tellSignIn(
  schema: SettingsSchema,
  settings: Settings,
  has: (name: string) => boolean,
  account: AccountFacts,
): string {
  const filled = signInSettings(schema).filter((name) => has(name));
  const own = { ...settings, ...Object.fromEntries(filled.map((name) => [name, settings[name] ?? 'saved'])) };
  const taken = takenFromAccount(schema, own, account);
  const proof = proofsIn(schema).some((name) => taken.includes(name));
  const titles = new Intl.ListFormat('en').format(taken.map((name) => titleOf(schema, name)));
  const gives = taken.length > 0 ? [`The connected account gives ${titles}.`] : [];
  return [...gives, ...(proof ? [] : [tellProof(settings['credential'], has)])].join(' ');
}

const PROOFS = {
  client_secret: 'its client secret',
  client_certificate: 'its certificate',
  federated_token_file: 'the token in a file',
};

function tellProof(credential: unknown, has: (name: string) => boolean): string {
  if (credential === 'managed_identity') return 'Azure signs in what the module runs in, by its managed identity.';
  if (credential === 'federated_token') return `The application proves who it is with ${PROOFS.federated_token_file}.`;
  const given = Object.entries(PROOFS).filter(
    ([name]) => (credential ?? 'automatic') === 'automatic' || name === credential,
  );
  const [[, proof] = [], ...others] = given.filter(([name]) => has(name));
  if (others.length > 0) return 'More than one credential is given: remove the others, or choose the one to use.';
  if (proof !== undefined) return `The application proves who it is with ${proof}.`;
  return 'The application proves who it is with a client secret, a certificate or a federated token.';
}

function tellApplication(api: unknown): string {
  return `Signs in as the application through Entra ID and reads ${apiName(api === 'graph')}.`;
}

function tellAccount(api: unknown, hasClient: boolean): string {
  if (api === 'graph' && !hasClient) return 'Microsoft Graph is read with a Client ID alone: fill it in.';
  if (!hasClient) return 'Reads the Reporting Web Service with HTTP Basic.';
  return `Signs in through Entra ID and reads ${apiName(api !== 'reporting_web_service')}.`;
}

function apiName(graph: boolean): string {
  return graph ? 'Microsoft Graph' : 'the Reporting Web Service';
}

function tellIntake(server: unknown): string {
  return typeof server === 'string'
    ? `Events leave this machine: they go to ${server}, with the intake key.`
    : 'Events stay on this machine, in the intake of this runner.';
}

/** What is used of a setting's schema in a card. */
interface DescribedSetting {
  readonly type?: unknown;
  readonly description?: string | undefined;
  readonly default?: unknown;
}

/** What a number counts, as its description says: `seconds`, `events`. Undefined for what is no number. */
export function unitOf({ type, description = '' }: DescribedSetting): string | undefined {
  if (type !== 'integer' && type !== 'number') return undefined;
  return / Unit: (\w+)\.$/.exec(description)?.[1];
}

/** How a value reads in a sentence: `On`, `60 seconds`, `automatic`. */
export function valueWords(schema: DescribedSetting, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  const unit = unitOf(schema);
  if (unit === undefined) return String(value);
  return `${String(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** `Default: 60 seconds`, without a stop, which addresses would swallow; undefined where there is none. */
export function defaultWords(schema: DescribedSetting): string | undefined {
  return schema.default === undefined ? undefined : `Default: ${valueWords(schema, schema.default)}`;
}

/** `this or Client certificate`, where one of several settings is needed; undefined for all others. */
export function alternativesWords(schema: SettingsSchema, setting: string): string | undefined {
  const alternatives = proofsIn(schema);
  if (!alternatives.includes(setting)) return undefined;
  const others = alternatives.filter((name) => name !== setting).map((name) => titleOf(schema, name));
  return `this or ${others.join(' or ')}`;
}

/** What to think about a secret that was typed; undefined where there is nothing. */
export function cautionAbout(secret: unknown): string | undefined {
  if (typeof secret !== 'string' || secret.trim() === '' || secret.length >= LEAST_HIDDEN) return undefined;
  return `Shorter than ${LEAST_HIDDEN} characters: it cannot be kept out of the logs.`;
}

/**
 * The number that is written in digits. Whatever else was typed stays as it is: the check refuses it in sight of it.
 */
export function numberOrText(typed: unknown): unknown {
  if (typeof typed !== 'string') return typed;
  const text = typed.trim();
  return /^-?\d+(\.\d*[1-9])?$/.test(text) ? Number(text) : typed;
}

export interface SettingGroup {
  /** `advanced` is closed at first. */
  readonly id: string;
  readonly title: string;
  /** A sentence under the title. */
  readonly help?: string;
  /** Names of settings, in the card's order. */
  readonly settings: readonly string[];
}

const apiSettings = ['api', 'client_id', 'tenant_id'];
const filterSettings = ['do_not_send', 'send_only', 'internal_domains'];
const intakeSettings = ['intake_server'];

/** The parts of the form, without the empty ones. Settings that no part lists are advanced ones. */
export function groupSettings(schema: SettingsSchema): readonly SettingGroup[] {
  const required = new Set([...(schema.required ?? []), ...signInSettings(schema)]);
  const rest = Object.keys(schema.properties).filter((name) => !required.has(name));
  const inGroups = [...apiSettings, ...intakeSettings, ...filterSettings];
  const groups: readonly SettingGroup[] = [
    {
      id: 'required',
      title: 'Required settings',
      settings: Object.keys(schema.properties).filter((name) => required.has(name)),
    },
    { id: 'api', title: 'Which API is read', settings: rest.filter((name) => apiSettings.includes(name)) },
    { id: 'intake', title: 'Where the events go', settings: rest.filter((name) => intakeSettings.includes(name)) },
    {
      id: 'filters',
      title: 'Which rows are sent',
      help: 'Left empty: all rows. A rule in each line.',
      settings: rest.filter((name) => filterSettings.includes(name)),
    },
    { id: 'advanced', title: 'Advanced settings', settings: rest.filter((name) => !inGroups.includes(name)) },
  ];
  return groups.filter(({ settings }) => settings.length > 0);
}

/** What is wrong with settings, from the first field of the form to the last. */
export function inOrderOfForm(groups: readonly SettingGroup[], problems: readonly Problem[]): readonly Problem[] {
  const fields = ['name', ...groups.flatMap(({ settings }) => settings)];
  const place = ({ setting }: Problem): number => fields.indexOf(setting);
  return problems.toSorted((one, other) => place(one) - place(other));
}

interface RunnerDefault {
  readonly placeholder: string;
  readonly help: string;
}

/** Settings that, left empty, do something else in this runner than the card's default says. */
export const runnerDefaults: Readonly<Record<string, RunnerDefault | undefined>> = {
  intake_server: {
    placeholder: 'The intake of this runner',
    help: 'Left empty: the intake of this runner here, https://intake.sekoia.io on the platform.',
  },
};
