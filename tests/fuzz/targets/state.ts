import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from '../../../packages/automation-sdk-shim/src/data/folder/data-folder.js';
import { Collector } from '../../../src/collector/collector.js';
import type { Page, Receipt, Sink, Source, TimeRange } from '../../../src/model/ports.js';
import { Ledger } from '../../../src/collector/ledger.js';
import { scheduleOf } from '../../support/schedule.js';
import { SignInBackoff } from '../../../src/collector/wait-policy.js';
import { StorageError } from '../../../src/model/errors.js';
import { RejectedFile } from '../../../src/sekoia/dead-letters.js';
import { storageIn } from '../../../src/sekoia/storage.js';
import { record } from '../../support/records.js';
import { RecordingMonitor } from '../../support/recording-monitor.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { SimulatedClock } from '../../support/simulated-clock.js';
import { Finding, textPart, type Input, type OpenTarget } from '../engine/target.js';
import { HOUR_MS, presentMs } from './captured.js';
import { Listening } from './listening.js';
import { filesIn, writeFiles } from './state-files.js';

const MINUTE_MS = 60_000;
const SETTINGS = { frequency: 300, timedelta: 0, late_window: 90 };
/** How far back a first start reads. */
const LOOKBACK_MS = 2 * HOUR_MS;
/** Until all passes have been over everything that was there at the start. */
const SECOND_LIFE_MS = 2.5 * HOUR_MS;
/** A request each 5 minutes and the passes make some hundred. */
const MAX_REQUESTS = 1_500;
/** A clock that is so far ahead is corrected, not believed. */
const FUTURE_MS = 5 * MINUTE_MS;
const FORGED_CREDENTIALS = 'hash-of-the-credentials';
const PLAN = 'plan';

/** One row every two minutes, from before the first life to after the second. */
const ROWS = Array.from({ length: 240 }, (_none, index) => {
  const receivedMs = presentMs - 5 * HOUR_MS + index * 2 * MINUTE_MS + 777;
  return { id: `row-${index}`, receivedMs, shownMs: receivedMs + (index % 10 === 3 ? 20 * MINUTE_MS : 0) };
});

/** Files of the data folder that were damaged or forged between two lives of the module. */
export async function openState(): Promise<OpenTarget> {
  const seeds = await Promise.all([1, 10, 45, 200].map((downtimeMinutes) => firstLife(downtimeMinutes)));
  return {
    seeds: seeds.map(({ files }) => files),
    fresh: (random) => forged(random.pick(seeds).files, random),
    isRepeatable: ({ name }) => name !== PLAN,
    isRenamable: ({ name }) => name !== PLAN,
    run: (input) => secondLife(input, seeds[0]!),
    close: () => Promise.resolve(),
  };
}

const AGES_MS = [-1, 0, 1, 59, 301, 3_600, 5_400, 86_400, 864_000, 31_536_000].map((seconds) => seconds * 1_000);
const ODD_TIMES = [
  '0001-01-01T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2026-11-23',
  '2026-W48',
  '',
];
const ODD_SECONDS = [0, 1, 0.001, 59.5, 5_400, 1e6, 1e9, 1e12, 1e15, 1e300, -1, 2 ** 53];

/** The context with times and durations that it could have, and some that it could not. */
function forged(files: Input, random: SeededRandom): Input {
  const time = (): string => {
    if (random.chance(0.2)) return random.pick(ODD_TIMES);
    const ageMs = random.pick(AGES_MS) * random.pick([1, 1, -1]);
    return new Date(Math.floor((presentMs - ageMs) / 1000) * 1000).toISOString().replace('.000', '');
  };
  const change = (_key: string, value: unknown): unknown => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && random.chance(0.4)) return time();
    return typeof value === 'number' && random.chance(0.15) ? random.pick(ODD_SECONDS) : value;
  };
  const more = {
    ahead: { start: time(), end: time() },
    set_aside: [{ start: time(), end: time(), since: time(), next_try: time() }],
    span_seconds: random.pick(ODD_SECONDS),
    fresh_span_seconds: random.pick(ODD_SECONDS),
    history_seconds: random.pick(ODD_SECONDS),
    provisional: true,
  };
  return files.map((part) => {
    if (part.name !== 'context.json' && part.name !== 'sign-in.json') return part;
    const content = JSON.parse(part.bytes.toString('utf8'), change) as Record<string, unknown>;
    if (part.name === 'context.json')
      for (const [name, value] of Object.entries(more)) if (random.chance(0.15)) content[name] = value;
    return textPart(part.name, JSON.stringify(content, undefined, 2));
  });
}

interface FirstLife {
  readonly files: Input;
  readonly delivered: ReadonlySet<string>;
}

