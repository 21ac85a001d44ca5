import { describe, expect, test } from '@jest/globals';
import { Observations, readEventDetail, readEventLine, RunningTotals } from '../../src/observed/observations.js';
import { readHealth, readMetrics } from '../../src/observed/trigger-watch.js';
import { LogKeeper, Stored } from '../../src/observed/log-keeper.js';

const stored = (event: unknown) => ({ number: 1, arrivedAtMs: 5, text: JSON.stringify(event) });

describe('an event in a line', () => {
  test('knows both dialects and every form of time', () => {
    const legacy = { SenderAddress: 's@x', RecipientAddress: 'r@x', Subject: 'Hi', Status: 'Delivered' };
    const graph = { senderAddress: 's@x', recipientAddress: 'r@x', subject: 'Hi', status: 'Delivered' };
    const events = [
      { ...legacy, Received: '/Date(1658751973240)/' },
      { ...legacy, Received: '2022-07-25T12:26:13.2400000' },
      { ...graph, receivedDateTime: '2022-07-25T12:26:13.24Z' },
      { ...graph, receivedDateTime: '2022-07-25T14:26:13.24+02:00', event: { outcome: '' } },
    ];
    for (const event of events) {
      expect(readEventLine(stored(event))).toEqual({
        number: 1,
        arrivedAtMs: 5,
        receivedMs: Date.UTC(2022, 6, 25, 12, 26, 13, 240),
        from: 's@x',
        to: 'r@x',
        subject: 'Hi',
        status: 'Delivered',
        outcome: '',
      });
    }
  });

  test.each(['{"Subject":null,"event":null}', '{"event":{"outcome":1}}', 'no JSON', 'null', '"text"'])(
    'shows nothing for what %s does not say',
    (text) => {
      const empty = { receivedMs: null, from: '', to: '', subject: '', status: '', outcome: '' };
      expect(readEventLine({ number: 1, arrivedAtMs: 5, text })).toMatchObject(empty);
    },
  );

  test('opens with what the module made apart from the row as it was', () => {
    const normalised = { '@timestamp': 't', event: { outcome: 'success' }, email: {}, related: {} };
    const raw = { MessageTraceId: 'm', Organization: 'o', id: 1 };
    const detail = readEventDetail(stored({ ...raw, ...normalised }));
    expect(detail).toMatchObject({ number: 1, outcome: 'success' });
    expect([detail.normalised, detail.raw]).toEqual([normalised, raw]);
    expect(readEventDetail(stored(raw))).toMatchObject({ normalised: {}, raw });
  });
});

describe('what is kept', () => {
  interface Item {
    readonly number: number;
    readonly text: string;
  }
  const textOf = ({ text }: Item) => text;
  const fill = (limits: { items: number; bytes: number }, ...texts: string[]) => {
    const items = new Stored<Item>(limits, textOf);
    for (const text of texts) items.add((number) => ({ number, text }));
    return items;
  };

  test('is the last of it, within both limits', () => {
    expect(fill({ items: 2, bytes: 100 }, 'a', 'b', 'c').after(0).map(textOf)).toEqual(['b', 'c']);
    expect(fill({ items: 9, bytes: 4 }, 'aa', 'ü', 'bb').after(0).map(textOf)).toEqual(['ü', 'bb']);
    expect(fill({ items: 9, bytes: 4 }, 'a', 'too long').after(0)).toEqual([]);
  });

  test('is told from a number on, and all of it for a number that was never given', () => {
    const items = fill({ items: 2, bytes: 100 }, 'a', 'b', 'c');
    expect(items.after(2).map(textOf)).toEqual(['c']);
    expect(items.after(3)).toEqual([]);
    expect(items.after(4).map(textOf)).toEqual(['b', 'c']);
    expect([items.find(1), items.find(2)]).toEqual([undefined, { number: 2, text: 'b' }]);
  });

  test('of a million events is bounded', () => {
    const observations = new Observations({ secrets: () => [], onLine: () => undefined });
    const text = JSON.stringify({ Subject: 'x'.repeat(100) });
    const chunk = Array.from({ length: 1000 }, () => text);
    for (let second = 0; second < 10_000; second += 10) {
      observations.events.add(chunk, second * 1000);
      for (let sample = 0; sample < 5; sample += 1) observations.sample(1, second * 1000 + sample * 2000);
      observations.logs.output('y'.repeat(20_000), second * 1000);
    }
    expect(observations.events.total).toBe(1_000_000);
    const { events, logs, samples } = observations.since({ eventsAfter: 0, logsAfter: 0, samplesAfter: 0 });
    expect([events.length, events[0]?.number, samples.length]).toEqual([1000, 999_001, 1800]);
    const logged = logs.reduce((sum, { message }) => sum + message.length, 0);
    expect(logged).toBeLessThanOrEqual(8 << 20);
    expect(logs.length).toBeGreaterThan(100);
    const large = JSON.stringify({ Subject: 'x'.repeat(200_000) });
    observations.events.add(Array<string>(500).fill(large), 0);
    const bytes = observations.events.after(0).reduce((sum, { subject }) => sum + subject.length, 0);
    expect(bytes).toBeLessThanOrEqual(32 << 20);
  });
});

