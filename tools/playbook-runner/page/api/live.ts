import type { Live, LivePlaybook, TenantControls } from '../../src/wire/live.js';
import type { PlaybookSummary } from '../../src/wire/playbook.js';
import { api } from './client.js';
import { renewRequestToken } from './request.js';
import { useEffect, useSyncExternalStore } from 'react';

/** How much the page keeps of what it has been told. */
export const bounds = { events: 1_000, logs: 2_000, samplesMs: 3_600_000 } as const;

type Connection = 'connecting' | 'connected' | 'lost';

/** All that the page knows of the runner, put together from its answers. */
export interface LiveState {
  readonly connection: Connection;
  /** The runner's time at its last answer, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Null until the first answer. */
  readonly playbooks: readonly PlaybookSummary[] | null;
  readonly tenant: TenantControls | null;
  /** The playbook that is being watched, with the events, logs and samples that are kept, oldest first. */
  readonly playbook: LivePlaybook | null;
}

export interface Cursors {
  readonly eventsAfter: number;
  readonly logsAfter: number;
  readonly samplesAfter: number;
}

export const nothingKnown: LiveState = {
  connection: 'connecting',
  nowMs: 0,
  playbooks: null,
  tenant: null,
  playbook: null,
};

/** What to ask for next, so that nothing is sent twice. */
export function cursorsOf(playbook: LivePlaybook | null): Cursors {
  return {
    eventsAfter: playbook?.events.at(-1)?.number ?? 0,
    logsAfter: playbook?.logs.at(-1)?.number ?? 0,
    samplesAfter: playbook?.samples.at(-1)?.atMs ?? 0,
  };
}

/** Adds an answer. What has not changed stays the same object, so that what shows it need not be drawn again. */
export function mergeLive(state: LiveState, response: Live): LiveState {
  const known = state.playbook;
  const told = response.playbook;
  return {
    connection: 'connected',
    nowMs: response.nowMs,
    playbooks: unchanged(state.playbooks, response.playbooks),
    tenant: unchanged(state.tenant, response.tenant),
    playbook: told && known?.id === told.id ? mergePlaybook(known, told) : told && mergePlaybook(emptied(told), told),
  };
}

function mergePlaybook(known: LivePlaybook, told: LivePlaybook): LivePlaybook {
  const cursors = cursorsOf(known);
  return {
    id: told.id,
    overview: unchanged(known.overview, told.overview),
    intake: unchanged(known.intake, told.intake),
    events: append(known.events, after(told.events, cursors.eventsAfter), bounds.events),
    logs: append(known.logs, after(told.logs, cursors.logsAfter), bounds.logs),
    samples: lastHour(
      append(
        known.samples,
        told.samples.filter(({ atMs }) => atMs > cursors.samplesAfter),
        Infinity,
      ),
    ),
  };
}

function emptied(playbook: LivePlaybook): LivePlaybook {
  return { ...playbook, events: [], logs: [], samples: [] };
}

function after<Line extends { readonly number: number }>(lines: readonly Line[], cursor: number): readonly Line[] {
  return lines.filter(({ number }) => number > cursor);
}

function append<Item>(stored: readonly Item[], added: readonly Item[], max: number): readonly Item[] {
  if (added.length === 0) return stored;
  const all = [...stored, ...added];
  return all.length > max ? all.slice(-max) : all;
}

function lastHour<Item extends { readonly atMs: number }>(samples: readonly Item[]): readonly Item[] {
  const sinceMs = (samples.at(-1)?.atMs ?? 0) - bounds.samplesMs;
  return samples[0] && samples[0].atMs < sinceMs ? samples.filter(({ atMs }) => atMs >= sinceMs) : samples;
}

/** The known value where both say the same. */
function unchanged<Value>(known: Value | null, told: Value): Value {
  return known !== null && JSON.stringify(known) === JSON.stringify(told) ? known : told;
}

const everyMs = 1_000;
/** One answer may be lost, as when the runner is busy; two in a row are told to the operator. */
const lostAfter = 2;

/**
 * Asks the runner once a second for what is new, while the tab is to be seen.
 * After a pause or a failure it finds out whether the runner was started again: then all that it counts began anew.
 */
class LivePoll {
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

/** The page's only one: `live.refresh()` after a call that changes something. */
export const live = new LivePoll();

/** What the page knows of the runner, once a second. */
export function useLive(): LiveState {
  return useSyncExternalStore(live.subscribe, () => live.state);
}

/**
 * A part of it: drawn again only where that part has become another object. `select` must return what is in the state.
 */
export function useLiveValue<Value>(select: (state: LiveState) => Value): Value {
  return useSyncExternalStore(live.subscribe, () => select(live.state));
}

/** Asks for everything about a playbook while the component is to be seen. */
export function useWatched(id: string): void {
  useEffect(() => {
    live.watch(id);
    return () => live.watch(null);
  }, [id]);
}
