import type { FormCard } from '../cards/read-cards.js';
import { type AccountFacts, handAccount, type HandedAccount, takenFromAccount } from '../form/account.js';
import { TENANT_ADDRESSES } from '../form/settings-schema.js';
import { SecretForms } from '../observed/secret-forms.js';
import { applySettings, type SavedValues, type Secrets } from '../playbooks/stored-playbook.js';
import { applicationOn, type SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { SettingsChange, SettingsPicture } from '../wire/playbook.js';

type Settings = Readonly<Record<string, unknown>>;

type AccountPicture = SettingsPicture & { readonly usesSimulatedTenant: boolean };

/**
 * The module's configuration, with which triggers and actions sign in. In memory only: it is gone when the runner
 * ends.
 */
export class ConnectedAccount {
  readonly #card: FormCard;
  readonly #tenant: SimulatedTenant;
  readonly #everySecret = new SecretForms();
  #saved: SavedValues = { settings: {}, secrets: {} };
  #usesSimulatedTenant = false;
  #version = 0;

  /** @param card made of manifest.json */
  constructor(card: FormCard, tenant: SimulatedTenant) {
    this.#card = card;
    this.#tenant = tenant;
  }

  /** Counts the changes: what was found out of an account holds for one version. */
  get version(): number {
    return this.#version;
  }

  /** Of this run of the runner, in all forms in which a log may show them. */
  get everySecret(): readonly string[] {
    return this.#everySecret.all;
  }

  get facts(): AccountFacts {
    const { settings, secrets } = this.#saved;
    return { settings, savedSecrets: Object.keys(secrets) };
  }

  /** All of it, for the module's own commands. */
  get whole(): HandedAccount {
    return this.#saved;
  }

  /** What a trigger gets of it. @param own the trigger's settings, secrets among them */
  handTo({ schema }: FormCard, own: Settings): HandedAccount {
    return handAccount(schema, own, this.#saved);
  }

  /** Whether it has a trigger with these settings of its own read Microsoft Graph of the simulated tenant. */
  leadsToTenant({ schema }: FormCard, own: Settings): boolean {
    const takesSecret = takenFromAccount(schema, own, this.facts).some((name) => name in this.#saved.secrets);
    return this.#usesSimulatedTenant && takesSecret && own['api'] !== 'reporting_web_service';
  }

  picture(): AccountPicture {
    const { settings, secrets } = this.#saved;
    return {
      ...this.facts,
      problems: this.#card.check({ ...settings, ...secrets }),
      usesSimulatedTenant: this.#usesSimulatedTenant,
    };
  }

  /** @throws {InvalidSettingsError} 422; then nothing is changed. */
  change(change: SettingsChange): void {
    const changed = applySettings(this.#card, this.#saved, change);
    const readsTheSame = TENANT_ADDRESSES.every((name) => changed.settings[name] === this.#saved.settings[name]);
    this.#keep(changed, this.#usesSimulatedTenant && readsTheSame);
  }

  /** Fills in an application of the simulated tenant, in place of what there is. */
  useSimulatedTenant(): void {
    const all = Object.entries(applicationOn(this.#tenant.settings));
    const isSecret = ([name]: readonly [string, string]) => this.#card.secretNames.has(name);
    const secrets: Secrets = Object.fromEntries(all.filter(isSecret));
    this.#keep({ settings: Object.fromEntries(all.filter((entry) => !isSecret(entry))), secrets }, true);
  }

  #keep(saved: SavedValues, usesSimulatedTenant: boolean): void {
    this.#saved = saved;
    this.#usesSimulatedTenant = usesSimulatedTenant;
    this.#version += 1;
    this.#everySecret.add(Object.values(saved.secrets));
  }
}
