import { setTimeout as delay } from 'node:timers/promises';
import { describeStep, SIDES, type Plan, type Side, type Step, type TimedStep } from './plan/steps.js';
import { troubleOf } from './status/oracle.js';
import type { ChaosTestBed } from './test-bed/chaos-test-bed.js';

/** Carries out a plan on the stage; afterwards nothing fails any more. */
export class Troublemaker {
  readonly #testBed: ChaosTestBed;
  readonly #log: (text: string) => void;
  readonly #endWeather = new Map<Side, () => void>();
  #maxOffsetMs = 0;
  #kills = 0;

  /** @param log told each step as it comes */
  constructor(testBed: ChaosTestBed, log: (text: string) => void) {
    this.#testBed = testBed;
    this.#log = log;
  }

  get kills(): number {
    return this.#kills;
  }

  /** Ends early, without an error, when the signal is aborted. */
  async carryOut({ steps, durationMs }: Plan, stop: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    const until = (atMs: number) => pause(startedMs + atMs - performance.now(), stop);
    const follow = async (lane: readonly TimedStep[]) => {
      for (const { atMs, step } of lane) {
        await until(atMs);
        if (stop.aborted) return;
        this.#log(describeStep(step));
        const trouble = troubleOf(step);
        const end = trouble && this.#testBed.status.begin(trouble);
        if (step.kind === 'weather') {
          this.#endWeather.get(step.side)?.();
          this.#endWeather.set(step.side, end ?? (() => undefined));
        }
        await this.#take(step, stop);
        if (step.kind !== 'weather') end?.();
      }
    };
    const lanes = new Set(steps.map(({ lane }) => lane));
    await Promise.all([...lanes].map((name) => follow(steps.filter(({ lane }) => lane === name))));
    await until(durationMs);
    await this.#makePeace();
  }

  async #take(step: Step, stop: AbortSignal): Promise<void> {
    const testBed = this.#testBed;
    switch (step.kind) {
      case 'weather':
        testBed.sides[step.side].setWeather(step);
        return;
      case 'dear-fault':
        testBed.sides[step.side].failNext(step.fault);
        return;
      case 'outage': {
        const away: Side[] = step.of === 'microsoft' ? ['api', 'tokens'] : [step.of];
        for (const side of away) testBed.sides[side].startOutage(step.fault);
        await pause(step.forMs, stop);
        for (const side of away) testBed.sides[side].endOutage();
        return;
      }
      case 'refusals':
        testBed.refuse(step.share);
        await pause(step.forMs, stop);
        testBed.refuse(0);
        return;
      case 'kill':
        if ((await testBed.lives.end(step.signal, step.killAfterMs)) !== undefined) this.#kills += 1;
        await pause(step.downMs, stop);
        await testBed.lives.start(step.clockOffMs);
        return;
      case 'full-disk':
        await testBed.fillDisk(step.fileBytes);
        await pause(step.forMs, stop);
        await testBed.freeDisk();
        return;
      case 'clock-jump':
        this.#maxOffsetMs = Math.max(this.#maxOffsetMs, step.offsetMs);
        testBed.setServiceClock(step.offsetMs);
        return;
      case 'wrong-dates':
        testBed.setServiceDates(step.offsetMs);
        await pause(step.forMs, stop);
        testBed.setServiceDates(0);
        return;
      case 'intake-answers':
        testBed.respondWith(step.manner);
        await pause(step.forMs, stop);
        testBed.respondWith(undefined);
        return;
      case 'hanging-folder':
        await this.#hang(step.forMs, stop);
    }
  }

  /** A folder on a full disk takes no file to hang on. */
  async #hang(forMs: number, stop: AbortSignal): Promise<void> {
    try {
      await this.#testBed.hangFolder();
    } catch (error) {
      this.#log(`the folder cannot be made to hang: ${String(error)}`);
      return;
    }
    await pause(forMs, stop);
    await this.#testBed.endHang();
  }

  /**
   * All faults end. The clock stays as far ahead as it ever was: set back, it would have to pass all that again before
   * anything happens.
   */
  async #makePeace(): Promise<void> {
    for (const side of SIDES) this.#testBed.sides[side].clear();
    for (const end of this.#endWeather.values()) end();
    this.#testBed.setServiceClock(this.#maxOffsetMs);
    await this.#testBed.lives.start();
  }
}

async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  if (durationMs <= 0 || stop.aborted) return;
  await delay(durationMs, undefined, { signal: stop }).catch(() => undefined);
}
