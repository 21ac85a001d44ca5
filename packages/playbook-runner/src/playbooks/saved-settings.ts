import type { Card } from '../cards/card.js';
import { Refusal } from '../http/refusal.js';
import type { SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { PlaybookChange, PlaybookSettings } from '../wire/playbook.js';
import { fillInTenant } from './fill-in.js';
import type { KeptPlaybook, PlaybookStore } from './playbook-store.js';
import { applyChange } from './read-change.js';

/** Where a trigger reads: settings with other ones do not lead to the simulated tenant any more. */
const ADDRESSES = ['api_url', 'authority_url'];

/** The settings of one playbook, in memory and on disk. */
export class SavedSettings {
  readonly #card: Card;
  readonly #store: PlaybookStore;
  readonly #tenant: SimulatedTenant;
  readonly #everySecret = new Set<string>();
  #kept: KeptPlaybook;

  constructor(kept: KeptPlaybook, card: Card, store: PlaybookStore, tenant: SimulatedTenant) {
    this.#kept = kept;
    this.#card = card;
    this.#store = store;
    this.#tenant = tenant;
    this.#remember(kept);
  }

  get kept(): KeptPlaybook {
    return this.#kept;
  }

  /** Of this run of the runner, as they are and as JSON writes them: a trigger may still use one that was replaced. */
  get everySecret(): readonly string[] {
    return [...this.#everySecret];
  }

  /** What may be shown of them. */
  picture(): PlaybookSettings {
    const { id, stored, secrets } = this.#kept;
    const { name, trigger, settings } = stored;
    return {
      id,
      name,
      trigger,
      settings,
      savedSecrets: Object.keys(secrets),
      problems: this.#card.check({ ...settings, ...secrets }),
    };
  }

  /** @throws {Refusal} 422; then nothing is changed. */
  change(change: PlaybookChange): Promise<PlaybookSettings> {
    const { id, stored, secrets } = this.#kept;
    const changed = applyChange(this.#card, secrets, change);
    const readsTheSame = ADDRESSES.every((name) => changed.settings[name] === stored.settings[name]);
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

  /**
   * Fills in what is needed to read the simulated tenant. A `frequency` replaces the one that is set.
   *
   * @throws {Refusal} 422 for a trigger that the tenant is not made for.
   */
  useSimulatedTenant(frequency?: number): Promise<PlaybookSettings> {
    const { id, stored, secrets } = this.#kept;
    const settings = { ...stored.settings, ...(frequency !== undefined && { frequency }) };
    const filledIn = fillInTenant(this.#card, { settings, secrets }, this.#tenant.settings);
    if (filledIn === undefined) {
      throw new Refusal(422, `The simulated tenant has nothing for ${this.#card.name}: fill in the settings yourself.`);
    }
    return this.#keep({
      id,
      stored: { ...stored, settings: filledIn.settings, usesSimulatedTenant: true },
      secrets: filledIn.secrets,
    });
  }

  async #keep(kept: KeptPlaybook): Promise<PlaybookSettings> {
    await this.#store.save(kept);
    this.#kept = kept;
    this.#remember(kept);
    return this.picture();
  }

  #remember({ secrets }: KeptPlaybook): void {
    for (const secret of Object.values(secrets)) {
      if (secret !== '') this.#everySecret.add(secret).add(JSON.stringify(secret).slice(1, -1));
    }
  }
}
