import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SourceLimits, TimeRange, TraceRecord } from '../../../src/model/ports.js';
import { live, type ProcessRun, type Settings, type Troubles, type WorldRow } from '../../support/simulated-run.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const [second, minute, hour] = [1000, 60_000, 3_600_000];
/** Half a page holds what reaching back needs, as in any tenant with fewer than 15,000 rows an hour. */
const largePages: SourceLimits = { pageRows: 2000, rangeMs: 240 * hour };
/** As Microsoft Graph's, but for the pages, which are small enough to have links in a small world. */
const graphLike: SourceLimits = { pageRows: 50, rangeMs: 240 * hour, historyMs: 90 * 24 * hour, behindMs: second };
const origin = Date.UTC(2026, 10, 1, 12, 0, 0);

interface World {
  readonly seed: number;
  readonly settings: Settings;
  readonly lifeMs: number;
  readonly rows: number;
  readonly lateShare: number;
  readonly changingShare: number;
}

const settings = fc.record({
  frequency: fc.constantFrom(30, 60, 300),
  timedelta: fc.constantFrom(0, 0, 0, 3),
  late_window: fc.constantFrom(0, 5, 30, 90),
  start_time: fc.constantFrom(0, 1, 6),
});

const worlds = fc.record({
  seed: fc.nat(),
  settings,
  lifeMs: fc.integer({ min: 10 * minute, max: 2 * hour }),
  rows: fc.integer({ min: 0, max: 250 }),
  lateShare: fc.constantFrom(0, 0.3, 1),
  changingShare: fc.constantFrom(0, 0.5),
});

const stretches = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 60 }))
    .map(([from, minutes]): TimeRange => ({ start: origin + from * minute, end: origin + (from + minutes) * minute })),
  { maxLength: 2 },
);

const troubles: fc.Arbitrary<Troubles> = fc.record({
  microsoftAway: stretches,
  intakeAway: stretches,
  failingPages: fc.constantFrom(0, 0.05, 0.3),
  deadLinks: fc.constantFrom(0, 0.1),
  crashes: fc.constantFrom(0, 0.002, 0.02),
  clockErrorMs: fc.constantFrom(0, 20 * second, 2 * hour),
});

const noTroubles: Troubles = {
  microsoftAway: [],
  intakeAway: [],
  failingPages: 0,
  deadLinks: 0,
  crashes: 0,
  clockErrorMs: 0,
};

/**
 * How a member of the context is damaged: never so that it names an earlier watermark, which looks like a long
 * downtime.
 */
const damages = fc.array(
  fc.record({
    member: fc.constantFrom(
      'watermarks',
      'most_recent_date_requested',
      'ahead',
      'set_aside',
      'reach_seconds',
      'span_seconds',
      'fresh_span_seconds',
      'history_seconds',
      'version',
      'source',
      'provisional',
    ),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(0, -1, 1e308, 'later', 'years later', '9999-12-31T00:00:00Z', '-271821-04-20T00:00:00Z'),
    ),
  }),
  { maxLength: 2 },
);
type Damage = readonly { readonly member: string; readonly value: unknown }[];

const wrongs = fc.record({
  wrongDates: fc.array(
    fc
      .record({
        from: fc.integer({ min: 0, max: 120 }),
        minutes: fc.integer({ min: 1, max: 20 }),
        offMs: fc.constantFrom(-2 * hour, -6 * minute, 2 * minute, 6 * minute, 2 * hour, 400 * 24 * hour),
        share: fc.constantFrom(0.1, 0.5, 1),
      })
      .map(({ from, minutes, ...rest }) => ({
        start: origin + from * minute,
        end: origin + (from + minutes) * minute,
        ...rest,
      })),
    { maxLength: 2 },
  ),
  downtimes: fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 25 }))
      .map(([from, minutes]) => ({ start: origin + from * minute, end: origin + (from + minutes) * minute })),
    { maxLength: 2 },
  ),
  damage: damages,
});

