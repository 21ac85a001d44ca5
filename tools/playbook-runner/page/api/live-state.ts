import type { Live, LivePlaybook, TenantControls } from '../../src/wire/live.js';
import type { PlaybookSummary } from '../../src/wire/playbook.js';

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

/** What to ask for next, so that nothing is told twice. */
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

function append<Item>(stored: readonly Item[], added: readonly Item[], most: number): readonly Item[] {
  if (added.length === 0) return stored;
  const all = [...stored, ...added];
  return all.length > most ? all.slice(-most) : all;
}

function lastHour<Item extends { readonly atMs: number }>(samples: readonly Item[]): readonly Item[] {
  const sinceMs = (samples.at(-1)?.atMs ?? 0) - bounds.samplesMs;
  return samples[0] && samples[0].atMs < sinceMs ? samples.filter(({ atMs }) => atMs >= sinceMs) : samples;
}

/** The known value where both say the same. */
function unchanged<Value>(known: Value | null, told: Value): Value {
  return known !== null && JSON.stringify(known) === JSON.stringify(told) ? known : told;
}
