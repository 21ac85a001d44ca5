import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compareFirstRead } from './pairs.js';
import type { Api } from './tenant-messages.js';

const RECORDED = fileURLToPath(new URL('../recorded.json', import.meta.url));
const PAIRS = 5;
const ROWS = 40_000;
/** What a machine that does other things adds or takes. */
const MAX_WORSE = 1.25;

/** By the name of the API: how often the floor a first read costs, without the start, which is most of a short run. */
type Ratios = Readonly<Partial<Record<Api, number>>>;

/** Compares with the recorded ratios. @returns the exit code */
export async function runShort(apis: readonly Api[], record: boolean): Promise<number> {
  const recorded = JSON.parse(await readFile(RECORDED, 'utf8').catch(() => '{}')) as Ratios;
  const measured: Partial<Record<Api, number>> = {};
  for (const api of apis) {
    const options = { api, rows: ROWS, pairs: PAIRS };
    const { ratioWithoutStart } = await compareFirstRead({ format: 'normalized', gzip: false }, options);
    measured[api] = Number(ratioWithoutStart.toFixed(2));
  }
  if (record) {
    await writeFile(RECORDED, `${JSON.stringify({ ...recorded, ...measured }, undefined, 2)}\n`);
    process.stdout.write(`Recorded in bench/recorded.json: ${JSON.stringify(measured)}\n`);
    return 0;
  }
  const verdicts = apis.map((api) => compare(api, measured[api] ?? NaN, recorded[api]));
  process.stdout.write(`${verdicts.map(({ text }) => text).join('\n')}\n`);
  return verdicts.every(({ isGood }) => isGood) ? 0 : 1;
}

/** What the ratio of an API means beside the recorded one. */
export function compare(api: Api, ratio: number, recorded: number | undefined): { isGood: boolean; text: string } {
  if (recorded === undefined) {
    const text = `${api}: ${ratio.toFixed(2)} × the floor, and no ratio is recorded. Record it with --short --record.`;
    return { isGood: false, text };
  }
  const limit = recorded * MAX_WORSE;
  const isGood = ratio <= limit;
  const found = `${api}: ${ratio.toFixed(2)} × the floor, recorded ${recorded.toFixed(2)} ×`;
  const todo = `worse by more than 25 %. Find out why: npm run bench -- --only profile --apis ${api}. If it must cost that, record it: npm run bench -- --short --record`;
  return { isGood, text: isGood ? `${found}, at most ${limit.toFixed(2)} ×: good` : `${found}: ${todo}` };
}
