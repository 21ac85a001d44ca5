import { describe, expect, test } from '@jest/globals';
import { lives } from '../../support/lives.js';
import { live, type ProcessRun, type Troubles, type WorldRow } from '../../support/simulated-run.js';

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const origin = Date.UTC(2026, 10, 1, 12);
const endMs = origin + 3 * hour;
const settings = { frequency: 60, timedelta: 0, late_window: 30, start_time: 1 };

/** A row every `everyMs`, each visible at once. */
function rowsFrom(from: number, to: number, everyMs: number): WorldRow[] {
  return Array.from({ length: Math.floor((to - from) / everyMs) }, (_, index) => {
    const receivedMs = from + index * everyMs;
    return { id: `row-${index}`, receivedMs, statuses: [{ status: 'Delivered', fromMs: receivedMs }] };
  });
}

const nothing: Troubles = {
  microsoftAway: [],
  intakeAway: [],
  failingPages: 0,
  deadLinks: 0,
  crashes: 0,
  clockErrorMs: 0,
};

async function lived(
  troubles: Partial<Troubles>,
  changes: Partial<typeof settings> = {},
  rows = rowsFrom(origin - hour, endMs - 10 * minute, 10 * second),
) {
  const life = await live(
    rows,
    { ...settings, ...changes },
    { startMs: origin, endMs },
    { seed: 1, limits: { pageRows: 2000, rangeMs: 240 * hour }, troubles: { ...nothing, ...troubles } },
  );
  return { life, counts: countsOf(rows, life) };
}

function countsOf(rows: readonly WorldRow[], life: ProcessRun) {
  const owed = rows.filter(({ receivedMs }) => receivedMs >= life.owedFromMs);
  const times = [...life.delivered.values()].map((it) => it.length);
  return {
    lost: owed.filter(({ id }) => !life.delivered.has(`${id} Delivered`)).length,
    repeated: times.reduce((sum, it) => sum + it - 1, 0),
  };
}

const none = { lost: 0, repeated: 0 };
const windows = lives([{ late_window: 0 }, { late_window: 30 }, { late_window: 1620 }], 1);

describe('answers that are dated in the future cost no row and repeat none', () => {
  test.each(
    windows.flatMap((window) =>
      [
        { offMs: 6 * minute, from: 20, minutes: 1 },
        { offMs: 10 * minute, from: 0, minutes: 1.3 },
        { offMs: 2 * hour, from: 0, minutes: 2 },
        { offMs: 2 * hour, from: 20, minutes: 2 },
        { offMs: 365 * 24 * hour, from: 0, minutes: 2 },
        { offMs: 30 * 24 * hour, from: 20, minutes: 20 },
        { offMs: 2 * minute, from: 20, minutes: 5 },
        { offMs: -30 * minute, from: 20, minutes: 15 },
      ].map((wrong) => ({ ...window, ...wrong })),
    ),
  )('late_window $late_window: $offMs ms off from minute $from for $minutes min', async (attack) => {
    const start = origin + attack.from * minute;
    const wrongDates = [{ start, end: start + attack.minutes * minute, offMs: attack.offMs, share: 1 }];
    const { counts } = await lived({ wrongDates }, { late_window: attack.late_window });
    expect(counts).toEqual(none);
  });

  test.each(windows)(
    'late_window $late_window: two minutes ahead from the start on, then two hours, then right again',
    async (window) => {
      const wrongDates = [
        { start: origin, end: origin + minute, offMs: 2 * minute, share: 1 },
        { start: origin, end: origin + 4 * minute, offMs: 2 * hour, share: 1 },
      ];
      const { counts } = await lived({ wrongDates }, window);
      expect(counts).toEqual(none);
    },
  );

  test.each(windows)('late_window $late_window: six minutes ahead, and a downtime within', async (window) => {
    const wrongDates = [{ start: origin, end: origin + 7 * minute, offMs: 6 * minute, share: 1 }];
    const downtimes = [{ start: origin + minute, end: origin + 2 * minute }];
    const { counts } = await lived({ wrongDates, downtimes }, window);
    expect(counts).toEqual(none);
  });

  test.each(windows)(
    'late_window $late_window: a first start that reads six hours back, a year ahead in its first minute',
    async (window) => {
      const wrongDates = [{ start: origin, end: origin + minute, offMs: 365 * 24 * hour, share: 1 }];
      const rows = rowsFrom(origin - 6 * hour, endMs - 10 * minute, minute);
      const { counts } = await lived({ wrongDates }, { ...window, frequency: 300, start_time: 6 }, rows);
      expect(counts).toEqual(none);
    },
  );

  test.each(windows)(
    'late_window $late_window: a stop in the midst of it, and ten minutes of downtime',
    async (window) => {
      const wrongDates = [{ start: origin, end: origin + 3 * minute, offMs: 10 * minute, share: 1 }];
      const downtimes = [{ start: origin + 2 * minute, end: origin + 12 * minute }];
      const { counts } = await lived({ wrongDates, downtimes }, window);
      expect(counts).toEqual(none);
    },
  );
});

