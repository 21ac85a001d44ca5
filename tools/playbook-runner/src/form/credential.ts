import type { Problem } from '../wire/playbook.js';
import { type SettingsSchema, titleOf } from './settings-schema.js';

/** The setting with which a card lets the operator choose what proves who signs in. */
const CREDENTIAL = 'credential';

/** What is looked at by itself, in this order, where none is chosen; by the choice that stands for it. */
const PROOFS: Readonly<Record<string, string>> = {
  client_secret: 'client_secret',
  client_certificate: 'client_certificate',
  federated_token: 'federated_token_file',
};
/** What a managed identity needs none of, and the environment may give with a federated token. */
const IDS = ['tenant_id', 'client_id'];
const WITHOUT_IDS: readonly unknown[] = ['managed_identity', 'federated_token'];

export function hasCredential({ properties }: SettingsSchema): boolean {
  return CREDENTIAL in properties;
}

/**
 * The settings of which one proves who signs in, unless another credential is chosen; none where the card leaves no
 * choice.
 */
export function proofsIn(schema: SettingsSchema): readonly string[] {
  return hasCredential(schema) ? Object.values(PROOFS).filter((name) => name in schema.properties) : [];
}

/** Those of them that are filled in. */
export function ownProofs(schema: SettingsSchema, settings: Readonly<Record<string, unknown>>): readonly string[] {
  return proofsIn(schema).filter((name) => settings[name] !== undefined);
}

/** Whether what the trigger runs in proves who it is, so that no setting has to. */
export function signsInByMachine({ credential }: Readonly<Record<string, unknown>>): boolean {
  return WITHOUT_IDS.includes(credential);
}

/** The settings with which the operator says who signs in. */
export function signInSettings(schema: SettingsSchema): readonly string[] {
  return hasCredential(schema) ? [...IDS, CREDENTIAL, ...proofsIn(schema)] : [];
}

/** What is wrong with them. Cards cannot say it; the trigger itself says the same. */
export function checkCredential(schema: SettingsSchema, settings: Readonly<Record<string, unknown>>): Problem[] {
  if (!hasCredential(schema)) return [];
  const isMissing = (name: string) => settings[name] === undefined;
  const ids = signsInByMachine(settings) ? [] : IDS.filter(isMissing);
  return [...ids.map((setting) => ({ setting, message: 'Fill in this field.' })), ...checkProofs(schema, settings)];
}

function checkProofs(schema: SettingsSchema, settings: Readonly<Record<string, unknown>>): Problem[] {
  const { credential } = settings;
  const proofs = proofsIn(schema);
  const given = ownProofs(schema, settings);
  if (typeof credential === 'string' && credential !== 'automatic') {
    const needed = PROOFS[credential];
    // The file of a federated token can be named by the environment.
    if (needed === undefined || given.includes(needed) || signsInByMachine(settings)) return [];
    return [{ setting: needed, message: 'Fill in this field, or choose another credential.' }];
  }
  const titles = (names: readonly string[]) => names.map((name) => titleOf(schema, name));
  const [first = CREDENTIAL, ...others] = proofs;
  if (given.length === 0)
    return [{ setting: first, message: `Give this or ${titles(others).join(' or ')}, or choose another credential.` }];
  if (given.length === 1) return [];
  const message = `Give only one of ${titles(given).join(' and ')}, or choose the credential to use.`;
  return [{ setting: given.at(-1) ?? first, message }];
}
