import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findLost } from '../src/books/find-lost.js';
import { Journal, keyOf } from '../src/books/journal.js';
import { readRejectedRows } from '../src/books/rejected-rows.js';

const identity = (traceId: string, status: string) => ({ traceId, recipient: 'r@lab.example', status });
const row = (traceId: string, ...statuses: string[]) => ({
  traceId,
  recipient: 'r@lab.example',
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
  ];
  expect(findLost(rows, journal, new Set([keyOf(identity('refused', 'failed'))]))).toEqual({
    rows: 5,
    statuses: 7,
    passedUnseen: 1,
    refused: 1,
    lost: [identity('late', 'Failed'), identity('never', 'None')],
  });
});

test('rows set aside are read in either dialect, and torn lines passed over', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'fault-lab-'));
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
