import { beforeEach, describe, expect, test } from '@jest/globals';
import { SendEventError } from '@sekoia/automation-sdk-shim';
import { Ajv } from 'ajv';
import { InternalDomains } from '../../../src/message-trace/direction.js';
import { isProblem } from '../../../src/message-trace/filter-rule.js';
import { Privacy } from '../../../src/message-trace/privacy.js';
import { readRunRule, type RunRule } from '../../../src/message-trace/run-rules.js';
import { StorageError } from '../../../src/model/errors.js';
import type { JsonObject } from '../../../src/model/json.js';
import type { DeliveredRow, Receipt, Sink } from '../../../src/model/ports.js';
import { PlaybookRuns, RunNotingSink } from '../../../src/sekoia/playbook-runs.js';
import { RUN_SCHEMA } from '../../../src/sekoia/run-payload.js';
import { RunQueue } from '../../../src/sekoia/run-queue.js';
import { MemoryDocument } from '../../support/memory-storage.js';
import { RecordingLog } from '../../support/recording-log.js';
import { record } from '../../support/records.js';

class Crash extends Error {}

/** One data folder; each `start` is a process, which a `Crash` ends at once. */
class Platform {
  readonly document = new MemoryDocument();
  readonly events: { readonly name: string; readonly event: JsonObject }[] = [];
  readonly counts = { runs: 0, rows: 0, failures: 0, dropped: 0, waiting: 0 };
  readonly problems = new Map<string | undefined, string>();
  readonly log = new RecordingLog();
  nowMs = Date.parse('2026-03-01T12:00:00Z');
  /** What becomes of a run after the platform has taken it, or before. */
  beforeTaking: (event: JsonObject) => void = () => undefined;
  afterTaking: (event: JsonObject) => void = () => undefined;

  async start(maxRunsAMinute = 10): Promise<PlaybookRuns> {
    const { counts } = this;
    return new PlaybookRuns({
      queue: await RunQueue.open(this.document),
      maxRunsAMinute,
      send: (name, event) => {
        this.beforeTaking(event);
        this.events.push({ name, event });
        this.afterTaking(event);
        return Promise.resolve();
      },
      metrics: {
        playbookRun: (rows) => {
          counts.runs += 1;
          counts.rows += rows;
        },
        playbookRunFailed: () => (counts.failures += 1),
        playbookRowsDropped: (rows) => (counts.dropped += rows),
        playbookRowsWaiting: (rows) => (counts.waiting = rows),
      },
      health: {
        degraded: (reason, matter) => this.problems.set(matter, reason),
        restored: (matter) => this.problems.delete(matter),
      },
      log: this.log,
      now: () => this.nowMs,
    });
  }

  get traceIds(): unknown[] {
    return this.events.flatMap(({ event }) => (event['rows'] as JsonObject[]).map((row) => row['message_trace_id']));
  }

  get stored(): { owed: unknown[]; unconfirmed: string[]; starts: string[] } {
    return JSON.parse(this.document.text ?? '{}') as ReturnType<() => Platform['stored']>;
  }
}

function ruleOf(text: string): RunRule {
  const rule = readRunRule(text);
  if (isProblem(rule)) throw new Error(rule.expected);
  return rule;
}

function sinkOn(
  runs: PlaybookRuns,
  onDelivered: (rows: readonly DeliveredRow[]) => void = () => undefined,
  privacy?: Privacy,
): Sink {
  const sink: Sink = {
    // eslint-disable-next-line @typescript-eslint/require-await -- it answers at once
    async *deliver(rows): AsyncGenerator<Receipt, void, undefined> {
      onDelivered(rows);
      if (rows.length > 0) yield { from: 0, to: rows.length, rejected: [] };
    },
    reject: () => Promise.resolve(true),
  };
  const internal = new InternalDomains([]);
  const rules = [ruleOf('quarantined')];
  return new RunNotingSink({ sink, runs, rules, internal, privacy, untilStored: (action) => action() });
}