describe('logs', () => {
  function keeper(...secrets: string[]) {
    const logs = new LogKeeper({ secrets: () => secrets, onLine: () => undefined });
    return { logs, shown: () => logs.after(0).map(({ origin, level, message }) => `${origin} ${level} ${message}`) };
  }
  const written = (msg: string, atMs: number, level = 'error') =>
    JSON.stringify({ level, time: new Date(atMs).toISOString(), msg });

  test('show once what is both written and posted', () => {
    const { logs, shown } = keeper();
    logs.output(written('Late.\n  at stack', 0), 0);
    logs.posted({ date: '1970-01-01T00:00:01.5', level: 'error', message: 'Late.\nTypeError' });
    logs.addOverdue(Infinity);
    expect(shown()).toEqual(['module error Late.\nTypeError']);
    expect(logs.after(0)[0]?.atMs).toBe(1500);
  });

  test('show once what is posted a moment before it is seen as written, and the same words again when they are said again', () => {
    const { logs, shown } = keeper();
    logs.posted({ date: '1970-01-01T00:00:01', level: 'error', message: 'Late.' });
    logs.output(written('Late.', 1000), 1001);
    logs.output(written('Late.', 1500), 1500);
    logs.addOverdue(Infinity);
    expect(shown()).toEqual(['module error Late.', 'output error Late.']);
  });

  test('show what was written and not posted, once that is overdue', () => {
    const { logs, shown } = keeper();
    logs.output(written('Last words.', 0, 'critical'), 0);
    logs.addOverdue(15_000);
    expect(shown()).toEqual([]);
    logs.addOverdue(15_001);
    logs.addOverdue(Infinity);
    expect(shown()).toEqual(['output critical Last words.']);
  });

  test('show once what is posted after it was overdue, and the same words of another time once more', () => {
    const { logs, shown } = keeper();
    const post = (date: string) => logs.posted({ date, level: 'error', message: 'Late.' });
    logs.output(written('Late.', 0), 0);
    logs.addOverdue(16_000);
    logs.output(written('Late.', 20_000), 20_000);
    logs.addOverdue(200_000);
    post('1970-01-01T00:00:00.001');
    post('1970-01-01T00:00:20.001');
    expect(shown()).toEqual(['output error Late.', 'output error Late.']);
    post('1970-01-01T00:00:00.001');
    expect(shown()).toEqual(['output error Late.', 'output error Late.', 'module error Late.']);
  });

  test('take what a process has posted for its own, whatever the one before wrote last', () => {
    const { logs, shown } = keeper();
    logs.output(written('Collecting begins.', 0, 'info'), 0);
    logs.addOverdue(Infinity);
    logs.output(written('Collecting begins.', 1000, 'info'), 1000);
    logs.posted({ date: '1970-01-01T00:00:01', level: 'info', message: 'Collecting begins.' });
    logs.addOverdue(Infinity);
    expect(shown()).toEqual(['output info Collecting begins.', 'module info Collecting begins.']);
  });

  test('say of a long message that its rest is cut off', () => {
    const { logs, shown } = keeper();
    for (const length of [16_384, 16_385]) logs.output('x'.repeat(length), 0);
    const all = 'x'.repeat(16_384);
    expect(shown()).toEqual([`output info ${all}`, `output info ${all} … (the rest is cut off)`]);
  });

  test.each(['plain text', '{"level":"loud","time":"2026-01-01T00:00:00Z","msg":"m"}', '{"msg":"m"}', '{broken', '{}'])(
    'show the line %s as it came',
    (text) => {
      const { logs, shown } = keeper();
      logs.output(text, 7);
      logs.output('  ', 8);
      expect(shown()).toEqual([`output info ${text}`]);
    },
  );

  test('show no secret', () => {
    const { logs, shown } = keeper('Sesame');
    logs.output('open Sesame, Sesame', 0);
    expect(shown()).toEqual(['output info open •••, •••']);
  });

  test('show no rest of a secret of which another one is a part', () => {
    const { logs, shown } = keeper('open', 'open Sesame');
    logs.output('open Sesame, open', 0);
    expect(shown()).toEqual(['output info •••, •••']);
  });
});

