import { fileURLToPath } from 'node:url';
import { HELP, type Options, readCommandLine, UsageError } from './command-line.js';
import { compareFirstRead, compareReRead, nameOf } from './pairs.js';
import { report } from './progress.js';
import { readResults, type Results, withMeasured, writeResults } from './results.js';
import { pairTable } from './table.js';
import type { Api } from './tenant-messages.js';

const RESULTS = fileURLToPath(new URL('../results/last.json', import.meta.url));

async function bench(options: Options): Promise<number> {
  const file = options.json ?? RESULTS;
  let results = await readResults(file);
  for (const api of options.apis) {
    for await (const measured of measureAll(api, options)) {
      results = withMeasured(results, api, measured);
      await writeResults(file, results);
    }
  }
  process.stdout.write(`${pairTable(results)}\n`);
  return 0;
}

async function* measureAll(
  api: Api,
  { only, variants, pairs, rows }: Options,
): AsyncGenerator<Results['apis'][Api] & object> {
  const pairOptions = { api, rows, pairs, report };
  if (only.includes('first-read')) {
    for (const variant of variants)
      yield { 'first-read': { [nameOf(variant)]: await compareFirstRead(variant, pairOptions) } };
  }
  if (only.includes('re-read')) yield { 're-read': await compareReRead(pairOptions) };
}

async function main(): Promise<number> {
  try {
    const options = readCommandLine(process.argv.slice(2));
    if (options !== 'help') return await bench(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

process.exitCode = await main();
