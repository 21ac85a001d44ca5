import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Simulator } from '@local/testbed';
import { applicationEnv, runCommand, startCommand } from './command-line.js';
import { hour, minute } from './scenario.js';
import { SeededRandom } from './seeded-random.js';

/** A line of `message-trace search --format ndjson`, as far as it names a row. */
export interface TraceLine {
  readonly message_trace_id: string;
  readonly recipient: string;
  readonly status: string;
}

export function identity({ message_trace_id: id, recipient, status }: TraceLine): string {
  return `${id} ${recipient} ${status.toLowerCase()}`;
}

export function identitiesOf(ndjson: string): string[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => identity(JSON.parse(line) as TraceLine))
    .sort();
}

/** Of all rows that the tenant has now. */
export function identitiesInTenant({ world }: Simulator): string[] {
  const now = Date.now();
  const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };
  return Array.from(world.select(everything, now), (key) => world.row(key, now))
    .map(({ traceId, recipient, status }) => identity({ message_trace_id: traceId, recipient, status }))
    .sort();
}

interface Interrupted {
  readonly rows: number;
  readonly seed: number;
  /** The search that follows so many is left alone. */
  readonly interruptions: number;
}

/**
 * Searches all mail of a tenant once as a whole, and once as often as it takes where SIGINT and SIGKILL come at random
 * moments.
 * @returns where both results are
 */
export async function searchInterrupted(
  simulator: Simulator,
  folder: string,
  { rows, seed, interruptions }: Interrupted,
): Promise<{ path: string; whole: string; format: string }> {
  const random = new SeededRandom(seed);
  const format = (['ndjson', 'json', 'csv'] as const)[seed % 3]!;
  const now = Date.now();
  const hours = 24 + random.integer(0, 20);
  simulator.world.add({ rows, from: now - hours * hour, to: now - 5 * minute });
  const path = join(folder, `rows.${format}`);
  const whole = join(folder, `whole.${format}`);
  const args = ['search', '--quota', '100000', '--end', new Date(now - minute).toISOString(), '--since', '46h'];
  const env = applicationEnv(simulator);
  const startedMs = performance.now();
  expect((await runCommand([...args, '--output', whole], { env })).code).toBe(0);
  const tookMs = performance.now() - startedMs;

  const log: string[] = [];
  for (let code: number | null = null; code !== 0;) {
    const running = startCommand([...args, '--output', path], { env });
    const signal = random.integer(0, 1) === 0 ? 'SIGKILL' : 'SIGINT';
    const afterMs = log.length >= interruptions ? 2 ** 30 : random.between(0.1, 0.9) * tookMs;
    const timer = setTimeout(() => running.process.kill(signal), afterMs);
    const ended = await running.ended;
    clearTimeout(timer);
    ({ code } = ended);
    log.push(ended.stderr.trim());
    // What is interrupted says so, and nothing else goes wrong.
    expect([0, 3, null]).toContain(code);
  }
  expect(log.at(-1)).toContain('rows are in');
  expect(log.length).toBeGreaterThan(1);
  return { path, whole, format };
}
