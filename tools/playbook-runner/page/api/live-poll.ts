import { api } from './client.js';
import { cursorsOf, type LiveState, mergeLive, nothingKnown } from './live-state.js';
import { renewRequestToken } from './request.js';

const everyMs = 1_000;
/** One answer may be lost, as when the runner is busy; two in a row are told to the operator. */
const lostAfter = 2;

/**
 * Asks the runner once a second for what is new, while the tab is to be seen.
 * After a pause or a failure it finds out whether the runner was started again: then all that it counts began anew.
 */
export class LivePoll {
  #state = nothingKnown;
  #watched: string | null = null;
  #failures = 0;
  #doubtful = false;
  #timer: number | undefined;
  #asking: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();

  get state(): LiveState {
    return this.#state;
  }

  /** Follows the tab's visibility; called once, for as long as the page lives. */
  run(): void {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) {
        window.clearTimeout(this.#timer);
        this.#doubtful = true;
      } else {
        void this.refresh();
      }
    });
    void this.refresh();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** From now on the state tells of this playbook in full; of none with null. */
  watch(id: string | null): void {
    if (this.#watched === id) return;
    this.#watched = id;
    this.#change({ ...this.#state, playbook: null });
    void this.refresh();
  }

  /** Asks now rather than at the next second: after the operator did something. */
  async refresh(): Promise<void> {
    await this.#asking;
    window.clearTimeout(this.#timer);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      window.clearTimeout(this.#timer);
      if (!document.hidden) this.#timer = window.setTimeout(() => void this.refresh(), everyMs);
    });
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      if (this.#doubtful && (await renewRequestToken())) this.#change({ ...this.#state, playbook: null });
      this.#doubtful = false;
      const watched = this.#watched;
      const response = await api.live({ playbook: watched, ...cursorsOf(this.#state.playbook) });
      this.#failures = 0;
      // Meanwhile another playbook may have been opened: its answer is on the way.
      if (watched === this.#watched) this.#change(mergeLive(this.#state, response));
    } catch {
      this.#doubtful = true;
      this.#failures += 1;
      if (this.#failures >= lostAfter) this.#change({ ...this.#state, connection: 'lost' });
    }
  }

  #change(state: LiveState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
