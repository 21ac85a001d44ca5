import { randomUUID } from 'node:crypto';
import type { ConnectedAccount } from '../module/connected-account.js';
import type { Card } from '../cards/read-cards.js';
import { TENANT_ADDRESSES, tenantSettings } from '../form/settings-schema.js';
import { SecretForms } from '../observed/secret-forms.js';
import { applicationOn, type SimulatedTenant, type TenantSettings } from '../simulation/simulated-tenant.js';
import { applyChange, type Secrets } from './stored-playbook.js';
import { HttpError } from '@local/testbed';
import type { PlaybookChange, PlaybookSettings } from '../wire/playbook.js';
import type { PlaybookStore, SavedPlaybook } from './playbook-store.js';

type Settings = Readonly<Record<string, unknown>>;

/** Seconds. Often enough for a user who watches, where nothing else was chosen. */
const FREQUENCY = 5;

/** What is filled in, by the card's `docker_parameters`. */
const FILLED_IN: Readonly<Record<string, (tenant: TenantSettings) => Settings>> = {
  message_trace: ({ account_name, account_password, api_url }) => ({
    account_name,
    account_password,
    api_url,
  }),
  message_trace_graph: applicationOn,
};

export interface FilledIn {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/**
 * Settings with which the trigger reads the simulated tenant; what would lead it elsewhere is taken out, and all else
 * stays. Undefined for a trigger that the tenant is not made for.
 */
export function fillInTenant(card: Card, before: FilledIn, tenant: TenantSettings): FilledIn | undefined {
  const filledIn = FILLED_IN[card.trigger]?.(tenant);
  if (filledIn === undefined) return undefined;
  const replaced = tenantSettings(card.secretNames);
  const stored = Object.entries<unknown>({
    frequency: FREQUENCY,
    intake_key: randomUUID(),
    ...before.settings,
    ...before.secrets,
  }).filter(([name]) => !replaced.includes(name));
  const all = [...stored, ...Object.entries(filledIn)];
  return {
    settings: Object.fromEntries(all.filter(([name]) => !card.secretNames.has(name))),
    secrets: Object.fromEntries(all.filter(([name]) => card.secretNames.has(name))) as Secrets,
  };
}

export interface SettingsContext {
  readonly store: PlaybookStore;
  readonly tenant: SimulatedTenant;
  /** Gives triggers what their own settings leave empty. */
  readonly account: ConnectedAccount;
}

/** The settings of one playbook, in memory and on disk. */
export class SavedSettings {
  readonly #card: Card;
  readonly #store: PlaybookStore;
  readonly #tenant: SimulatedTenant;
  readonly #account: ConnectedAccount;
  readonly #everySecret = new SecretForms();
  #stored: SavedPlaybook;
  /** One change after the other: each begins with what the one before has made. */
  #changed: Promise<unknown> = Promise.resolve();

  constructor(stored: SavedPlaybook, card: Card, { store, tenant, account }: SettingsContext) {
    this.#stored = separateSecrets(stored, card);
    this.#card = card;
    this.#store = store;
    this.#tenant = tenant;
    this.#account = account;
    this.#remember(this.#stored);
  }

  get stored(): SavedPlaybook {
    return this.#stored;
  }

  /**
   * Of this run of the runner, in all forms in which a log may show them: a trigger may still use one that was
   * replaced.
   */
  get everySecret(): readonly string[] {
    return this.#everySecret.all;
  }

  /** Fulfilled once all changes so far are kept, or have failed. */
  async settled(): Promise<void> {
    await this.#changed;
  }

  /** What may be shown of them. */
  picture(): PlaybookSettings {
    const { id, stored, secrets } = this.#stored;
    const { name, trigger, settings } = stored;
    return {
      id,
      name,
      trigger,
      settings,
      savedSecrets: Object.keys(secrets),
      problems: this.#card.check({ ...settings, ...secrets }, this.#account.facts),
    };
  }

  /** @throws {HttpError} 422; then nothing is changed. */
  change(change: PlaybookChange): Promise<PlaybookSettings> {
    return this.#inTurn(() => this.#change(change));
  }

  /**
   * Fills in what is needed to read the simulated tenant. A `frequency` replaces the one that is set.
   *
   * @throws {HttpError} 422 for a trigger that the tenant is not made for.
   */
  useSimulatedTenant(frequency?: number): Promise<PlaybookSettings> {
    return this.#inTurn(() => this.#useSimulatedTenant(frequency));
  }

  #change(change: PlaybookChange): Promise<PlaybookSettings> {
    const { id, stored, secrets } = this.#stored;
    const changed = applyChange(this.#card, { settings: stored.settings, secrets }, change, this.#account.facts);
    // With other addresses they do not lead to the simulated tenant any more.
    const readsTheSame = TENANT_ADDRESSES.every((name) => changed.settings[name] === stored.settings[name]);
    return this.#keep({
      id,
      stored: {
        ...stored,
        name: changed.name,
        settings: changed.settings,
        usesSimulatedTenant: stored.usesSimulatedTenant && readsTheSame,
      },
      secrets: changed.secrets,
    });
  }

  #useSimulatedTenant(frequency: number | undefined): Promise<PlaybookSettings> {
    const { id, stored, secrets } = this.#stored;
    const settings = { ...stored.settings, ...(frequency !== undefined && { frequency }) };
    const filledIn = fillInTenant(this.#card, { settings, secrets }, this.#tenant.settings);
    if (filledIn === undefined) {
      throw new HttpError(
        422,
        `The simulated tenant has nothing for ${this.#card.name}: fill in the settings yourself.`,
      );
    }
    return this.#keep({
      id,
      stored: { ...stored, settings: filledIn.settings, usesSimulatedTenant: true },
      secrets: filledIn.secrets,
    });
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const changed = this.#changed.then(change);
    this.#changed = changed.catch(() => undefined);
    return changed;
  }

  async #keep(stored: SavedPlaybook): Promise<PlaybookSettings> {
    await this.#store.save(stored);
    this.#stored = stored;
    this.#remember(stored);
    return this.picture();
  }

  #remember({ stored, secrets }: SavedPlaybook): void {
    this.#everySecret.add([...Object.values(secrets), basicCredentials({ ...stored.settings, ...secrets })]);
  }
}

/** What is secret among the settings, by hand or since the card masks it, is shown no more. */
function separateSecrets({ id, stored, secrets }: SavedPlaybook, { secretNames }: Card): SavedPlaybook {
  const settings = Object.entries(stored.settings);
  const misplaced = settings.filter(
    (entry): entry is [string, string] => secretNames.has(entry[0]) && typeof entry[1] === 'string',
  );
  return {
    id,
    stored: { ...stored, settings: Object.fromEntries(settings.filter(([name]) => !secretNames.has(name))) },
    secrets: { ...Object.fromEntries(misplaced), ...secrets },
  };
}

/** What HTTP Basic sends of an account. */
function basicCredentials({
  account_name: name,
  account_password: password,
}: Readonly<Record<string, unknown>>): string {
  if (typeof name !== 'string' || typeof password !== 'string') return '';
  return Buffer.from(`${name}:${password}`).toString('base64');
}
