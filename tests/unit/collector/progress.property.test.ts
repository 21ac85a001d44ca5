import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  advance,
  begin,
  highWatermark,
  reschedule,
  skip,
  wasRead,
  wholeSecond,
  type Progress,
} from '../../../src/model/progress.js';
import type { Schedule } from '../../../src/model/schedule.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

const second = 1000;
const beginSecond = 50;
const lastSecond = 500;

type Action =
  | {
      readonly kind: 'read';
      /**
       * Where the range begins: at a watermark, at the frontier, or at the beginning. `shift` is the offset in seconds.
       */
      readonly anchor: number;
      readonly shift: number;
      readonly length: number;
      /**
       * From the range's end to the instant at which it was read, in milliseconds; negative by a clock that was
       * corrected since.
       */
      readonly delayMs: number;
    }
  | { readonly kind: 'skip'; readonly seconds: number }
  | { readonly kind: 'reschedule'; readonly to: Schedule };

const schedules = fc
  .tuple(fc.integer({ min: 0, max: 8 }), fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }))
  .map(([first, steps]): Schedule => {
    const ages: [number, ...number[]] = [first * second];
    for (const step of steps) ages.push(ages.at(-1)! + step * second);
    return { frequencyMs: second, ages };
  });

const read = fc.record({
  kind: fc.constant('read' as const),
  anchor: fc.nat({ max: 5 }),
  shift: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 40 })),
  length: fc.integer({ min: 1, max: 40 }),
  delayMs: fc.oneof(fc.constant(0), fc.integer({ min: -15_000, max: 30_000 })),
});
const skipping = fc.record({ kind: fc.constant('skip' as const), seconds: fc.integer({ min: 1, max: 20 }) });
const rescheduling = fc.record({ kind: fc.constant('reschedule' as const), to: schedules });
const steps = (...kinds: { weight: number; arbitrary: fc.Arbitrary<Action> }[]) =>
  fc.array(fc.oneof(...kinds), { maxLength: 25 });

/**
 * Keeps of every second what the watermarks are a summary of: the greatest age at which it was read, in milliseconds.
 */
class NaiveModel {
  readonly #greatestAge = Array.from({ length: lastSecond }, () => -Infinity);

  read(start: number, end: number, readAt: number): void {
    for (let at = start; at < Math.min(end, lastSecond * second); at += second) {
      // The last instant of the second is the youngest; reading counts from whole second to whole second.
      const age = wholeSecond(readAt) - (at + second);
      this.#greatestAge[at / second] = Math.max(this.#greatestAge[at / second]!, age);
    }
  }

  /** Time that was given up needs no reading any more. */
  skip(until: number): void {
    this.#greatestAge.fill(Infinity, beginSecond, until / second);
  }

  /** Seconds from the beginning on, before `until`, that were not read at this age. */
  unread(until: number, age: number): number[] {
    const end = Math.min(until / second, lastSecond);
    return Array.from({ length: Math.max(0, end - beginSecond) }, (_, index) => beginSecond + index).filter(
      (at) => this.#greatestAge[at]! < age,
    );
  }

  wasRead(at: number, age: number): boolean {
    return this.#greatestAge[at]! >= age;
  }
}

interface State {
  readonly progress: Progress;
  readonly schedule: Schedule;
}

function run(
  schedule: Schedule,
  actions: readonly Action[],
  check: (model: NaiveModel, now: State, was: State) => void,
): void {
  const model = new NaiveModel();
  let state: State = { progress: begin(beginSecond * second, schedule), schedule };
  for (const action of actions) {
    const was = state;
    state = act(model, was, action);
    check(model, state, was);
  }
}

function act(model: NaiveModel, { progress, schedule }: State, action: Action): State {
  if (action.kind === 'reschedule') {
    return { progress: reschedule(progress, schedule, action.to), schedule: action.to };
  }
  if (action.kind === 'skip') {
    const until = progress.watermarks[0]! + action.seconds * second;
    model.skip(until);
    return { progress: skip(progress, until), schedule };
  }
  const anchors = [...progress.watermarks, highWatermark(progress), beginSecond * second];
  const start = Math.max(0, anchors[action.anchor % anchors.length]! + action.shift * second);
  const end = start + action.length * second;
  const readAt = end + action.delayMs;
  model.read(start, end, readAt);
  return { progress: advance(progress, { start, end }, readAt, schedule), schedule };
}

function expectOrderedWatermarks({ progress }: State): void {
  expect(progress.watermarks).toEqual([...progress.watermarks].sort((one, other) => other - one));
}

/** `wasRead` may forget that time was read; it must never claim it of time that was not. */
function expectTruthfulness(model: NaiveModel, { progress, schedule }: State): void {
  const seconds = Array.from({ length: lastSecond - beginSecond }, (_, index) => beginSecond + index);
  const invented = seconds.filter((at) => wasRead(progress, at * second) && !model.wasRead(at, schedule.ages[0]));
  expect(invented).toEqual([]);
}

describe('for any ranges, read at any instants', () => {
  test('all time before a watermark was read at the age of its pass, watermarks never move back and never grow from pass to pass', () => {
    const actions = steps({ weight: 9, arbitrary: read }, { weight: 1, arbitrary: skipping });
    fc.assert(
      fc.property(schedules, actions, (schedule, sequence) => {
        run(schedule, sequence, (model, now, was) => {
          now.progress.watermarks.forEach((watermark, pass) => {
            expect(model.unread(watermark, schedule.ages[pass]!)).toEqual([]);
            expect(watermark).toBeGreaterThanOrEqual(was.progress.watermarks[pass]!);
          });
          expectOrderedWatermarks(now);
          expectTruthfulness(model, now);
        });
      }),
      runs(1000),
    );
  });

  test('the same holds when the settings change in between, up to the greatest age at which time has ever been read', () => {
    const actions = steps({ weight: 6, arbitrary: read }, { weight: 1, arbitrary: rescheduling });
    fc.assert(
      fc.property(schedules, actions, (schedule, sequence) => {
        let greatestAge = schedule.ages.at(-1)!;
        run(schedule, sequence, (model, now) => {
          // An older pass has nothing to start from but the last watermark.
          greatestAge = Math.min(greatestAge, now.schedule.ages.at(-1)!);
          now.progress.watermarks.forEach((watermark, pass) => {
            const age = Math.min(now.schedule.ages[pass]!, greatestAge);
            expect(model.unread(watermark, age)).toEqual([]);
          });
          expectOrderedWatermarks(now);
          if (now.schedule.ages[0] <= greatestAge) expectTruthfulness(model, now);
        });
      }),
      runs(1000),
    );
  });
});
