import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCase, writeCase } from '../engine/case-file.js';
import type { FindingKind, Input } from '../engine/target.js';
import { SHARES, TARGET_NAMES, type TargetName } from '../targets/names.js';
import type { Found, Message, Order, Progress } from './messages.js';
import { readOptions, type Options } from './options.js';

const CORPUS = fileURLToPath(new URL('../corpus', import.meta.url));
/** A process from which nothing comes for so long is busy with one input. Minimising takes time, but goes on input by input. */
const SILENT_MS = 90_000;
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
    return {
      target: this.#target,
      runs: this.#runs,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      progress: this.#last,
      found: [...this.#found.values()],
    };
  }

  /** False where the process did not come to its end. */
  async #process(seed: number, seconds: number): Promise<boolean> {
    const current = join(this.#folder, 'current.json');
    const order: Order = { target: this.#target, seed, seconds, corpus: CORPUS, current, keep: this.#options.keep };
    writeFileSync(current, '');
    const child = start(order, this.#folder);
    const before = this.#runs;
    const end = { isDone: false, isHanging: false };
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        end.isHanging = true;
        child.kill('SIGKILL');
      }, SILENT_MS);
    };
    watch();
    child.on('message', (message: Message) => {
      watch();
      if (message.kind === 'done') end.isDone = true;
      else if (message.kind === 'found') this.#note(message, seed);
      else {
        this.#runs = before + message.runs;
        this.#last = message;
      }
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    if (end.isDone) return true;
    this.#died(current, seed, end.isHanging ? 'hang' : 'crash', `code ${code}, signal ${signal}`);
    return false;
  }

  /** What was being run last is what the process hung or died of. */
  #died(current: string, seed: number, kind: FindingKind, how: string): void {
    const text = readFileSync(current, 'utf8');
    if (text === '')
      throw new Error(`The fuzzer itself did not go on (${how}): it was making an input for ${this.#target}.`);
    const written = JSON.parse(text) as { name: string; base64: string }[];
    const input: Input = written.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }));
    const message =
      kind === 'hang'
        ? `The process was busy with one input for ${SILENT_MS / 1_000} s.`
        : `The process died (${how}).`;
    const file = writeCase(CORPUS, { target: this.#target, input, found: { kind, message, seed } });
    const bytes = input.reduce((sum, part) => sum + part.bytes.length, 0);
    this.#note({ kind: 'found', finding: kind, key: `${kind} ${file}`, message, file, bytes }, seed);
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

function sayResult({ target, runs, seconds, progress, found }: Result): void {
  const { pool = 0, passed = 0, all = 0, peakMib = 0 } = progress ?? {};
  say(
    `${target}: ${runs} runs in ${seconds} s, ${found.length} findings, peak ${peakMib} MiB, ` +
      `${pool} inputs reach ${passed} of ${all} counters`,
  );
}

async function repeat(path: string, folder: string): Promise<number> {
  const { target } = readCase(path);
  const order = { target, seed: 0, seconds: 1, corpus: CORPUS, current: join(folder, 'current.json'), keep: false };
  const child = start({ ...order, repeat: path }, folder);
  let found = 0;
  child.on('message', (message: Message) => {
    if (message.kind !== 'found') return;
    found += 1;
    say(`${message.finding}:\n${indent(message.message)}`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (found === 0 && code === 0) say(`${target}: the input breaks nothing.`);
  return found > 0 || code !== 0 ? 1 : 0;
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