function rowsOf(count: number, status = 'Quarantined'): DeliveredRow[] {
  return Array.from({ length: count }, (_, index) => ({
    record: record({ MessageTraceId: `trace-${index}`, Status: status }),
    sighting: 'new',
    late: false,
    foundAtMs: 0,
  }));
}

/** Takes all receipts, as the collector does; `remember` stands for what it writes down. */
async function take(sink: Sink, rows: readonly DeliveredRow[], remember: () => void = () => undefined): Promise<void> {
  for await (const receipt of sink.deliver(rows, new AbortController().signal)) {
    expect(receipt.to).toBe(rows.length);
    remember();
  }
}

/** Lets the runs that are due go out, then stops. */
async function sendDue(runs: PlaybookRuns, isDone: () => boolean = () => false): Promise<void> {
  const stop = new AbortController();
  const sending = runs.run(stop.signal);
  for (let turn = 0; turn < 100 && !isDone(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await sending;
}

let platform: Platform;
beforeEach(() => {
  platform = new Platform();
});

describe('rows that start runs', () => {
  test('are noted after their delivery, and before they are remembered', async () => {
    const runs = await platform.start();
    const journal: string[] = [];
    const sink = sinkOn(runs, () =>
      journal.push(`deliver, noted ${platform.document.text === undefined ? 0 : 'some'}`),
    );
    await take(sink, [...rowsOf(2), ...rowsOf(1, 'Delivered')], () =>
      journal.push(`remember, noted ${platform.stored.owed.length}`),
    );
    expect(journal).toEqual(['deliver, noted 0', 'remember, noted 2']);
  });

  test('have a run each, as the card says', async () => {
    const runs = await platform.start();
    await take(sinkOn(runs), rowsOf(3));
    await sendDue(runs);
    expect(platform.traceIds).toEqual(['trace-0', 'trace-1', 'trace-2']);
    expect(platform.events.map(({ name }) => name)).toEqual(Array(3).fill('Message trace: 1 message (quarantined)'));
    const isValid = new Ajv().compile(RUN_SCHEMA);
    expect(platform.events.map(({ event }) => isValid(event))).toEqual([true, true, true]);
    expect(platform.events[0]!.event).toMatchObject({
      count: 1,
      rows: [
        { reason: 'quarantined', status: 'quarantined', sender: 'alice@contoso.com', recipient: 'bob@example.com' },
      ],
    });
    expect(platform.counts).toEqual({ runs: 3, rows: 3, failures: 0, dropped: 0, waiting: 0 });
  });

  test('hold nothing that is to be protected, neither in the payload nor in the data folder', async () => {
    const privacy = new Privacy({ subject: 'drop', addresses: 'hash', key: 'k'.repeat(32) });
    const runs = await platform.start();
    await take(sinkOn(runs, undefined, privacy), rowsOf(1));
    const stored = platform.document.text;
    await sendDue(runs);
    const told = JSON.stringify(platform.events);
    expect(told).toContain('@contoso.com');
    expect(`${stored} ${told}`).not.toMatch(/alice|bob|Invoice/);
  });

  test('share runs where the minute has fewer, and wait for the next', async () => {
    const runs = await platform.start(2);
    await take(sinkOn(runs), rowsOf(500));
    await sendDue(runs);
    expect(platform.events.map(({ event }) => event['count'])).toEqual([100, 100]);
    expect(platform.counts.waiting).toBe(300);
    platform.nowMs += 59_999;
    await sendDue(await platform.start(2));
    expect(platform.events).toHaveLength(2);
    platform.nowMs += 1;
    await sendDue(await platform.start(2));
    expect(platform.events).toHaveLength(4);
  });
});

describe('a crash', () => {
  test('between delivery and note repeats the delivery, and the run is there', async () => {
    const first = await platform.start();
    platform.document.write = () => Promise.reject(new Crash());
    await expect(take(sinkOn(first), rowsOf(1))).rejects.toThrow(Crash);
    platform.document.write = MemoryDocument.prototype.write.bind(platform.document);
    const second = await platform.start();
    await take(sinkOn(second), rowsOf(1));
    await sendDue(second);
    expect(platform.traceIds).toEqual(['trace-0']);
  });

  test.each(['before', 'after'])('between note and remembering repeats no run: %s it was sent', async (when) => {
    const first = await platform.start();
    const crash = () => {
      throw new Crash();
    };
    await expect(take(sinkOn(first), rowsOf(2), crash)).rejects.toThrow(Crash);
    if (when === 'after') await sendDue(first);
    const second = await platform.start();
    await take(sinkOn(second), rowsOf(2));
    await sendDue(second);
    expect(platform.traceIds).toEqual(['trace-0', 'trace-1']);
    // Once it is remembered, nothing more has to be known of it.
    await take(sinkOn(second), rowsOf(3).slice(2));
    expect(platform.stored.unconfirmed).toHaveLength(1);
  });

  test('between answer and note sends the same run again, and its start counts', async () => {
    const first = await platform.start(2);
    await take(sinkOn(first), rowsOf(5));
    platform.afterTaking = () => {
      platform.document.write = () => Promise.reject(new Crash());
    };
    await sendDue(first);
    platform.document.write = MemoryDocument.prototype.write.bind(platform.document);
    platform.afterTaking = () => undefined;
    expect(platform.events).toHaveLength(1);
    const second = await platform.start(2);
    await sendDue(second);
    const [sent, again] = platform.events.map(({ event }) => event);
    expect(again).toEqual(sent);
    expect(platform.events).toHaveLength(2);
    expect(platform.stored.starts).toHaveLength(2);
  });
});

describe('a platform that refuses', () => {
  test('is asked again after growing waits, health and log say so, and the rows are kept', async () => {
    const runs = await platform.start();
    platform.beforeTaking = () => {
      throw new SendEventError('The platform did not take it: it answered 403.', 403);
    };
    await take(sinkOn(runs), rowsOf(1));
    await sendDue(runs);
    expect(platform.counts).toMatchObject({ runs: 0, failures: 1, waiting: 1 });
    expect(platform.problems.get('playbook runs')).toContain('403. Rows that wait for their run: 1.');
    expect(platform.log.at('error').filter((line) => line.includes('Next try in 10 s. [MT-PLAYBOOK]'))).toHaveLength(1);
    // Collecting goes on.
    await take(sinkOn(runs), rowsOf(3).slice(1));
    platform.beforeTaking = () => undefined;
    platform.nowMs += 10_000;
    const next = await platform.start();
    await sendDue(next);
    expect(new Set(platform.traceIds)).toEqual(new Set(['trace-0', 'trace-1', 'trace-2']));
  });

  test('gets fewer rows at once where the payload is too large', async () => {
    const runs = await platform.start(3);
    platform.beforeTaking = ({ count }) => {
      if (Number(count) > 30) throw new SendEventError('too large', 413);
    };
    await take(sinkOn(runs), rowsOf(100));
    await sendDue(runs);
    // 34 of 100 were too many. That was the first of three starts.
    expect(platform.events.map(({ event }) => event['count'])).toEqual([17, 17]);
    expect(platform.problems.size).toBe(0);
  });
});

test('where too many rows wait, new ones start no run, which is counted and said once', async () => {
  const runs = await platform.start();
  await take(sinkOn(runs), rowsOf(5_010));
  await take(sinkOn(runs), rowsOf(5_010).slice(5_000));
  expect(platform.stored.owed).toHaveLength(5_000);
  expect(platform.counts).toMatchObject({ dropped: 20, waiting: 5_000 });
  expect(platform.log.at('error').filter((line) => line.includes('Too many rows wait'))).toHaveLength(1);
});

test('a document that cannot be written is a StorageError, and nothing is noted by half', async () => {
  const runs = await platform.start();
  platform.document.write = () => Promise.reject(new StorageError('The disk is full.'));
  await expect(take(sinkOn(runs), rowsOf(1))).rejects.toThrow('The disk is full.');
  expect(platform.counts.waiting).toBe(0);
});
