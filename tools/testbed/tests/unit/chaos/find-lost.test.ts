import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findLost } from '../../../src/chaos/audit/findings.js';
import { Journal, keyOf } from '../../../src/chaos/audit/journal.js';
import { readRejectedRows, readSetAsideTime } from '../../../src/chaos/run.js';

const identity = (traceId: string, status: string) => ({ traceId, recipient: 'r@lab.example', status });
const row = (traceId: string, ...statuses: string[]) => ({
  traceId,
  recipient: 'r@lab.example',
  receivedMs: traceId === 'set aside' ? 5000 : 0,
  statuses: statuses.map((status, order) => ({ status, fromMs: order })),
});

test('a row is lost if its last status was neither delivered nor set aside; an earlier one may have passed unseen', () => {
  const journal = new Journal();
  const delivered = [identity('seen', 'Delivered'), identity('changed', 'Delivered'), identity('late', 'Pending')];
  journal.store(
    delivered.map(({ traceId, recipient, status }) =>
      JSON.stringify({ id: traceId, recipientAddress: recipient, status }),
    ),
    1,
    'accepted',
  );
  const rows = [
    row('seen', 'Delivered'),
    row('changed', 'Pending', 'Delivered'),
    row('late', 'Pending', 'Failed'),
    row('refused', 'Failed'),
    row('never', 'None'),
    row('set aside', 'None'),
  ];
  journal.withhold([JSON.stringify({ id: 'never', recipientAddress: 'r@lab.example', status: 'None' })]);
  const putDown = {
    rejected: new Set([keyOf(identity('refused', 'failed'))]),
    isSetAside: (receivedMs: number) => receivedMs === 5000,
  };
  expect(findLost(rows, journal, putDown)).toEqual({
    rows: 6,
    statuses: 8,
    late: 1,
    passedUndelivered: 1,
    refused: 1,
    lost: [
      { ...identity('late', 'Failed'), wasWithheld: false },
      { ...identity('never', 'None'), wasWithheld: true },
    ],
  });
});

test('rows set aside are read in either dialect, and torn lines passed over', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'chaos-'));
  try {
    expect(await readRejectedRows(dataFolder)).toEqual(new Set());
    await mkdir(join(dataFolder, 'rejected'));
    const lines = [
      { row: { id: 'a', recipientAddress: 'r@lab.example', status: 'failed' }, reason: 'refused' },
      { row: { MessageTraceId: 'b', RecipientAddress: 'r@lab.example', Status: 'None' }, reason: 'refused' },
    ].map((line) => JSON.stringify(line));
    await writeFile(join(dataFolder, 'rejected', '2026-11-23.ndjson'), `${lines.join('\n')}\n{"row":{"id":"c"`);
    const expected = [identity('a', 'failed'), identity('b', 'None')].map(keyOf);
    expect(await readRejectedRows(dataFolder)).toEqual(new Set(expected));
  } finally {
    await rm(dataFolder, { recursive: true });
  }
});

test('time that is set aside is read from context.json; none where that cannot be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'set-aside-'));
  try {
    const inside = Date.parse('2026-01-01T00:00:05Z');
    expect((await readSetAsideTime(folder))(inside)).toBe(false);
    const context = { set_aside: [{ start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:10Z' }] };
    await writeFile(join(folder, 'context.json'), JSON.stringify(context));
    const isSetAside = await readSetAsideTime(folder);
    expect([inside, inside + 5000, inside - 6000].map(isSetAside)).toEqual([true, false, false]);
    await writeFile(join(folder, 'context.json'), '{"set_aside":');
    expect((await readSetAsideTime(folder))(inside)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
