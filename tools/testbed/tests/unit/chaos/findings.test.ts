import { describe, expect, test } from '@jest/globals';
import { findingsOf, type Outcome } from '../../../src/chaos/audit/findings.js';
import { progressLine, reportText, type RunReport } from '../../../src/chaos/report.js';
import { endedInTime, endedWell, type ProcessRun } from '../../../src/chaos/test-bed/process-runs.js';

type End = NonNullable<ProcessRun['ended']>;
const stopped: End = {
  asked: 'SIGTERM',
  impatiently: false,
  exit: { exitCode: 0, signal: null },
  hadSpoken: true,
  diskWasFull: false,
};
const batch = (number: number) => ({ number, life: number, events: 200, result: 'accepted' as const });
const repeat = { first: batch(1), again: batch(2), events: 3 };
const lostRow = { traceId: 'trace', recipient: 'r@lab.example', status: 'Delivered', wasWithheld: false };
const noSamples = { missing: [], missedStatuses: [], repeated: [], unknown: [], unreadable: [] };
const audit = {
  visible: 9,
  delivered: 12,
  missing: 0,
  filtered: 0,
  missedStatuses: 0,
  repeated: 3,
  unknown: 0,
  unreadable: 0,
};
const violation = {
  ...{ fromMs: 1000, untilMs: 3000, looks: 3, process: 2 },
  ...{ what: 'ok during "x"', troubles: ['x'], reasons: '[]' },
};
const well: Outcome = {
  rows: { rows: 9, statuses: 11, passedUndelivered: 2, lost: [], refused: 0, late: 0 },
  audit: { ...audit, samples: noSamples },
  repeats: [{ ...repeat, cause: 'kill' }],
  lives: [{ number: 1, ended: stopped }],
  peakMemoryMiB: 120,
  leaks: new Map(),
  odd: 0,
  violations: [],
};
const run: RunReport = {
  ...well,
  options: {
    minutes: 2,
    seed: 7,
    signInScenario: 'basic',
    chunkSize: 200,
    rate: 72_000,
    keep: false,
    only: [],
    without: [],
  },
  looks: new Map([['ok', 7]]),
  kills: 4,
  results: { API: { page: 30, 'http-500': 4 }, Intake: { accepted: 20 } },
  logsByLevel: new Map([['info', 8]]),
  anomalies: [],
  diskManner: undefined,
  settledAfterMs: 81_500,
  shownAfterMs: 80_000,
};

describe('findings', () => {
  test('are none where every repeat is explained and nothing is lost', () => {
    expect(findingsOf(well)).toEqual([]);
  });

  test.each<[string, Partial<Outcome>, string]>([
    ['late rows', { rows: { ...well.rows, late: 4 } }, '4 rows are late'],
    [
      'a lost row that the intake did not name',
      { rows: { ...well.rows, lost: [{ ...lostRow, wasWithheld: true }] } },
      '1 rows are lost; 1 of them the intake has neither stored nor named.',
    ],
    ['a lost row', { rows: { ...well.rows, lost: [lostRow] } }, '1 rows are lost.'],
    [
      'a repeat without an explanation',
      { repeats: [{ ...repeat, cause: 'unexplained' }] },
      '3 repeats have no explanation.',
    ],
    ['an audit that disagrees with the journal', { repeats: [] }, 'The audit counts 3 repeats more than the journal'],
    ['an event of no row', { audit: { ...well.audit, unreadable: 1 } }, '1 events name no row.'],
    ['an event of an unknown row', { audit: { ...well.audit, unknown: 1 } }, '1 events are of rows that'],
    ['a crash', { lives: [{ number: 1, ended: { ...stopped, asked: undefined } }] }, '1 processes ended'],
    ['a slow stop', { lives: [{ number: 1, ended: { ...stopped, tookMs: 10_001 } }] }, '1 processes took more than'],
    ['a wrong status', { violations: [violation] }, 'The status was wrong 1 times.'],
    ['a leak', { leaks: new Map([['output', 2]]) }, 'A secret turned up: output (2).'],
    ['a line that asks to be reported', { odd: 2 }, '2 log lines ask to be reported.'],
    ['too much memory', { peakMemoryMiB: 301 }, 'A process took 301 MiB, where 300 are allowed.'],
  ])('tell of %s', (_, change, finding) => {
    expect(findingsOf({ ...well, ...change })).toEqual([expect.stringContaining(finding)]);
  });
});

