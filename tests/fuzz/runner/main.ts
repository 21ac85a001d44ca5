import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCase, writeCase } from '../engine/case-file.js';
import { minimise } from '../engine/minimise.js';
import type { Input } from '../engine/target.js';
import { isTargetName, SHARES, TARGET_NAMES, type TargetName } from '../targets/names.js';
import { cpuMsOf } from './memory.js';
import type { Found, Message, Order, Progress } from './messages.js';
import { readOptions, type Options } from './options.js';

const CORPUS = fileURLToPath(new URL('../corpus', import.meta.url));
/** A process that uses so much of a processor without a word is busy with one input; most of them take milliseconds. */
const SILENT_CPU_MS = 60_000;
/** Where the system does not tell what a process uses, or it uses nothing. */
const SILENT_MS = 600_000;
const LOOK_EVERY_MS = 2_000;
/** Progress is shown, so that a long run does not look stuck. */
const SAY_EVERY_MS = 60_000;
/** Twice of what the module itself is started with: findings about memory come before. */
const HEAP_MIB = 1_024;

interface Result {
  readonly target: string;
  readonly runs: number;
  readonly seconds: number;
  readonly progress: Progress | undefined;
  readonly found: readonly Found[];
}

/** Runs one target in processes of its own, a new one after each that hung or died. */
class TargetRun {
  readonly #options: Options;
  readonly #target: TargetName;
  readonly #folder: string;
  readonly #found = new Map<string, Found>();
  #runs = 0;
  #last: Progress | undefined;

  constructor(options: Options, target: TargetName, folder: string) {
    this.#options = options;
    this.#target = target;
    this.#folder = folder;
  }

  async run(seconds: number): Promise<Result> {
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1_000;
    let seed = this.#options.seed;
    for (let left = seconds; left >= 1; left = (endsAt - performance.now()) / 1_000) {
      const isDone = await this.#process(seed, left);
      if (isDone) break;
      seed += 1;
    }
    return this.#result(Math.round((performance.now() - startedAt) / 1_000));
  }

  #result(seconds: number): Result {
    return { target: this.#target, runs: this.#runs, seconds, progress: this.#last, found: [...this.#found.values()] };
  }

