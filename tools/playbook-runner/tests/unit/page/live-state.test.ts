import { describe, expect, test } from '@jest/globals';
import { bounds, cursorsOf, type LiveState, mergeLive, nothingKnown } from '../../../page/api/live.js';
import type { EventLine, Live, LivePlaybook, LogLine } from '../../../src/wire/live.js';

const overview: LivePlaybook['overview'] = {
  lagSeconds: 12,
  eventsLastMinute: 3,
  totals: {
    rowsRead: 0,
    delivered: 0,
    lateRows: 0,
    statusChanges: 0,
    repeatsSuppressed: 0,
    filtered: 0,
    rejected: 0,
    playbookRuns: 0,
    gapSeconds: 0,
    requests: 0,
  },
  quota: null,
  health: null,
  passes: [],
  reading: null,
  readAhead: null,
  audit: null,
  intake: 'own',
};

function event(number: number): EventLine {
  return { number, arrivedAtMs: number, receivedMs: null, from: '', to: '', subject: '', status: '', outcome: '' };
}

function log(number: number): LogLine {
  return { number, atMs: number, level: 'info', message: `line ${number}`, origin: 'module' };
}

function sample(atMs: number): LivePlaybook['samples'][number] {
  return { atMs, eventsPerMinute: 1, lagSeconds: null };
}

function respond(playbook: Partial<LivePlaybook> | null): Live {
  const base = { id: 'demo', overview, events: [], logs: [], samples: [], intake: { faultShare: 0, outage: false } };
  return {
    nowMs: 1_000,
    playbooks: [],
    tenant: { rowsPerHour: 3_600, lateShare: 0, faultShare: 0, outage: false },
    playbook: playbook && { ...base, ...playbook },
  };
}

function tell(...responses: readonly Live[]): LiveState {
  return responses.reduce(mergeLive, nothingKnown);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

describe('what the page knows', () => {
  test('starts with cursors that ask for everything', () => {
    expect(cursorsOf(nothingKnown.playbook)).toEqual({ eventsAfter: 0, logsAfter: 0, samplesAfter: 0 });
  });

  test('asks for what came after the last that it was told', () => {
    const { playbook } = tell(respond({ events: [event(4), event(5)], logs: [log(9)], samples: [sample(70)] }));
    expect(cursorsOf(playbook)).toEqual({ eventsAfter: 5, logsAfter: 9, samplesAfter: 70 });
  });

  test('adds what is new behind what it knew', () => {
    const { playbook } = tell(respond({ events: [event(1)] }), respond({ events: [event(2)] }));
    expect(playbook?.events.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('takes what it is told twice once', () => {
    const told = respond({ events: [event(1), event(2)], logs: [log(1)], samples: [sample(5)] });
    const { playbook } = tell(told, told);
    expect([playbook?.events.length, playbook?.logs.length, playbook?.samples.length]).toEqual([2, 1, 1]);
  });

  test('keeps the newest events and logs within its bounds', () => {
    const { playbook } = tell(
      respond({ events: range(1, bounds.events).map(event), logs: range(1, bounds.logs).map(log) }),
      respond({ events: [event(bounds.events + 1)], logs: [log(bounds.logs + 1)] }),
    );
    expect(playbook?.events).toHaveLength(bounds.events);
    expect(playbook?.events[0]?.number).toBe(2);
    expect(playbook?.logs).toHaveLength(bounds.logs);
    expect(playbook?.logs.at(-1)?.number).toBe(bounds.logs + 1);
  });

  test('keeps an hour of samples', () => {
    const { playbook } = tell(
      respond({ samples: [sample(1), sample(1_000)] }),
      respond({ samples: [sample(1_000 + bounds.samplesMs)] }),
    );
    expect(playbook?.samples.map(({ atMs }) => atMs)).toEqual([1_000, 1_000 + bounds.samplesMs]);
  });

  test('begins anew with another playbook', () => {
    const { playbook } = tell(respond({ events: [event(7)] }), respond({ id: 'other', events: [event(1)] }));
    expect(playbook?.events.map(({ number }) => number)).toEqual([1]);
  });

  test('forgets a playbook that is no more', () => {
    expect(tell(respond({ events: [event(7)] }), respond(null)).playbook).toBeNull();
  });

  test('leaves what has not changed the same object', () => {
    const before = tell(respond({ events: [event(1)], logs: [log(1)] }));
    const after = mergeLive(before, respond({ overview: { ...overview, lagSeconds: 13 } }));
    expect(after.playbook?.events).toBe(before.playbook?.events);
    expect(after.playbook?.intake).toBe(before.playbook?.intake);
    expect(after.playbooks).toBe(before.playbooks);
    expect(after.tenant).toBe(before.tenant);
    expect(after.playbook?.overview.lagSeconds).toBe(13);
  });

  test('is connected again with the next answer', () => {
    expect(mergeLive({ ...nothingKnown, connection: 'lost' }, respond(null)).connection).toBe('connected');
  });
});
