import { randomBytes } from 'node:crypto';
import type { Card, ModuleCards } from '../cards/read-cards.js';
import { HttpError } from '@local/testbed';
import { checkedName, InvalidSettingsError } from './stored-playbook.js';
import type { SettingsContext } from './saved-settings.js';
import type { LogLine } from '../wire/live.js';
import { Playbook } from './playbook.js';
import type { SavedPlaybook } from './playbook-store.js';

export interface PlaybooksOptions extends SettingsContext {
  readonly module: ModuleCards;
  /** The module's compiled entry. */
  readonly modulePath: string;
  /** Called with a sentence about what cannot be opened. */
  readonly onTrouble: (message: string) => void;
  /** Called with each line of any playbook's log. */
  readonly onLine: (line: LogLine, playbook: Playbook) => void;
}

export interface Addition {
  /** The card's `docker_parameters`. */
  readonly trigger: string;
  /** Default: the card's name, numbered where there is a playbook of that name. */
  readonly name?: string;
  /** Default: made up. */
  readonly id?: string;
}

/** All playbooks, in the order in which they were added. */
export class Playbooks {
  readonly #options: PlaybooksOptions;
  readonly #playbooks = new Map<string, Playbook>();
  /** The ids of those whose files are being removed. */
  readonly #leaving = new Set<string>();
  #isClosed = false;

  private constructor(options: PlaybooksOptions) {
    this.#options = options;
  }

  /**
   * Opens what is kept; nothing is started. Playbooks that read the simulated tenant learn where it is now; one in
   * which that cannot be written is left alone.
   *
   * @param stored what the store has read
   */
  static async open(options: PlaybooksOptions, stored: readonly SavedPlaybook[]): Promise<Playbooks> {
    const playbooks = new Playbooks(options);
    for (const one of stored) {
      const card = options.module.cards.get(one.stored.trigger);
      // A trigger whose card has gone: its playbook stays in the folder, until the card is back.
      if (card === undefined) continue;
      const playbook = playbooks.#make(one, card);
      try {
        if (playbook.usesSimulatedTenant) await playbook.saved.useSimulatedTenant();
        playbooks.#playbooks.set(one.id, playbook);
      } catch (error) {
        options.onTrouble(
          `The playbook ${one.id} cannot be given the simulated tenant (${String(error)}): mend its files or delete its ` +
            'folder, then start the runner again.',
        );
      }
    }
    return playbooks;
  }

  all(): readonly Playbook[] {
    return [...this.#playbooks.values()];
  }

  find(id: string): Playbook | undefined {
    return this.#playbooks.get(id);
  }

  /** @throws {HttpError} 404, or 409 while it is being deleted. */
  get(id: string): Playbook {
    const playbook = this.find(id);
    if (playbook === undefined) throw new HttpError(404, 'There is no such playbook: go back to the list.');
    if (this.#leaving.has(id)) throw new HttpError(409, 'The playbook is being deleted: go back to the list.');
    return playbook;
  }

  /** @throws {HttpError} 422 for an unknown trigger or a wrong name. */
  async add({ trigger, name, id = randomBytes(6).toString('hex') }: Addition): Promise<Playbook> {
    const card = this.#options.module.cards.get(trigger);
    if (card === undefined) {
      throw new InvalidSettingsError(`There is no trigger ${trigger}: choose one of the library.`, [
        { setting: 'trigger', message: 'Choose one of the library.' },
      ]);
    }
    const stored: SavedPlaybook = {
      id,
      stored: {
        name: checkedName(name ?? this.#nameFor(card)),
        trigger,
        settings: {},
        usesSimulatedTenant: false,
        addedAtMs: Date.now(),
      },
      secrets: {},
    };
    await this.#options.store.add(stored);
    const playbook = this.#make(stored, card);
    this.#playbooks.set(id, playbook);
    return playbook;
  }

  /** @throws {HttpError} 404, or 409 while it is started or where its files cannot be removed; then it stays. */
  async remove(id: string): Promise<void> {
    const { isStarted, saved } = this.get(id);
    if (isStarted) throw new HttpError(409, 'The trigger runs: stop the playbook first.');
    this.#leaving.add(id);
    try {
      // A change that is still to be written would bring the folder back.
      await saved.settled();
      await this.#options.store.remove(id);
      this.#playbooks.delete(id);
    } catch (error) {
      throw new HttpError(
        409,
        `Its files cannot be removed (${String(error)}): mend that, then delete the playbook again.`,
      );
    } finally {
      this.#leaving.delete(id);
    }
  }

  /** @throws {HttpError} like `Playbook.start`, and 409 once everything is being stopped. */
  start(id: string): ReturnType<Playbook['start']> {
    if (this.#isClosed) throw new HttpError(409, 'The runner is being stopped: start it again with npm start.');
    return this.get(id).start();
  }

  /** Stops all triggers at the same time. Answers the names of the playbooks whose trigger had to be killed. */
  async close(): Promise<readonly string[]> {
    this.#isClosed = true;
    const started = this.all().filter((playbook) => playbook.isStarted);
    const killed = await Promise.all(
      started.map(async (playbook) => {
        const stop = await playbook.untilStopped();
        return stop?.signal === 'SIGKILL' ? [playbook.name] : [];
      }),
    );
    return killed.flat();
  }

  /** `Message Trace`, `Message Trace 2` and so on. */
  #nameFor({ name }: Card): string {
    const taken = new Set(this.all().map((playbook) => playbook.name));
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
    return free;
  }

  #make(stored: SavedPlaybook, card: Card): Playbook {
    const { store, tenant, account, modulePath, onLine } = this.#options;
    return new Playbook({ stored, card, store, tenant, account, modulePath, onLine });
  }
}
