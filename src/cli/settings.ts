/** The settings of the command line: from the environment, a file or a person. A secret is never an option. */
import { checkSettings, ConfigurationError, SECRETS } from '@sekoia/automation-sdk-shim';
import { readFileSync, statSync } from 'node:fs';
import { isObject, type JsonObject } from '../model/json.js';
import { rulesForAccount } from '../sekoia/access-by-account.js';
import { rulesForApplication } from '../sekoia/access-by-application.js';
import { apiAt } from '../settings/connected-account.js';
import { accountSettings, applicationSettings } from '../settings/definition.js';
import type { Setting, Settings } from '../settings/setting.js';
import { schemaOf } from '../settings/schema.js';
import type { MessageTraceConfiguration, MessageTraceGraphConfiguration } from '../settings/values.js';
import { askHidden } from './prompt.js';
import { type Terminal, UsageError } from './terminal.js';

const PREFIX = 'MESSAGE_TRACE_';
const FILE_SUFFIX = '_FILE';
const READABLE_BY_OTHERS = 0o044;

/** The intake key is needed where events are sent only. */
type WithoutKey<Configuration> = Omit<Configuration, 'intake_key'> & { readonly intake_key?: string };

/** Who signs in: an application, which the connected account is one of, or a service account. */
export type CommandSettings =
  | { readonly kind: 'application'; readonly values: WithoutKey<MessageTraceGraphConfiguration> }
  | { readonly kind: 'account'; readonly values: WithoutKey<MessageTraceConfiguration> };

/** Every setting that the environment or a settings file can give, by its name in the form. */
export const commandSettings: Readonly<Record<string, Setting>> = { ...accountSettings, ...applicationSettings };

/** The form masks all secrets but this one: anyone who has it can write into the intake. */
const INTAKE_KEY = 'intake_key';

export function isSecret(name: string): boolean {
  return name === INTAKE_KEY || commandSettings[name]?.secret === true;
}

/** In the environment, a list has an entry in each line. Domains may stand in one. */
function valueFrom(text: string, name: string): string | string[] {
  if (commandSettings[name]?.type !== 'array') return text;
  return text.split(name === 'internal_domains' ? /[\s,]+/ : /\r?\n/);
}

/** Such as `MESSAGE_TRACE_TENANT_ID`. */
export function variableFor(name: string): string {
  return PREFIX + name.toUpperCase();
}

export interface SettingsRequest {
  /** Given with `--settings`. */
  readonly file?: string | undefined;
  /** Settings that must be there besides what signs in. */
  readonly needs?: readonly 'intake_key'[];
}

/**
 * The settings, checked. The environment goes before the file. What proves who signs in is asked for on a terminal
 * where neither gives it.
 * @throws UsageError, ConfigurationError; neither quotes a value
 */
export async function readCommandSettings(
  { file, needs = [] }: SettingsRequest,
  terminal: Terminal,
): Promise<CommandSettings> {
  const path = file ?? terminal.env[`${PREFIX}SETTINGS`];
  const given = { ...(path === undefined ? {} : fromFile(path, terminal)), ...fromEnvironment(terminal) };
  for (const [name, value] of Object.entries(given)) if (isSecret(name)) hide(value);
  const kind = given['account_name'] === undefined ? 'application' : 'account';
  const asked = await askMissing(given, kind, needs, terminal);
  const raw: JsonObject = { ...given, ...asked };
  const settings = kind === 'account' ? accountSettings : applicationSettings;
  const own = kind === 'account' ? raw : withApi(raw);
  const rules = kind === 'account' ? rulesForAccount : rulesForApplication;
  const foreign = Object.keys(own).filter((name) => !(name in settings));
  if (foreign.length > 0)
    throw new ConfigurationError(
      kind === 'account'
        ? `A service account, which account_name names, has no use for ${foreign.join(', ')}. Leave one of them out.`
        : `${foreign.join(', ')} belongs to a service account. Give account_name, too, or leave it out.`,
    );
  const { values, doubts } = checked(() => checkSettings(own, withoutKey(settings, needs), rules));
  for (const doubt of doubts) terminal.say(doubt);
  return { kind, values } as unknown as CommandSettings;
}