/** Lives until the present, and leaves its files behind. */
async function firstLife(downtimeMinutes: number): Promise<FirstLife> {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  try {
    const clock = new SimulatedClock(presentMs - 3 * HOUR_MS);
    const life = await live(folder, clock, presentMs, new Listening());
    await life.signIn.save({ refusals: 2, nextTryMs: presentMs + 90_000 });
    await life.rejected.add({ id: 'row' }, 'The intake refused the event.');
    const files = filesIn(folder).map(({ name, bytes }) => ({ name, bytes }));
    return {
      files: [textPart(PLAN, JSON.stringify({ downtimeMinutes })), ...files],
      delivered: new Set(life.delivered.keys()),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface ProcessRun {
  /** How often each row was delivered. */
  readonly delivered: Map<string, number>;
  readonly signIn: SignInBackoff;
  readonly rejected: RejectedFile;
}

/** Opens the folder as the trigger does, and collects until a moment. */
async function live(folder: string, clock: SimulatedClock, untilMs: number, listening: Listening): Promise<ProcessRun> {
  const { log } = listening;
  const store = new DataFolder(folder, log);
  const storage = storageIn(store);
  const stop = new AbortController();
  const limited = limitedClock(clock, untilMs, stop);
  const delivered = new Map<string, number>();
  const schedule = scheduleOf(SETTINGS);
  const source = sourceOf(clock);
  const rejected = new RejectedFile({ storage, now: () => clock.now(), log });
  const signIn = new SignInBackoff(storage.document('sign-in.json'), FORGED_CREDENTIALS);
  const ledger = await Ledger.open({
    document: storage.document('context.json'),
    buckets: storage.buckets('fingerprints'),
    schedule,
    source: source.name,
    clock: limited,
    log,
    startTimeMs: LOOKBACK_MS,
  });
  const sink = sinkInto(delivered, rejected);
  const parts = { source, sink, ledger, schedule, clock: limited, monitor: new RecordingMonitor(), log, signIn };
  await new Collector(parts).run(stop.signal);
  return { delivered, signIn, rejected };
}

/** Confirmed by the first answer; ends the life when its time is over. */
function limitedClock(clock: SimulatedClock, untilMs: number, stop: AbortController): SimulatedClock {
  const sleep = clock.sleep.bind(clock);
  clock.isConfirmed = false;
  clock.sleep = async (durationMs, signal) => {
    await sleep(Math.min(durationMs, Math.max(0, untilMs - clock.trueMs)), signal);
    if (clock.trueMs >= untilMs) stop.abort();
    // Who else waits for a file gets a turn.
    await new Promise((done) => setImmediate(done));
  };
  return clock;
}

function sourceOf(clock: SimulatedClock): Source {
  let requests = 0;
  const sleep = clock.sleep.bind(clock);
  return {
    name: 'fuzz',
    limits: { pageRows: 50, rangeMs: 10 * 24 * HOUR_MS },
    async *pages(range: TimeRange, signal): AsyncGenerator<Page, void, undefined> {
      requests += 1;
      if (requests > MAX_REQUESTS)
        throw new Finding('hang', `${MAX_REQUESTS} requests in ${SECOND_LIFE_MS / HOUR_MS} hours`);
      await sleep(300, signal);
      clock.isConfirmed = true;
      const shown = ROWS.filter(
        ({ receivedMs, shownMs }) => receivedMs >= range.start && receivedMs <= range.end && shownMs <= clock.trueMs,
      ).reverse();
      for (let from = 0; from === 0 || from < shown.length; from += 50) {
        const records = shown
          .slice(from, from + 50)
          .map(({ id, receivedMs }) => record({ MessageTraceId: id, Received: `/Date(${receivedMs})/` }));
        yield { records, unreadable: [], answeredAtMs: Math.floor(clock.trueMs / 1000) * 1000 };
      }
    },
  };
}

function sinkInto(delivered: Map<string, number>, rejected: RejectedFile): Sink {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- an intake that acknowledges at once
    async *deliver(rows): AsyncGenerator<Receipt, void, undefined> {
      const records = rows.map(({ record }) => record);
      for (let from = 0; from < records.length; from += 20) {
        const to = Math.min(from + 20, records.length);
        for (const { traceId = '?' } of records.slice(from, to))
          delivered.set(traceId, (delivered.get(traceId) ?? 0) + 1);
        yield { from, to, rejected: [] };
      }
    },
    reject: async (row, reason) => {
      await rejected.add(row, reason);
    },
  };
}

/** Lives on with the files of the input. @throws Finding */
async function secondLife(input: Input, original: FirstLife): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const listening = new Listening();
  try {
    const startMs = presentMs + downtimeOf(input) * MINUTE_MS;
    const files = writeFiles(
      folder,
      input.filter(({ name }) => name !== PLAN),
    );
    const clock = new SimulatedClock(startMs);
    const life = await live(folder, clock, startMs + SECOND_LIFE_MS, listening).catch((error: unknown) => {
      // A person has to act then; the module waits.
      if (error instanceof StorageError && isMisplaced(files)) return undefined;
      throw error;
    });
    if (life === undefined) return;
    const { delivered } = life;
    // A folder in the place of sign-in.json: nothing is read until it has been removed, and the log says so.
    if (delivered.size === 0 && isMisplaced(files)) return;
    const isSetAside = readdirSync(folder).some((name) => name.startsWith('context.json.damaged-'));
    expectEveryRow({ files, original, startMs, endMs: startMs + SECOND_LIFE_MS, delivered, isSetAside });
    listening.expectGoodTexts(input);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a folder is where a file belongs, or a file where a folder does. */
function isMisplaced(files: ReadonlyMap<string, Buffer>): boolean {
  return [...files.keys()].some((name) => /^(?:context|sign-in)\.json\/|^fingerprints(?:\/?$|\/[^/]*\/)/.test(name));
}

function downtimeOf(input: Input): number {
  const plan = input.find(({ name }) => name === PLAN)?.bytes.toString('utf8') ?? '';
  return Math.min(240, Number(/"downtimeMinutes":(\d{1,3})\b/.exec(plan)?.[1] ?? 10));
}

interface Outcome {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly original: FirstLife;
  readonly startMs: number;
  readonly endMs: number;
  readonly delivered: ReadonlyMap<string, number>;
  /** The context was found to be damaged. */
  readonly isSetAside: boolean;
}

/** Every row that is owed was delivered once, by this life or the one before. @throws Finding */
function expectEveryRow({ files, original, startMs, endMs, delivered, isSetAside }: Outcome): void {
  const repeated = [...delivered].filter(([, times]) => times > 1);
  if (repeated.length > 0)
    throw new Finding(
      'rows',
      `${repeated.length} rows were delivered more than once in one life`,
      'repeated within a life',
    );
  const isIntact = original.files.every(({ name, bytes }) => {
    return !name.startsWith('fingerprints/') || files.get(name)?.equals(bytes) === true;
  });
  const again = [...delivered.keys()].filter((id) => original.delivered.has(id));
  if (isIntact && again.length > 0)
    throw new Finding(
      'rows',
      `${again.length} rows were delivered again although their fingerprints are there`,
      'repeated',
    );
  const owed = owedOf(files, startMs, isSetAside, original);
  const lost = ROWS.filter(
    ({ id, receivedMs, shownMs }) =>
      shownMs < endMs - 10 * MINUTE_MS && owed(receivedMs) && !delivered.has(id) && !original.delivered.has(id),
  );
  if (lost.length > 0)
    throw new Finding('rows', `${lost.length} rows were never delivered, ${lost[0]?.id} the first of them`, 'lost');
}

/** Which time the second life has to read, by what the files claim was read, in the words of another reader. */
function owedOf(
  files: ReadonlyMap<string, Buffer>,
  startMs: number,
  isSetAside: boolean,
  original: FirstLife,
): (receivedMs: number) => boolean {
  const context = files.get('context.json');
  const isUntouched = original.files.some(
    ({ name, bytes }) => name === 'context.json' && context?.equals(bytes) === true,
  );
  if (isUntouched) return (receivedMs) => receivedMs >= presentMs - LOOKBACK_MS;
  const claims = context === undefined || isSetAside ? undefined : claimsIn(context.toString('utf8'));
  if (claims === 'beyond this reader') return () => false;
  if (claims === undefined) return (receivedMs) => receivedMs >= startMs - LOOKBACK_MS;
  const { times, holes, historyMs } = claims;
  // What claims to have been read in the future is not believed: then nothing of the late window may be left out.
  const isFuture = times.some((time) => time > startMs + FUTURE_MS);
  const from = isFuture ? startMs - SETTINGS.late_window * MINUTE_MS : Math.max(...times);
  return (receivedMs) =>
    receivedMs >= from &&
    receivedMs > startMs - historyMs + 2 * HOUR_MS &&
    !holes.some(({ start, end }) => receivedMs >= start - 1000 && receivedMs <= end + 1000);
}

interface Claims {
  readonly times: readonly number[];
  readonly holes: readonly TimeRange[];
  readonly historyMs: number;
}

function claimsIn(text: string): Claims | 'beyond this reader' | undefined {
  let context: Record<string, unknown>;
  try {
    context = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const timeOf = (value: unknown) => Date.parse(String(value));
  const listed = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
  const mostRecent = timeOf(context['most_recent_date_requested']);
  // Of Sekoia's own connector, which writes nothing else: whatever stands beside it is not ours.
  if (!('version' in context))
    return Number.isNaN(mostRecent) ? 'beyond this reader' : { times: [mostRecent], holes: [], historyMs: Infinity };
  // Beside the watermarks the other reader's field claims nothing.
  const readBefore = listed(context['watermarks']).map((one) => timeOf(one['read_before']));
  const times = [
    // No pass has read more than one before it: such a claim is bounded, not believed.
    ...readBefore.map((_, pass) => Math.min(...readBefore.slice(0, pass + 1))),
    timeOf((context['ahead'] as { end?: unknown } | undefined)?.end ?? 0),
  ];
  const holes = listed(context['set_aside']).map(({ start, end }) => ({ start: timeOf(start), end: timeOf(end) }));
  const historySeconds = context['history_seconds'];
  // Times in another form than this reader knows: nothing is concluded from them.
  if (times.some(Number.isNaN)) return 'beyond this reader';
  return { times, holes, historyMs: typeof historySeconds === 'number' ? historySeconds * 1000 : Infinity };
}