  /** False where the process did not come to its end. */
  async #process(seed: number, seconds: number): Promise<boolean> {
    const order = { ...orderFor(this.#target, this.#folder), seed, seconds, keep: this.#options.keep };
    const before = this.#runs;
    const startedAt = performance.now();
    let saidAt = startedAt;
    const end = await run(order, this.#folder, (message) => {
      if (message.kind === 'found') this.#note(message, seed);
      else {
        this.#runs = before + message.runs;
        this.#last = message;
        if (performance.now() - saidAt < SAY_EVERY_MS) return;
        saidAt = performance.now();
        sayResult(this.#result(Math.round((saidAt - startedAt) / 1_000)), 'so far ');
      }
    });
    if (end.kind === 'done') return true;
    await this.#died(end, seed);
    return false;
  }

  /** What was being run last is what the process hung or died of. */
  async #died(end: Died, seed: number): Promise<void> {
    if (end.input === undefined)
      throw new Error(`The fuzzer itself did not go on (${end.how}): it was making an input for ${this.#target}.`);
    const found = { kind: end.kind, message: end.how, seed };
    const attempt = join(this.#folder, 'attempt');
    const input = await minimise(end.input, {
      stillFails: async (candidate) => {
        const file = writeCase(attempt, { target: this.#target, input: candidate, found });
        const order = { ...orderFor(this.#target, this.#folder), repeat: file };
        return (await run(order, this.#folder, () => undefined)).kind === end.kind;
      },
      // Each takes as long as the hang itself.
      tries: 12,
      isOver: () => false,
    });
    const file = writeCase(CORPUS, { target: this.#target, input, found });
    const bytes = input.reduce((sum, part) => sum + part.bytes.length, 0);
    this.#note({ kind: 'found', finding: end.kind, key: `${end.kind} ${file}`, message: end.how, file, bytes }, seed);
  }

  #note(found: Found, seed: number): void {
    if (this.#found.has(found.key)) return;
    this.#found.set(found.key, found);
    const file = relative(process.cwd(), found.file);
    say(
      `\nFOUND in ${this.#target} (seed ${seed}): ${found.finding}\n${indent(found.message)}\n` +
        `  The smallest input, ${found.bytes} bytes, is ${file}. Repeat it with:\n` +
        `  npm run test:fuzz -- --repeat ${file}\n`,
    );
  }
}

function orderFor(target: TargetName, folder: string): Order {
  return { target, seed: 0, seconds: 1, corpus: CORPUS, current: join(folder, 'current.json'), keep: false };
}

interface Died {
  readonly kind: 'hang' | 'crash';
  readonly how: string;
  /** Undefined where no input was being run. */
  readonly input: Input | undefined;
}

/** Runs an order in a process of its own, and tells how that ended. */
async function run(
  order: Order,
  folder: string,
  hear: (message: Progress | Found) => void,
): Promise<{ readonly kind: 'done' } | Died> {
  writeFileSync(order.current, '');
  const child = start(order, folder);
  const end = { isDone: false, isHanging: false };
  let heard = { atMs: performance.now(), cpuMs: 0 };
  const timer = setInterval(() => {
    const isBusy = cpuMsOf(child.pid) - heard.cpuMs > SILENT_CPU_MS || performance.now() - heard.atMs > SILENT_MS;
    if (!isBusy) return;
    end.isHanging = true;
    child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  child.on('message', (message: Message) => {
    heard = { atMs: performance.now(), cpuMs: cpuMsOf(child.pid) };
    if (message.kind === 'done') end.isDone = true;
    else hear(message);
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearInterval(timer);
  if (end.isDone) return { kind: 'done' };
  const text = readFileSync(order.current, 'utf8');
  const input = text === '' ? undefined : readInput(text);
  return end.isHanging
    ? { kind: 'hang', how: `The process was busy with one input for ${SILENT_CPU_MS / 1_000} s of a processor.`, input }
    : { kind: 'crash', how: `The process ended with code ${code}, signal ${signal}.`, input };
}

function readInput(text: string): Input {
  const parts = JSON.parse(text) as { readonly name: string; readonly base64: string }[];
  return parts.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }));
}

function start(order: Order, folder: string): ChildProcess {
  const args = ['--conditions=source', '--import', new URL('register.mjs', import.meta.url).href];
  return fork(fileURLToPath(new URL('child.ts', import.meta.url)), [JSON.stringify(order)], {
    execArgv: [...args, '--no-warnings', `--max-old-space-size=${HEAP_MIB}`, '--expose-gc'],
    env: { ...process.env, TMPDIR: folder, NODE_ENV: 'test' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `  ${line.slice(0, 300)}`)
    .join('\n');
}

function sayResult({ target, runs, seconds, progress, found }: Result, when = ''): void {
  const { pool = 0, passed = 0, all = 0, peakMib = 0 } = progress ?? {};
  say(
    `${target}: ${when}${runs} runs in ${seconds} s, ${found.length} findings, peak ${peakMib} MiB, ` +
      `${pool} inputs reach ${passed} of ${all} counters`,
  );
}

async function repeat(path: string, folder: string): Promise<number> {
  const { target } = readCase(path);
  if (!isTargetName(target)) throw new RangeError(`${path} is for a target that there is not: "${target}".`);
  let found = 0;
  const end = await run({ ...orderFor(target, folder), repeat: path }, folder, (message) => {
    if (message.kind !== 'found') return;
    found += 1;
    say(`${message.finding}:\n${indent(message.message)}`);
  });
  if (end.kind !== 'done') say(`${end.kind}: ${end.how}`);
  else if (found === 0) say(`${target}: the input breaks nothing.`);
  return found > 0 || end.kind !== 'done' ? 1 : 0;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  // In memory where the system has such a folder: the files of a run need not outlive it.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fuzz-'));
  try {
    if (options.repeat !== undefined) return await repeat(options.repeat, folder);
    const chosen = TARGET_NAMES.filter((name) => options.targets.length === 0 || options.targets.includes(name));
    if (chosen.length === 0) throw new RangeError(`Targets are ${TARGET_NAMES.join(', ')}.`);
    const shares = chosen.reduce((sum, name) => sum + SHARES[name], 0);
    say(`Fuzzing ${chosen.length} targets for ${options.minutes} min, seed ${options.seed}`);
    const results: Result[] = [];
    for (const name of chosen) {
      const seconds = Math.max(1, (options.minutes * 60 * SHARES[name]) / shares);
      const result = await new TargetRun(options, name, folder).run(seconds);
      sayResult(result);
      results.push(result);
    }
    const findings = results.reduce((sum, { found }) => sum + found.length, 0);
    const runs = results.reduce((sum, one) => sum + one.runs, 0);
    say(`Done: ${runs} runs, ${findings} findings, seed ${options.seed}`);
    return findings > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