describe('a process', () => {
  const sigkill = { exitCode: null, signal: 'SIGKILL' } as const;
  const sigterm = { exitCode: null, signal: 'SIGTERM' } as const;
  test.each<[string, Partial<End>, boolean]>([
    ['stopped with 0', {}, true],
    ['stopped with 1', { exit: { exitCode: 1, signal: null } }, false],
    ['that had to be killed although it was given its time', { exit: sigkill }, false],
    ['that was given no time', { exit: sigkill, impatiently: true }, true],
    ['that died of SIGTERM before it listened', { exit: sigterm, hadSpoken: false }, true],
    ['that died of SIGTERM later', { exit: sigterm }, false],
    ['killed', { asked: 'SIGKILL', exit: sigkill }, true],
    ['that ended before it was killed', { asked: 'SIGKILL', exit: { exitCode: 1, signal: null } }, false],
    ['that ended by itself', { asked: undefined }, false],
  ])('%s: ended well is %j', (...[, end, isWell]) => {
    expect(endedWell({ number: 1, ended: { ...stopped, ...end } })).toBe(isWell);
  });

  test('may take ten seconds to stop', () => {
    expect(endedInTime({ number: 1, ended: { ...stopped, tookMs: 10_000 } })).toBe(true);
    expect(endedInTime({ number: 1, ended: { ...stopped, tookMs: 10_001 } })).toBe(false);
    expect(endedInTime({ number: 1, ended: { ...stopped, asked: 'SIGKILL', tookMs: 10_001 } })).toBe(true);
  });

  test('that runs still has not ended badly', () => {
    expect(endedWell({ number: 1 })).toBe(true);
  });
});

describe('the report', () => {
  test('tells of rows, repeats, faults, processes and the end', () => {
    const text = reportText(run);
    expect(text).toContain('seed 7, 2 min, way basic');
    expect(text).toContain('9 visible, with 11 statuses; 2 passed before anybody looked');
    expect(text).toContain('9 statuses had to be seen');
    expect(text).toContain(
      'kill: 3 of the 200 events of batch 1 (process 1, accepted) came again in batch 2 (process 2)',
    );
    expect(text).toContain('page 30, http-500 4');
    expect(text).toContain('SIGTERM → exit code 0 1');
    expect(text).toContain('81.5 s after the trouble, 1.5 s after the last change was shown');
    expect(text).toContain('never full');
    expect(text).toContain('looks at /health by what it had to say: ok 7; wrong 0 times');
    expect(reportText({ ...run, violations: [violation] })).toContain(
      '1.0 s to 3.0 s (3 looks) process 2: ok during "x"; failing: x',
    );
    expect(text.endsWith('All is well.\n')).toBe(true);
  });

  test('lists the first twenty lost rows, and says how many more there are', () => {
    const text = reportText({ ...run, rows: { ...run.rows, lost: Array.from({ length: 23 }, () => lostRow) } });
    expect(text.match(/unexplained: trace r@lab\.example Delivered/g)).toHaveLength(20);
    expect(text).toContain('and 3 more');
    expect(text).toContain('FOUND: 23 rows are lost.');
  });
});

test('a line of progress says how the run stands', () => {
  const standing = { elapsedMs: 70_100, rows: 9, missing: 2, events: 12, repeated: 3, kills: 4, peakMemoryMiB: 99.6 };
  expect(progressLine(standing)).toBe('1:10  9 rows, 2 not delivered yet; 12 events, 3 repeated; 4 kills, 100 MiB\n');
});
