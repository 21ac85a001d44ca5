import { openSync, writeSync, ftruncateSync } from 'node:fs';
import { SeededRandom } from '../../support/seeded-random.js';
import { readCase, readCases, writeCase } from '../engine/case-file.js';
import { Coverage } from '../engine/coverage.js';
import { minimise } from '../engine/minimise.js';
import { Pool } from '../engine/pool.js';
import type { Finding, Input, OpenTarget } from '../engine/target.js';
import { targets } from '../targets/index.js';
import { isTargetName } from '../targets/names.js';
import { guardedRun } from './guarded-run.js';
import type { Message, Order } from './messages.js';

const REPORT_EVERY_MS = 1_000;
const MINIMISE_TRIES = 400;
const MINIMISE_MS = 20_000;

/** Runs one target until its time is over, and says what it found. */
class Fuzzing {
  readonly #order: Order;
  readonly #target: OpenTarget;
  readonly #pool: Pool;
  readonly #coverage = new Coverage();
  readonly #known = new Set<string>();
  readonly #current: number;
  #runs = 0;
  #reportedAt = 0;

  constructor(order: Order, target: OpenTarget) {
    this.#order = order;
    this.#target = target;
    this.#pool = new Pool(target);
    this.#current = openSync(order.current, 'w');
  }

  async go(): Promise<void> {
    const { seed, seconds, corpus, target } = this.#order;
    const endsAt = performance.now() + seconds * 1_000;
    const random = new SeededRandom(seed);
    const stored = readCases(corpus).filter((one) => one.target === target);
    for (const input of [...this.#target.seeds, ...stored.map((one) => one.input)]) await this.#try(input, true);
    while (performance.now() < endsAt) {
      // What takes long now is the making of an input.
      ftruncateSync(this.#current, 0);
      await this.#try(this.#pool.next(random), false);
    }
    this.#report();
    if (this.#order.keep) await this.#keep();
  }

  async #try(input: Input, isSeed: boolean): Promise<void> {
    this.#write(input);
    this.#coverage.begin();
    const finding = await guardedRun(this.#target, input);
    this.#runs += 1;
    const isNew = this.#coverage.isNew();
    if (isSeed || (isNew && finding?.kind !== 'memory')) this.#pool.add(input);
    if (finding !== undefined && !this.#known.has(finding.key)) await this.#found(input, finding);
    if (performance.now() - this.#reportedAt > REPORT_EVERY_MS) this.#report();
  }

  async #found(input: Input, finding: Finding): Promise<void> {
    this.#known.add(finding.key);
    const { target, seed, corpus } = this.#order;
    const startedAt = performance.now();
    const smallest = await minimise(input, {
      stillFails: async (candidate) => {
        this.#write(candidate);
        return (await guardedRun(this.#target, candidate))?.key === finding.key;
      },
      tries: finding.kind === 'memory' || finding.kind === 'slow' ? 30 : MINIMISE_TRIES,
      isOver: () => performance.now() - startedAt > MINIMISE_MS,
    });
    const { kind, message, key } = finding;
    const found = { kind, message: message.slice(0, 1_500), seed };
    const file = writeCase(corpus, { target, input: smallest, found });
    const bytes = smallest.reduce((sum, part) => sum + part.bytes.length, 0);
    send({ kind: 'found', finding: kind, key, message, file, bytes });
  }

  /** Of the inputs that reached something, the smallest ones that together reach as much. */
  async #keep(): Promise<void> {
    const { target, corpus } = this.#order;
    const reached = new Set<number>();
    const seeds = new Set(this.#target.seeds);
    const size = (input: Input) => input.reduce((sum, { bytes }) => sum + bytes.length, 0);
    for (const input of [...this.#target.seeds, ...this.#pool.inputs.toSorted((a, b) => size(a) - size(b))]) {
      this.#coverage.begin();
      if ((await guardedRun(this.#target, input)) !== undefined) continue;
      const passed = this.#coverage.passed();
      const isNew = [...passed].some((counter) => !reached.has(counter));
      for (const counter of passed) reached.add(counter);
      if (isNew && !seeds.has(input) && size(input) < 16_384) writeCase(corpus, { target, input });
    }
  }

  #write(input: Input): void {
    const text = JSON.stringify(input.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })));
    ftruncateSync(this.#current, 0);
    writeSync(this.#current, text, 0);
  }

  #report(): void {
    this.#reportedAt = performance.now();
    const peakMib = Math.round(process.resourceUsage().maxRSS / 1024);
    send({ kind: 'progress', runs: this.#runs, pool: this.#pool.inputs.length, ...this.#coverage.reached, peakMib });
  }
}

function send(message: Message): void {
  process.send?.(message);
}

const [, , text = '{}'] = process.argv;
const order = JSON.parse(text) as Order;
if (!isTargetName(order.target)) throw new RangeError(`There is no target "${order.target}".`);
const open = await targets[order.target]();
if (order.repeat !== undefined) {
  const { input } = readCase(order.repeat);
  const finding = await guardedRun(open, input);
  if (finding !== undefined) {
    const { kind, key, message } = finding;
    send({ kind: 'found', finding: kind, key, message, file: order.repeat, bytes: 0 });
  }
} else await new Fuzzing(order, open).go();
send({ kind: 'done', runs: 0 });
process.disconnect();
await open.close();
// What an input has left behind, such as an open connection, must not keep the process.
process.exit(0);
