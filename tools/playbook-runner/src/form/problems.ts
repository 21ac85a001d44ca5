import type { Problem } from '../wire/playbook.js';
import { type AccountFacts, NO_ACCOUNT, takenFromAccount } from './account.js';
import { checkCredential } from './credential.js';
import type { SettingSchema, SettingsSchema } from './settings-schema.js';

/** What is used of an error of ajv (its `ErrorObject`), with `allErrors`. */
export interface SchemaError {
  readonly keyword: string;
  /** Where in the settings: `/frequency`; empty for all of them. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What is wrong with settings, as sentences for the user of the form. There is one for each setting, in the order of
 * the form. Server and page both use it, so that they say the same. Besides what ajv has found by the card, it reports
 * what cards cannot say but the trigger would: addresses, and what proves who signs in. What it does not know of, such
 * as the form of an ID, the trigger reports when it is started.
 *
 * @param errors ajv's, of `settings`, in which nothing is blank
 * @param account gives what a trigger's own settings leave empty
 */
export function findProblems(
  schema: SettingsSchema,
  errors: readonly SchemaError[],
  settings: Readonly<Record<string, unknown>>,
  account: AccountFacts = NO_ACCOUNT,
): Problem[] {
  const taken = takenFromAccount(schema, settings, account).map((name): [string, unknown] => [name, 'of the account']);
  const found = [
    ...errors.flatMap((error) => describe(schema, error) ?? []),
    ...checkAddresses(schema, settings),
    ...checkCredential(schema, { ...settings, ...Object.fromEntries(taken) }),
  ];
  const problems = new Map<string, Problem>();
  for (const problem of found) if (!problems.has(problem.setting)) problems.set(problem.setting, problem);
  const order = Object.keys(schema.properties);
  return [...problems.values()].sort((one, other) => order.indexOf(one.setting) - order.indexOf(other.setting));
}

function describe(schema: SettingsSchema, error: SchemaError): Problem | undefined {
  const { keyword, instancePath, params } = error;
  // The format of addresses is stricter than the trigger, and knows nothing of loopback.
  if (keyword === 'format') return undefined;
  if (keyword === 'required' && instancePath === '')
    return { setting: String(params['missingProperty']), message: 'Fill in this field.' };
  const [, setting = '', entry] = instancePath.split('/');
  const described = schema.properties[setting] ?? {};
  return { setting, message: describeValue((entry === undefined ? undefined : described.items) ?? described, keyword) };
}

function checkAddresses(schema: SettingsSchema, settings: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(schema.properties).flatMap(([setting, { format }]) => {
    const value = settings[setting];
    if (format !== 'uri' || typeof value !== 'string' || isAddress(value)) return [];
    return [
      {
        setting,
        message:
          'Write an address that begins with https://, without ?, # and @; http:// is for this machine alone (127.0.0.1 or localhost).',
      },
    ];
  });
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || /[\s?#@]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function describeValue(schema: SettingSchema, keyword: string): string {
  switch (keyword) {
    case 'type':
    case 'minimum':
    case 'maximum':
      return `${describeType(schema)}.`;
    case 'enum':
      return `Choose one of ${(schema.enum ?? []).map(String).join(', ')}.`;
  }
  return 'Change this as its description says.';
}

function describeType({ type, minimum, maximum }: SettingSchema): string {
  if (type === 'integer') return `Write a whole number${describeBounds(minimum, maximum)}`;
  if (type === 'number') return `Write a number${describeBounds(minimum, maximum)}`;
  if (type === 'array') return 'Write a list';
  return type === 'boolean' ? 'Choose yes or no' : 'Write a text';
}

function describeBounds(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}
