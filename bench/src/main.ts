import { fileURLToPath } from 'node:url';
import { HELP, type Measurement, type Options, readCommandLine, UsageError } from './command-line.js';
import { asText, writeDocument } from './document.js';
import { compareFirstRead, compareReRead, nameOf } from './pairs.js';
import { measureProfile } from './profile.js';
import { type ByApi, readResults, type Results, withMeasured, writeResults } from './results.js';
import { runShort } from './short.js';
import { measureDelay, measureIdle, measureMemory, measureRequests, measureStart } from './single-runs.js';
import type { Api } from './tenant-messages.js';

const RESULTS = fileURLToPath(new URL('../results/last.json', import.meta.url));
/** These mostly wait: both APIs can do so at the same time. */
const WAITING: ReadonlySet<Measurement> = new Set(['idle', 'delay']);

/** Everything that was asked for, one measurement after the other. Results are written as soon as they are there. */
class Bench {
  readonly #options: Options;
  readonly #file: string;
  #results: Results;

  private constructor(options: Options, file: string, results: Results) {
    this.#options = options;
    this.#file = file;
    this.#results = results;
  }

  static async open(options: Options): Promise<Bench> {
    const file = options.json ?? RESULTS;
    return new Bench(options, file, await readResults(file));
  }

  async run(): Promise<Results> {
    const { only, apis } = this.#options;
    for (const measurement of only) {
      const ofApis = apis.map((api) => () => this.#measure(measurement, api));
      if (WAITING.has(measurement)) await Promise.all(ofApis.map((measure) => measure()));
      else for (const measure of ofApis) await measure();
    }
    return this.#results;
  }

  async #measure(measurement: Measurement, api: Api): Promise<void> {
    const { only, variants, pairs, rows, minutes } = this.#options;
    const pairOptions = { api, rows, pairs };
    const context = { api, minutes };
    switch (measurement) {
      case 'first-read':
        for (const variant of variants)
          this.#store(api, { 'first-read': { [nameOf(variant)]: await compareFirstRead(variant, pairOptions) } });
        return;
      case 're-read':
        this.#store(api, { 're-read': await compareReRead(pairOptions) });
        return;
      case 'start':
        this.#store(api, { start: await measureStart(context, pairs) });
        return;
      case 'idle':
        this.#store(api, { idle: await measureIdle(context) });
        return;
      case 'delay':
        this.#store(api, { delay: await measureDelay(context) });
        return;
      case 'memory':
        this.#store(api, { memory: await measureMemory(context) });
        return;
      case 'requests': {
        const firstRead = only.includes('first-read') ? this.#results.apis[api]?.['first-read'] : undefined;
        this.#store(api, { requests: await measureRequests(context, firstRead?.['normalized']) });
        return;
      }
      case 'profile':
        this.#store(api, { profile: await measureProfile(context, rows) });
    }
  }

  #store(api: Api, measured: ByApi): void {
    this.#results = withMeasured(this.#results, api, measured);
    writeResults(this.#file, this.#results);
  }
}

async function main(): Promise<number> {
  const options = readCommandLine(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.short) return runShort(options.apis, options.record);
  const results = await (await Bench.open(options)).run();
  process.stdout.write(`${asText(results)}\n`);
  if (options.write) await writeDocument(results);
  return 0;
}

// What it has started ends with it, and its folders are removed.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${isUsage ? error.message : String(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
