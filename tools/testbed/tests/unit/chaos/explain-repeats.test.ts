import { describe, expect, test } from '@jest/globals';
import { explainRepeats, type Cause } from '../../../src/chaos/audit/findings.js';
import { Journal, type BatchResult } from '../../../src/chaos/audit/journal.js';
import type { ProcessRun } from '../../../src/chaos/test-bed/process-runs.js';

const event = (id: string, status = 'delivered'): string =>
  JSON.stringify({ id, recipientAddress: 'r@lab.example', status });

type End = NonNullable<ProcessRun['ended']>;
const life = (number: number, end: Partial<End>): ProcessRun => ({
  number,
  ended: {
    asked: 'SIGTERM',
    impatiently: false,
    exit: { exitCode: 0, signal: null },
    hadSpoken: true,
    diskWasFull: false,
    ...end,
  },
});
const killed: Partial<End> = { asked: 'SIGKILL', exit: { exitCode: null, signal: 'SIGKILL' } };

/** Batches of [events, process, result]; the cause of each repeat. */
function causesOf(batches: [string[], number, BatchResult?][], lives: ProcessRun[]): [Cause, number][] {
  const journal = new Journal();
  for (const [events, number, result = 'accepted'] of batches)
    journal.store(
      events.map((id) => event(id)),
      number,
      result,
    );
  const explained = explainRepeats(journal.repeats, { lives, lastBatchOfLife: journal.lastBatchOfLife });
  return explained.map(({ cause, events }) => [cause, events]);
}

describe('a repeat', () => {
  test.each<[string, [string[], number, BatchResult?][], ProcessRun[], [Cause, number][]]>([
    [
      'of the last batch before a SIGKILL goes back to the kill',
      [
        [['a', 'b'], 1],
        [['a', 'b'], 2],
      ],
      [life(1, killed)],
      [['kill', 2]],
    ],
    [
      'of a batch before the last one has no explanation',
      [
        [['a'], 1],
        [['b'], 1],
        [['a'], 2],
      ],
      [life(1, killed)],
      [['unexplained', 1]],
    ],
    [
      'of a batch that the intake took too long for is its slowness, as long as batches get smaller',
      [
        [['a', 'b'], 1, 'slower-than-limit'],
        [['a'], 1, 'slower-than-limit'],
        [['b'], 1],
      ],
      [life(1, {})],
      [
        ['slow intake', 1],
        ['slow intake', 1],
      ],
    ],
    [
      'of a batch that comes again as it was has no explanation, however slow the intake is',
      [
        [['a', 'b'], 1, 'slower-than-limit'],
        [['a', 'b'], 1, 'slower-than-limit'],
      ],
      [life(1, {})],
      [['unexplained', 2]],
    ],
    [
      'of a batch of which not all events were named goes back to that',
      [
        [['a', 'b'], 1, 'fault-fewer-ids'],
        [['b'], 1],
      ],
      [life(1, {})],
      [['fewer ids', 1]],
    ],
    [
      'of the last batch before a stop in which the data folder hung goes back to that',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, { folderHung: true, exit: { exitCode: 1, signal: null } })],
      [['hanging folder', 1]],
    ],
    [
      'two processes later still goes back to the kill',
      [
        [['a'], 1],
        [['b'], 2],
        [['a'], 3],
      ],
      [life(1, killed), life(2, killed)],
      [['kill', 1]],
    ],
    [
      'after SIGTERM has no explanation',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, {})],
      [['unexplained', 1]],
    ],
    [
      'after SIGTERM that ended in SIGKILL goes back to the kill',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, { exit: { exitCode: null, signal: 'SIGKILL' } })],
      [['kill', 1]],
    ],
    [
      'of a batch whose acknowledgement came too late for a stop is explained by that',
      [
        [['a'], 1, 'fault-slow'],
        [['a'], 2],
      ],
      [life(1, {})],
      [['late acknowledgement', 1]],
    ],
    [
      'after SIGTERM on a full disk is explained by the disk',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, { diskWasFull: true })],
      [['full disk', 1]],
    ],
    [
      'of a batch whose acknowledgement was lost goes back to that',
      [
        [['a', 'b'], 1, 'fault-lost-acknowledgement'],
        [['b', 'c'], 1],
      ],
      [],
      [['lost acknowledgement', 1]],
    ],
    [
      'of a batch that was answered with too few ids goes back to that, part by part',
      [
        [['a', 'b'], 1, 'fault-fewer-ids'],
        [['a'], 1],
        [['b'], 1],
      ],
      [],
      [
        ['fewer ids', 1],
        ['fewer ids', 1],
      ],
    ],
    [
      'of a batch that was answered without ids goes back to that',
      [
        [['a', 'b'], 1, 'fault-no-ids'],
        [['a', 'b'], 1],
      ],
      [],
      [['fewer ids', 2]],
    ],
    [
      'by the same process has no explanation, though it was killed afterwards',
      [
        [['a'], 1],
        [['a'], 1],
      ],
      [life(1, killed)],
      [['unexplained', 1]],
    ],
    ['within one batch has no explanation', [[['a', 'a'], 1, 'fault-lost-acknowledgement']], [], [['unexplained', 1]]],
    [
      'of a process that runs still has no explanation',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [],
      [['unexplained', 1]],
    ],
    [
      'after a crash has no explanation',
      [
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, { asked: undefined, exit: { exitCode: 1, signal: null } })],
      [['unexplained', 1]],
    ],
    [
      'of a repeat is explained by the delivery just before it',
      [
        [['a'], 1, 'fault-lost-acknowledgement'],
        [['a'], 1],
        [['a'], 2],
      ],
      [life(1, killed)],
      [
        ['lost acknowledgement', 1],
        ['kill', 1],
      ],
    ],
  ])('%s', (_, batches, lives, causes) => {
    expect(causesOf(batches, lives)).toEqual(causes);
  });
});

describe('the journal', () => {
  test('tells a row that comes with another status from a repeat, and spellings of a status not from one another', () => {
    const journal = new Journal();
    journal.store([event('a', 'pending')], 1, 'accepted');
    journal.store([event('a', 'delivered')], 1, 'accepted');
    expect(journal.repeats).toEqual([]);
    journal.store([event('A', 'Delivered')], 1, 'accepted');
    expect(journal.repeats).toMatchObject([{ events: 1, first: { number: 2 }, again: { number: 3 } }]);
  });

  test('leaves what names no row to the audit', () => {
    const journal = new Journal();
    journal.store(['no JSON', 'no JSON'], 1, 'accepted');
    expect(journal.repeats).toEqual([]);
  });
});