const IN_PLAYBOOK = 'Correct the settings in the playbook.';
const HERE = 'Give them in the environment or in a settings file; message-trace check --help shows how.';

/** Who types commands has no playbook. */
function checked<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.message.replace(IN_PLAYBOOK, HERE));
  }
}

/** The address tells the API, as for the connected account. */
function withApi(given: JsonObject): JsonObject {
  const { api, api_url: apiUrl } = given;
  return api === undefined && typeof apiUrl === 'string' && apiAt(apiUrl) === 'reporting_web_service'
    ? { ...given, api: 'reporting_web_service' }
    : given;
}

function withoutKey(settings: Settings, needs: readonly string[]): JsonObject {
  const { required, ...schema } = schemaOf('Settings of the command line', settings);
  const names = (required as string[]).filter((name) => name !== INTAKE_KEY || needs.includes(name));
  return { ...schema, required: names };
}

function fromFile(path: string, terminal: Terminal): JsonObject {
  const given = parsed(textOf(path), path);
  const unknown = Object.keys(given).filter((name) => commandSettings[name] === undefined);
  if (unknown.length > 0)
    throw new UsageError(
      `The settings file has settings that are not known: ${unknown.slice(0, 10).join(', ')}. Correct their names.`,
    );
  const secrets = Object.keys(given).filter(isSecret);
  if (secrets.length > 0 && (statSync(path).mode & READABLE_BY_OTHERS) !== 0)
    terminal.say(`Other users can read ${path}, which holds ${secrets.join(', ')}. Run: chmod 600 ${path}`);
  return given;
}

function parsed(text: string, path: string): JsonObject {
  try {
    const value = JSON.parse(text) as unknown;
    if (isObject(value)) return value;
  } catch {
    // The parser's message quotes the text.
  }
  throw new UsageError(`${path} is not a JSON object, such as {"tenant_id": "contoso.onmicrosoft.com"}. Correct it.`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(`${path} cannot be read (${code}). Give a file that is there and that you can read.`);
  }
}

/** `MESSAGE_TRACE_CLIENT_SECRET`, or the content of the file that `MESSAGE_TRACE_CLIENT_SECRET_FILE` names. */
function fromEnvironment({ env }: Terminal): JsonObject {
  const entries = Object.keys(commandSettings).flatMap((name) => {
    const variable = variableFor(name);
    const text = env[variable];
    if (text !== undefined && text !== '') return [[name, valueFrom(text, name)] as const];
    const path = isSecret(name) ? env[variable + FILE_SUFFIX] : undefined;
    return path === undefined || path === '' ? [] : [[name, textOf(path).replace(/\r?\n$/, '')] as const];
  });
  return Object.fromEntries(entries);
}

/** Whatever an application can prove itself with, the machine's own proofs included. */
function hasProof(given: JsonObject, env: NodeJS.ProcessEnv): boolean {
  const names = ['client_secret', 'client_certificate', 'federated_token_file'];
  if (names.some((name) => given[name] !== undefined)) return true;
  return given['credential'] === 'managed_identity' || Boolean(env['AZURE_FEDERATED_TOKEN_FILE']);
}

async function askMissing(
  given: JsonObject,
  kind: CommandSettings['kind'],
  needs: readonly string[],
  terminal: Terminal,
): Promise<JsonObject> {
  if (!terminal.canAsk) return {};
  const ofAccount = kind === 'account' && given['account_password'] === undefined ? ['account_password'] : [];
  const ofApplication = kind === 'application' && !hasProof(given, terminal.env) ? ['client_secret'] : [];
  const missing = [...ofAccount, ...ofApplication, ...needs.filter((name) => given[name] === undefined)];
  const asked: JsonObject = {};
  for (const name of missing) {
    const answer = await askHidden(`${commandSettings[name]?.title ?? name}: `, terminal);
    hide(answer);
    if (answer !== '') asked[name] = answer;
  }
  return asked;
}

function hide(value: unknown): void {
  if (typeof value === 'string') SECRETS.add(value);
}