interface Content {
  watermarks: { age_seconds: number; read_before: string }[];
  [name: string]: unknown;
}

/** The context with its watermarks so much later. */
const later = (ms: number) => (text: string) => {
  const content = JSON.parse(text) as Content;
  const moved = (time: string) => new Date(Date.parse(time) + ms).toISOString();
  const watermarks = content.watermarks.map((it) => ({ ...it, read_before: moved(it.read_before) }));
  return JSON.stringify({ ...content, most_recent_date_requested: watermarks[0]!.read_before, watermarks });
};
const withFields = (fields: object) => (text: string) =>
  JSON.stringify({ ...(JSON.parse(text) as Content), ...fields });
const iso = (timeMs: number) => new Date(timeMs).toISOString();
const once = (damage: (text: string) => string) => {
  let isDone = false;
  return (text: string) => {
    if (isDone || !text.includes('watermarks')) return text;
    isDone = true;
    return damage(text);
  };
};

describe('a context that says the future has been read costs no row and repeats none', () => {
  test.each(
    windows.flatMap((window) =>
      (
        [
          ['watermarks 5 minutes ahead', later(5 * minute)],
          ['watermarks 10 minutes ahead', later(10 * minute)],
          ['watermarks an hour ahead', later(hour)],
          ['watermarks years ahead', later(5000 * 24 * hour)],
          ['a stretch ahead', withFields({ ahead: { start: iso(origin + hour), end: iso(origin + 2 * hour) } })],
          ['a stretch to 9999', withFields({ ahead: { start: iso(origin), end: '9999-12-31T00:00:00Z' } })],
          [
            'time set aside until 9999',
            withFields({
              set_aside: [
                {
                  start: iso(origin),
                  end: '9999-12-31T00:00:00Z',
                  since: iso(origin),
                  next_try: '9999-12-31T00:00:00Z',
                },
              ],
            }),
          ],
          ['no reach', withFields({ reach_seconds: 0 })],
          ['no fresh span', withFields({ fresh_span_seconds: 0 })],
          ['no span', withFields({ span_seconds: 0 })],
          ['an endless span', withFields({ span_seconds: 1e308, reach_seconds: 1e308, fresh_span_seconds: 1e308 })],
          ['no history', withFields({ history_seconds: 0 })],
          ['a moment of history', withFields({ history_seconds: 301 })],
          ['times before Christ', later(-100_000_000 * 24 * hour + 100 * 365 * 24 * hour)],
        ] as const
      ).map(([name, damage]) => ({ ...window, name, damage })),
    ),
  )('late_window $late_window: $name', async ({ late_window, damage }) => {
    const downtimes = [{ start: origin + 20 * minute, end: origin + 30 * minute }];
    const { counts } = await lived({ downtimes, damage: once(damage) }, { late_window });
    expect(counts).toEqual(none);
  });
});