test('metrics are summed over their labels', () => {
  const text =
    '# HELP a_total Requests {x} 1\n# TYPE a_total counter\na_total{result="200"} 3\na_total{result="} 9"} 4 1700000000000\n' +
    'b 1.5e3\nc{le="+Inf"} 2\nc_count 2\n';
  expect(Object.fromEntries(readMetrics(text))).toEqual({ a_total: 7, b: 1500, c: 2, c_count: 2 });
});

test('totals go on over the processes that count', () => {
  const totals = new RunningTotals();
  totals.nextProcess();
  totals.update(new Map([['message_trace_rows_read_total', 5]]));
  totals.update(new Map([['message_trace_rows_read_total', 8]]));
  totals.nextProcess();
  expect(totals.totals).toMatchObject({ rowsRead: 8, delivered: 0 });
  totals.update(new Map([['message_trace_rows_read_total', 2]]));
  expect(totals.totals.rowsRead).toBe(10);
});

describe('health', () => {
  test('is read with passes and ranges', () => {
    const range = { from: '1970-01-01T00:00:01Z', to: '1970-01-01T00:00:02.000Z' };
    const picture = { startMs: 1000, endMs: 2000 };
    const body = {
      lag_seconds: 3,
      status: 'degraded',
      reasons: [{ reason: 'One.' }, { reason: 'Two.' }],
      passes: [
        { reads_at_age_seconds: 0, watermark: range.to, last_read: { ...range, at: '1970-01-01T00:00:03Z' } },
        { reads_at_age_seconds: 20, watermark: range.from, last_read: null },
      ],
      reading: { pass: 1, ...range },
      read_ahead: range,
    };
    expect(readHealth({ status: 500, body })).toEqual({
      lagSeconds: 3,
      health: { healthy: false, reasons: ['One.', 'Two.'] },
      passes: [
        { readsAtAgeSeconds: 0, watermarkMs: 2000, lastRead: { ...picture, atMs: 3000 } },
        { readsAtAgeSeconds: 20, watermarkMs: 1000, lastRead: null },
      ],
      reading: { ...picture, pass: 1 },
      readAhead: picture,
    });
  });

  test.each([
    {},
    {
      lag_seconds: null,
      status: 1,
      reasons: 1,
      passes: [null, {}],
      reading: { pass: 1, from: 'x', to: 1 },
      read_ahead: null,
    },
    { passes: 'none', reading: 'now' },
  ])('without what is expected is unknown: %j', (body) => {
    expect(readHealth({ status: 200, body })).toEqual({
      lagSeconds: null,
      health: { healthy: true, reasons: [] },
      passes: [],
      reading: null,
      readAhead: null,
    });
  });
});