/** Damages the context between two runs, each time anew. */
function damageBy(damage: Damage): (text: string) => string {
  return (text) => {
    const content = JSON.parse(text) as Record<string, unknown>;
    // Nothing has been read yet: what a first start is to begin with is its only memory.
    if (content['provisional'] === true) return text;
    for (const { member, value } of damage) {
      const later = { later: 15 * minute, 'years later': 400 * 24 * hour }[String(value)];
      content[member] =
        later === undefined ? value : JSON.parse(movedBy(JSON.stringify(content[member] ?? null), later));
    }
    return JSON.stringify(content);
  };
}

function movedBy(text: string, ms: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, (time) => new Date(Date.parse(time) + ms).toISOString());
}

/** How far the module's clock may be ahead: dates of answers are whole seconds, and a second off in one world here. */
const clockPrecisionMs = 2 * second;

/**
 * Rows received from an hour before the first start reads until the end of the mail, some late, some changing; none
 * later than the window, as precisely as dates tell the time.
 */
function inhabit(world: World): WorldRow[] {
  const random = new SeededRandom(world.seed);
  const windowMs = Math.max(0, world.settings.late_window * minute - clockPrecisionMs);
  const from = origin - world.settings.start_time * hour;
  return Array.from({ length: world.rows }, (_, index): WorldRow => {
    const receivedMs = Math.floor(random.between(from, origin + world.lifeMs));
    const lateMs = random.chance(world.lateShare) ? random.between(0, windowMs) * random.next() ** 3 : 0;
    const statuses = [{ status: 'Pending', fromMs: receivedMs + lateMs }];
    if (random.chance(world.changingShare)) {
      statuses.push({ status: 'Delivered', fromMs: random.between(receivedMs + lateMs, receivedMs + windowMs) });
    }
    return { id: `row-${index}`, receivedMs, statuses: statuses.sort((one, other) => one.fromMs - other.fromMs) };
  });
}

/** Long enough after the last mail and the last outage that the last pass has read it all. */
function endOf(world: World, { microsoftAway = [], intakeAway = [] }: Partial<Troubles> = {}): number {
  const lastOutageMs = Math.max(0, ...[...microsoftAway, ...intakeAway].map(({ end }) => end));
  const windowMs = Math.max(world.settings.late_window, world.settings.timedelta) * minute;
  return Math.max(origin + world.lifeMs, lastOutageMs) + windowMs * 1.3 + hour;
}

function liveIn(
  world: World,
  rows: readonly WorldRow[],
  more: Partial<Omit<Parameters<typeof live>[3], 'seed'>> = {},
): Promise<ProcessRun> {
  return live(
    rows,
    world.settings,
    { startMs: origin, endMs: endOf(world, more.troubles) },
    { seed: world.seed, ...more },
  );
}

/** What the promise says of a life, whatever happened in it. */
function expectThePromise(rows: readonly WorldRow[], life: ProcessRun): void {
  const owed = rows.filter((row) => row.receivedMs >= life.owedFromMs);
  const missing = owed.filter((row) => !life.delivered.has(`${row.id} ${row.statuses.at(-1)!.status}`));
  expect(missing).toEqual([]);
  const repeated = [...life.delivered].filter(([key, times]) => times.length > 1 + (life.unremembered.get(key) ?? 0));
  expect(repeated).toEqual([]);
}

/** But for provisional ones, which were written before any answer had corrected the clock. */
function expectWatermarksNeverMoveBack(life: ProcessRun): void {
  const series = life.contexts
    .filter((it) => !('provisional' in it))
    .map((it) => (it as { watermarks: { read_before: string }[] }).watermarks);
  for (const [index, watermarks] of series.entries()) {
    const before = series[index - 1];
    if (before === undefined) continue;
    watermarks.forEach((it, pass) => expect(it.read_before >= before[pass]!.read_before).toBe(true));
  }
}

