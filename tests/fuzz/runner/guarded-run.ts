import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../../support/seeded-random.js';
import { Finding, type Input, type OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { forgetPeak, peakBytes } from './memory.js';

/** Of one processor. The largest answers take some hundred milliseconds. */
const MAX_CPU_MS = 4_000;
/** What waits for longer never ends; a loaded machine may take its time. */
const MAX_WAIT_MS = 60_000;
/** By which the process may grow because of one input. An answer of 12 MiB takes some 100 MiB. */
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
/** Garbage of the inputs before would hide what a large one takes. */
const LARGE_BYTES = 512 * 1024;

/** Runs an input; what it breaks is a finding, also where it takes too much of time or memory. */
export async function guardedRun(target: OpenTarget, input: Input): Promise<Finding | undefined> {
  if (input.reduce((sum, { bytes }) => sum + bytes.length, 0) > LARGE_BYTES) globalThis.gc?.();
  forgetPeak();
  const before = peakBytes();
  const cpuBefore = process.cpuUsage();
  const outcome = await outcomeOf(target, input);
  if (outcome !== undefined) return outcome;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1_000;
  if (cpuMs > MAX_CPU_MS) return new Finding('slow', `The input took ${Math.round(cpuMs)} ms of a processor.`, 'slow');
  const grownBytes = peakBytes() - before;
  if (grownBytes <= MAX_GROWTH_BYTES) return undefined;
  return new Finding('memory', `The process grew by ${Math.round(grownBytes / 2 ** 20)} MiB.`, 'memory');
}

async function outcomeOf(target: OpenTarget, input: Input): Promise<Finding | undefined> {
  const over = new AbortController();
  const { random } = Math;
  const drawn = new SeededRandom(1);
  // Waits are drawn at random: each run of an input is to go the same way.
  Math.random = () => drawn.next();
  const late = delay(MAX_WAIT_MS, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  try {
    const first = await Promise.race([target.run(input).then(() => 'done' as const), late, rejected(over.signal)]);
    return first === 'late'
      ? new Finding('hang', `The input did not end within ${MAX_WAIT_MS / 1_000} s.`, 'hang')
      : undefined;
  } catch (error) {
    return error instanceof Finding ? error : findingOf(error);
  } finally {
    Math.random = random;
    over.abort();
  }
}

function findingOf(error: unknown): Finding | undefined {
  try {
    expectKnown(error, []);
    return undefined;
  } catch (finding) {
    return finding as Finding;
  }
}

/** Rejects with an uncaught error or unhandled rejection, because it would end a process of Node.js. */
function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    process.on('unhandledRejection', reject).on('uncaughtException', reject);
    signal.addEventListener('abort', () => {
      process.off('unhandledRejection', reject).off('uncaughtException', reject);
    });
  });
}