describe('in any world', () => {
  test('every row is delivered with its last status, none twice with one status, and watermarks never move back, whatever fails [F-18]', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, troubles, async (world, troubles) => {
        const rows = inhabit(world);
        const life = await liveIn(world, rows, { troubles });
        expectThePromise(rows, life);
        // A clock that is wrong by another amount after each start disproves what was stored.
        if (troubles.clockErrorMs === 0) expectWatermarksNeverMoveBack(life);
      }),
      runs(700),
    );
  });

  test('so it is where answers are dated wrongly, the process is away for a while, and context.json is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, wrongs, async (world, { damage, ...wrong }) => {
        // Without its context, a start reads as far back as a first one: further than any downtime here.
        const looking = {
          ...world,
          settings: { ...world.settings, start_time: Math.max(1, world.settings.start_time) },
        };
        const rows = inhabit(looking);
        const troubles: Troubles = { ...noTroubles, ...wrong, damage: damageBy(damage) };
        expectThePromise(rows, await liveIn(looking, rows, { troubles }));
      }),
      runs(350),
    );
  });

  test('so it is where ranges that end in the future of the service are refused, and a clock that is ahead by a part of a second', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, troubles, async (world, troubles) => {
        const rows = inhabit(world);
        const life = await liveIn(world, rows, {
          troubles: { ...troubles, dateErrorMs: second },
          limits: graphLike,
          refusesTheFuture: true,
        });
        expectThePromise(rows, life);
        if (troubles.clockErrorMs === 0) expectWatermarksNeverMoveBack(life);
        // Only a clock that no answer has corrected yet lets the module ask for the future.
        if (troubles.clockErrorMs === 0) expect(life.refusedAsFuture).toBe(0);
      }),
      runs(350),
    );
  });

  test('so it is with filters: what they keep back never goes out, all else does, and the counts add up', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, troubles, fc.constantFrom(1, 2, 3), async (world, troubles, share) => {
        const rows = inhabit(world);
        const isFiltered = (id: string, status: string) =>
          Number(id.slice(4)) % (share + 1) === 0 || status === 'Pending';
        const ruleAgainst = ({ traceId, status }: TraceRecord) => (isFiltered(traceId!, status!) ? 'rule' : undefined);
        const life = await liveIn(world, rows, { troubles, ruleAgainst });
        const sent = rows.filter(({ id, statuses }) => !isFiltered(id, statuses.at(-1)!.status));
        expectThePromise(sent, life);
        const wrong = [...life.delivered.keys()].filter((key) => isFiltered(...(key.split(' ') as [string, string])));
        expect(wrong).toEqual([]);
        const { read, known, sent: delivered, filtered } = life.counts;
        // A crash takes what was read and not yet counted as one of the others.
        if (troubles.crashes === 0) expect(known + delivered + filtered).toBe(read);
        else expect(known + delivered + filtered).toBeLessThanOrEqual(read);
      }),
      runs(350),
    );
  });

  test('while nothing fails, a row up to 4 × frequency late is delivered by the second poll, and one that is d late after 4 d and two polls at most', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const rows = inhabit(world).filter((row) => row.receivedMs >= origin);
        const life = await liveIn(world, rows, { limits: largePages });
        expectThePromise(rows, life);
        const frequencyMs = world.settings.frequency * second;
        const twoPollsMs = 2 * frequencyMs + 2 * second;
        for (const row of rows) {
          const appearedMs = row.statuses[0]!.fromMs;
          const lateMs = appearedMs - row.receivedMs;
          const earliest = Math.max(appearedMs, row.receivedMs + world.settings.timedelta * minute);
          const [deliveredMs] = life.delivered.get(`${row.id} Pending`) ?? life.delivered.get(`${row.id} Delivered`)!;
          const maxMs = lateMs <= 4 * frequencyMs ? twoPollsMs : 4 * lateMs + twoPollsMs;
          expect({
            row,
            delayMs: deliveredMs! - earliest,
            isInTime: deliveredMs! - earliest <= maxMs,
          }).toMatchObject({ isInTime: true });
        }
      }),
      runs(350),
    );
  });
});
